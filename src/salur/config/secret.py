"""Django's SECRET_KEY: made once, kept beside the other keys, never in the repository."""

import os
import secrets
from pathlib import Path

FILE = "django-secret"


def secret_key(keys_dir: Path) -> str:
    """The key in `keys_dir`, made when there is none yet. Two first starts at once agree."""
    file = keys_dir / FILE
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = keys_dir / f".{FILE}-{os.getpid()}-{secrets.token_hex(4)}"
    half.touch(mode=0o600)
    half.write_text(secrets.token_urlsafe(64) + "\n")
    try:
        os.link(half, file)  # fails when another start was quicker: its key counts
    except FileExistsError:
        pass
    finally:
        half.unlink()
    return file.read_text().strip()
