"""Every text that people see exists in English, and says the same with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[2] / "src" / "salur"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PLACES = re.compile(r"%\((\w+)\)[sd]")


def _calls(source: str) -> Iterator[tuple[str, int]]:
    """The literal texts that a source asks translations of, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in CALLS:
            continue
        first = node.args[1 if name.startswith("pgettext") else 0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value, node.lineno


def _template_calls(source: str) -> Iterator[tuple[str, int]]:
    # Django turns a template into calls among noise; only the calls are Python.
    for number, line in enumerate(templatize(source).splitlines(), 1):
        for call in re.findall(r"\b(?:gettext|ngettext|pgettext)\(.*?\)(?=\s|$)", line):
            try:
                yield from ((text, number) for text, _ in _calls(call.strip()))
            except SyntaxError:
                continue


def texts_of(room: str) -> dict[str, str]:
    """Source text > where it stands."""
    found: dict[str, str] = {}
    folder = PACKAGE / room
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt"))):
        inside = path.relative_to(folder)
        if {"tests", "migrations", "node_modules"} & set(inside.parts):
            continue
        source = path.read_text(encoding="utf-8")
        calls = _calls(source) if path.suffix == ".py" else _template_calls(source)
        for text, line in calls:
            found.setdefault(text, f"{room}/{inside}:{line}")
    return found


def english(room: str) -> polib.POFile:
    # The kernel is no application of Django's: the house translates what it says.
    room = "config" if room == "kernel" else room
    path = PACKAGE / room / "locale" / "en" / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(path)) if path.is_file() else polib.POFile()


def test_the_reader_of_sources_finds_both_kinds() -> None:
    assert list(_calls('x = _("Satu")\ny = ngettext("%(n)s hari", "%(n)s hari", 2)')) == [
        ("Satu", 1),
        ("%(n)s hari", 2),
    ]
    template = (
        '{% load i18n %}{% translate "Dua" %}\n'
        "{% blocktranslate %}Tiga {{ n }}{% endblocktranslate %}"
    )
    assert {text for text, _ in _template_calls(template)} == {"Dua", "Tiga %(n)s"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_has_its_english(room: str) -> None:
    known = {
        entry.msgid
        for entry in english(room)
        if (entry.msgstr or any((entry.msgstr_plural or {}).values())) and not entry.fuzzy
    }
    missing = [f"{where}: {text}" for text, where in texts_of(room).items() if text not in known]
    assert not missing


@pytest.mark.parametrize("room", ROOMS)
def test_translations_name_the_same_values(room: str) -> None:
    wrong = []
    for entry in english(room):
        given = set(PLACES.findall(entry.msgid))
        for text in filter(None, [entry.msgstr, *(entry.msgstr_plural or {}).values()]):
            if not set(PLACES.findall(text)) <= given:
                wrong.append(f"{room}: {entry.msgid} > {text}")
    assert not wrong
