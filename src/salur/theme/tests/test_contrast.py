"""Text and controls stand out enough from what lies behind them, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "static/theme/tokens.css"

BACK_OFFICE = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "accent-soft"),
    ("ink", "attention-soft"),
    ("ink", "danger-soft"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("muted", "sunken"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent", "sunken"),
    ("accent", "accent-soft"),
    ("accent-strong", "paper"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("attention", "paper"),
    ("attention", "surface"),
    ("attention", "sunken"),
    ("attention", "attention-soft"),
    ("danger", "paper"),
    ("danger", "surface"),
    ("danger", "sunken"),
    ("danger", "danger-soft"),
]
CONTROLS = [("line-strong", "paper"), ("line-strong", "surface"), ("bar", "track")]
APP = [
    (text, ground)
    for text in ("ink", "app-accent", "app-muted", "app-attention", "app-danger")
    for ground in ("paper", "surface")
] + [("app-on-accent", "app-accent"), ("app-accent", "app-accent-soft"), ("ink", "app-accent-soft")]


def tokens(scheme: str) -> dict[str, str]:
    """The colours of "light" or "dark", by name."""
    text = TOKENS.read_text(encoding="utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", dark))
    return found


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_yardstick_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(BACK_OFFICE, 4.5), (CONTROLS, 3.0), (APP, 7.0)])
def test_every_pair_stands_out(scheme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = tokens(scheme)
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in pairs
        if contrast(colours[pair[0]], colours[pair[1]]) < least
    }
    assert not weak


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_six_map_classes_step_evenly_enough_to_be_told_apart(scheme: str) -> None:
    colours = tokens(scheme)
    ramp = [luminance(colours[f"map-{n}"]) for n in range(1, 7)]
    assert ramp == sorted(ramp, reverse=scheme == "light")
    steps = [contrast(colours[f"map-{n}"], colours[f"map-{n + 1}"]) for n in range(1, 6)]
    assert min(steps) >= 1.2
