"""Compiling translations: `.po` files, written by hand, to the `.mo` files that Django reads.

A fresh machine has no msgfmt, so polib does it. Run as a module too, before there is a database:

    python -m salur.config.messages
"""

from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1]


def catalogues(package: Path = PACKAGE) -> list[Path]:
    """All `.po` files of all rooms."""
    return sorted(package.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_messages(package: Path = PACKAGE) -> int:
    """Compile each catalogue that is newer than its result; how many. Idempotent."""
    compiled = 0
    for source in catalogues(package):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        half = target.with_suffix(".mo.half")
        polib.pofile(str(source)).save_as_mofile(str(half))
        half.replace(target)
        compiled += 1
    return compiled


if __name__ == "__main__":
    print(f"{compile_messages()} katalog terjemahan / catalogues compiled")
