"""Procedures in the words of people: what a step asks for, when, and what a new version changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salur.disbursement.rules.sop import Problem, holds, read_steps
from salur.disbursement.rules.sop.reading import Ask, Condition, Step, usual_reasons
from salur.disbursement.words import EVIDENCE, MISSING_REASONS, STEPS, word_for
from salur.kernel.money import format_rupiah

YES_NO: dict[str, tuple[str | Promise, str | Promise]] = {
    "proxy": (gettext_lazy("orang lain yang mengambil"), gettext_lazy("penerima sendiri datang")),
    "heir": (gettext_lazy("ahli waris yang mengambil"), gettext_lazy("bukan ahli waris")),
    "doorstep": (gettext_lazy("dibayar di rumah"), gettext_lazy("tidak dibayar di rumah")),
    "first_time": (
        gettext_lazy("wajahnya belum tersimpan"),
        gettext_lazy("wajahnya sudah tersimpan"),
    ),
    "card_photo": (
        gettext_lazy("foto KTP yang baik sudah tersimpan"),
        gettext_lazy("foto KTP yang baik belum tersimpan"),
    ),
}
NUMBERS: dict[str, str | Promise] = {
    "amount": gettext_lazy("uangnya"),
    "age": gettext_lazy("umurnya"),
    "risk": gettext_lazy("angka risikonya"),
    "proxy_streak": gettext_lazy("tahap berturut-turut lewat wakil"),
}
LETTERS: dict[str, str | Promise] = {
    "scanned": gettext_lazy("surat dipindai"),
    "number": gettext_lazy("nomor surat diketik"),
    "search": gettext_lazy("dicari tanpa surat"),
}
_ASK_FIRST = {"proxy": False, "heir": False, "doorstep": False, "letter": "scanned"}
SITUATIONS: dict[str, tuple[str | Promise, dict[str, Any]]] = {
    "usual": (
        gettext_lazy("Keluarga yang sudah dikenal"),
        {"first_time": False, "card_photo": True, "risk": 10, "age": 45, "proxy_streak": 0},
    ),
    "first": (
        gettext_lazy("Pertama kali"),
        {"first_time": True, "card_photo": False, "risk": 10, "age": 45, "proxy_streak": 0},
    ),
    "risk": (
        gettext_lazy("Risiko tinggi"),
        {"first_time": False, "card_photo": True, "risk": 80, "age": 45, "proxy_streak": 0},
    ),
    "proxy": (
        gettext_lazy("Wakil dengan surat kuasa"),
        {
            "first_time": False,
            "card_photo": True,
            "risk": 25,
            "age": 78,
            "proxy_streak": 1,
            "proxy": True,
        },
    ),
    "heir": (
        gettext_lazy("Ahli waris"),
        {
            "first_time": False,
            "card_photo": True,
            "risk": 10,
            "age": 78,
            "proxy_streak": 0,
            "proxy": True,
            "heir": True,
        },
    ),
}
"""Families by which a version can be looked at before anybody works by it."""
SITUATION_AMOUNT = 825_000


def condition_words(condition: Condition) -> str:
    """ "bila penerima sendiri datang dan umurnya 60 atau lebih"; empty where there is none."""
    if condition is None or condition == {}:
        return ""
    maps = [condition] if isinstance(condition, Mapping) else list(condition)
    ways = [_(" dan ").join(_test_words(fact, test) for fact, test in one.items()) for one in maps]
    return _("bila %(ways)s") % {"ways": _("; atau ").join(ways)}


def _test_words(fact: str, test: Any) -> str:
    if fact in YES_NO and isinstance(test, bool):
        return str(YES_NO[fact][0 if test else 1])
    if fact in NUMBERS and isinstance(test, Mapping):
        parts = []
        if "at_least" in test:
            parts.append(_("%(n)s atau lebih") % {"n": _number(fact, test["at_least"])})
        if "below" in test:
            parts.append(_("di bawah %(n)s") % {"n": _number(fact, test["below"])})
        return f"{NUMBERS[fact]} {_(' dan ').join(parts)}"
    if fact == "letter" and isinstance(test, Mapping):
        return _(" atau ").join(str(LETTERS.get(one, one)) for one in test.get("one_of", ()))
    return fact


def _number(fact: str, value: int) -> str:
    return format_rupiah(value) if fact == "amount" else str(value)


def ask_words(ask: Ask) -> str:
    """One line for one thing that a step asks for."""
    what = _(" atau ").join(word_for(EVIDENCE, kind) for kind in ask.any_of)
    if ask.at_least > 1:
        what = _("%(n)s × %(what)s") % {"n": ask.at_least, "what": what}
    parts = [what]
    if ask.when:
        parts.append(condition_words(ask.when))
    if ask.tick_when is not None:
        parts.append(
            _("cukup dilihat dan dicentang %(when)s") % {"when": condition_words(ask.tick_when)}
        )
        if ask.sample_permille:
            parts.append(_("%(share)s tetap difoto, acak") % {"share": share(ask.sample_permille)})
    if ask.or_witness:
        parts.append(_("saksi boleh menggantikan"))
    if not ask.reasons:
        parts.append(_("tidak boleh kosong"))
    elif ask.reasons != usual_reasons(ask.any_of[0]):
        reasons = ", ".join(word_for(MISSING_REASONS, reason) for reason in ask.reasons)
        parts.append(_("boleh kosong hanya bila %(reasons)s") % {"reasons": reasons})
    return ", ".join(parts)


def share(permille: int) -> str:
    """``100`` as 10 %, in the reader's way of writing."""
    text = f"{permille / 10:.1f}".removesuffix(".0").replace(".", _(","))
    return f"{text}%"


@dataclass(frozen=True, slots=True)
class ToldStep:
    code: str
    name: str
    when: str
    optional: bool
    lines: list[str]


def step_words(step: Step) -> ToldStep:
    return ToldStep(
        code=step.code,
        name=word_for(STEPS, step.code),
        when=condition_words(step.when),
        optional=not step.required,
        lines=[ask_words(ask) for ask in step.asks],
    )


def procedure_words(steps: Sequence[Mapping[str, Any]]) -> list[ToldStep]:
    return [step_words(step) for step in read_steps(steps)]


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version does to one step: lines that go and lines that come."""

    name: str
    gone: list[str]
    come: list[str]


def changes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Change]:
    """What is different against the version in force, step by step, in words."""
    before, after = procedure_words(old), procedure_words(new)
    was, now = {s.code: s for s in before}, {s.code: s for s in after}
    found = []
    for code in dict.fromkeys([*now, *was]):
        gone, come = _lines(was.get(code)), _lines(now.get(code))
        lost = [line for line in gone if line not in come]
        won = [line for line in come if line not in gone]
        if lost or won:
            found.append(Change(word_for(STEPS, code), lost, won))
    kept_before = [s.name for s in before if s.code in now]
    kept_after = [s.name for s in after if s.code in was]
    if kept_before != kept_after:
        found.append(Change(_("Urutan"), [" → ".join(kept_before)], [" → ".join(kept_after)]))
    return found


def _lines(step: ToldStep | None) -> list[str]:
    if step is None:
        return []
    head = [_("langkah ini dilakukan %(when)s") % {"when": step.when or _("selalu")}]
    optional = [_("bila mungkin")] if step.optional else []
    return [*head, *optional, *step.lines]


@dataclass(frozen=True, slots=True)
class SeenStep:
    name: str
    lines: list[str]


def as_seen(steps: Sequence[Mapping[str, Any]], channel: str, situation: str) -> list[SeenStep]:
    """What the officer will see with such a family, in order."""
    facts = {**_ASK_FIRST, **SITUATIONS[situation][1], "amount": SITUATION_AMOUNT}
    facts["doorstep"] = channel == "doorstep"
    seen = []
    for step in read_steps(steps):
        stands = step.code in ("face", "hand_over", "receipt_mark", "receipt")
        if not stands and not holds(step.when, facts):
            continue
        lines = [_seen_line(ask, facts) for ask in step.asks if holds(ask.when, facts)]
        if step.code in ("documents", "recipient_photo", "house") and not lines:
            continue
        seen.append(SeenStep(word_for(STEPS, step.code), lines))
    return seen


def _seen_line(ask: Ask, facts: Mapping[str, Any]) -> str:
    what = _(" atau ").join(word_for(EVIDENCE, kind) for kind in ask.any_of)
    if ask.tick_when is not None and holds(ask.tick_when, facts):
        if not ask.sample_permille:
            return _("%(what)s: lihat dan centang") % {"what": what}
        drawn = share(ask.sample_permille)
        return _("%(what)s: lihat dan centang (%(share)s difoto)") % {"what": what, "share": drawn}
    if ask.at_least > 1:
        return _("%(n)s × %(what)s") % {"n": ask.at_least, "what": what}
    return what


_PROBLEMS: dict[str, str | Promise] = {
    "unknown_step": gettext_lazy("Langkah “%(detail)s” tidak dikenal aplikasi. Hapus langkah ini."),
    "step_twice": gettext_lazy("Langkah ini ada dua kali. Hapus salah satunya."),
    "after_cash": gettext_lazy(
        "Langkah ini ada sesudah uang diserahkan. Beri nomor urut yang lebih kecil."
    ),
    "step_needed": gettext_lazy("Langkah ini harus ada. Centang “dipakai”."),
    "unknown_evidence": gettext_lazy("Bukti “%(detail)s” tidak dikenal aplikasi."),
    "wrong_kind": gettext_lazy("Bukti “%(detail)s” tidak dapat diminta di langkah ini."),
    "no_evidence": gettext_lazy("Pilih paling sedikit satu bukti."),
    "at_least": gettext_lazy(
        "Jumlah foto harus 1 sampai 4; lebih dari 1 hanya untuk KTP dan kartu keluarga."
    ),
    "sample": gettext_lazy("Bagian yang difoto harus 0 sampai 100 persen."),
    "sample_without_tick": gettext_lazy(
        "Bagian yang difoto hanya berarti bila bukti ini cukup dilihat. Pilih dulu syaratnya."
    ),
    "never_holds": gettext_lazy("Syarat ini tidak pernah terpenuhi. Periksa angkanya."),
    "condition": gettext_lazy("Syarat ini tidak dapat dibaca."),
    "test": gettext_lazy("Isi syarat “%(detail)s” belum lengkap: pilih ya, tidak, atau angka."),
    "unknown_fact": gettext_lazy("Syarat “%(detail)s” tidak dikenal aplikasi."),
    "unknown_reason": gettext_lazy("Alasan “%(detail)s” tidak dikenal aplikasi."),
    "required": gettext_lazy("Pilih wajib atau bila mungkin."),
}


def problem_words(problem: Problem, steps: Sequence[Mapping[str, Any]]) -> str:
    """Where, what, and how to mend it."""
    code = problem.detail
    if problem.step:
        code = str(steps[problem.step - 1].get("code"))
    detail = word_for(EVIDENCE, problem.detail)
    text = str(_PROBLEMS.get(problem.code, problem.code)) % {"detail": detail}
    return f"{word_for(STEPS, code)}: {text}"
