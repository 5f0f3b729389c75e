"""Versions of the standard procedure: what changes, what an officer will see, who agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.queries import names_for_system
from salur.disbursement.channels import CHANNELS
from salur.disbursement.describing import (
    LETTERS,
    NUMBERS,
    SITUATIONS,
    YES_NO,
    as_seen,
    changes,
    problem_words,
    procedure_words,
)
from salur.disbursement.errors import UnknownProcedure
from salur.disbursement.forms import read_procedure, rows_of
from salur.disbursement.models import SopVersion
from salur.disbursement.operations import (
    approve_procedure,
    decline_procedure,
    propose_procedure,
)
from salur.disbursement.pages.asking import actor_of
from salur.disbursement.queries.procedures import (
    Procedure,
    procedures_in_force,
    procedures_visible_to,
)
from salur.disbursement.rules.sop import REASONS, SHIPPED, WrongProcedure, check_steps
from salur.disbursement.words import EVIDENCE, MISSING_REASONS, STEPS, word_for
from salur.kernel.clock import now
from salur.kernel.errors import Refusal

_ZONE = ZoneInfo("Asia/Jakarta")


def _channel(channel: str) -> Procedure:
    """The version in force of a channel. Raises UnknownProcedure."""
    if channel not in SHIPPED:
        raise UnknownProcedure
    return procedures_in_force(now())[channel]


@page(permission="disbursement.view_plans", methods=("GET",))
def procedures(request: HttpRequest) -> HttpResponse:
    versions = list(procedures_visible_to(actor_of(request)))
    in_force = procedures_in_force(now())
    names = _names(versions)
    return render(
        request,
        "disbursement/procedures.html",
        {
            "channels": [
                {
                    "code": channel,
                    "label": CHANNELS[channel].label,
                    "id": in_force[channel].id,
                    "steps": procedure_words(in_force[channel].steps),
                    "waiting": [
                        (row, names(row.made_by), changes(in_force[channel].steps, row.steps))
                        for row in versions
                        if row.channel == channel and row.state == "waiting"
                    ],
                    "rows": [
                        (row, names(row.made_by), names(row.approved_by or row.declined_by))
                        for row in versions
                        if row.channel == channel
                    ],
                }
                for channel in SHIPPED
            ],
        },
    )


def _names(versions: Sequence[SopVersion]) -> Any:
    """Who an actor of the books is, in words that a page may show."""
    actors = {a for row in versions for a in (row.made_by, row.approved_by, row.declined_by)}
    people = names_for_system(actor.removeprefix("user:") for actor in actors)

    def name(actor: str) -> str:
        if not actor:
            return ""
        found = people.get(actor.removeprefix("user:"))
        return str(found) if found else _("bawaan sistem")

    return name


@page(permission="disbursement.view_plans", methods=("GET",))
def procedure(request: HttpRequest, channel: str, number: int) -> HttpResponse:
    actor = actor_of(request)
    current = _channel(channel)
    row = procedures_visible_to(actor).filter(channel=channel, number=number).first()
    if row is None:
        raise UnknownProcedure
    names = _names([row])
    return render(
        request,
        "disbursement/procedure.html",
        {
            "row": row,
            "channel": CHANNELS[channel].label,
            "code": channel,
            "in_force": current,
            "made_by": names(row.made_by),
            "decided_by": names(row.approved_by or row.declined_by),
            "own": row.made_by == f"{actor.kind}:{actor.id}",
            "may_decide": actor.may("disbursement.approve_final"),
            "steps": procedure_words(row.steps),
            "changes": [] if current.id == row.code else changes(current.steps, row.steps),
            **_preview(request.GET, row.steps, channel),
        },
    )


def _preview(asked: Mapping[str, Any], steps: list[dict[str, Any]], channel: str) -> dict[str, Any]:
    chosen = str(asked.get("keadaan", "usual"))
    chosen = chosen if chosen in SITUATIONS else "usual"
    return {
        "situations": [(code, words) for code, (words, _facts) in SITUATIONS.items()],
        "situation": chosen,
        "seen": as_seen(steps, channel, chosen),
    }


@page(permission="disbursement.view_plans", methods=("POST",))
def decide_procedure(request: HttpRequest, channel: str, number: int) -> HttpResponse:
    code = f"{channel}/{number}"
    try:
        if request.POST.get("word") == "approve":
            approve_procedure(code, by=actor_of(request))
            messages.success(request, _("Versi %s disetujui.") % code)
        else:
            decline_procedure(code, by=actor_of(request))
            messages.success(request, _("Versi %s tidak dipakai.") % code)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:procedures")


@page(permission="disbursement.plan_payments")
def new_procedure(request: HttpRequest, channel: str) -> HttpResponse:
    """The editor: begins with the version in force, shows what the officer will see, proposes."""
    current = _channel(channel)
    post = request.POST
    steps = current.steps
    problems: list[str] = []
    if request.method == "POST":
        steps = read_procedure(post, post.getlist)
        try:
            check_steps(steps)
        except WrongProcedure as wrong:
            problems = [problem_words(problem, steps) for problem in wrong.problems]
        valid_from = _moment(post.get("berlaku", ""))
        if valid_from is None:
            problems.append(_("Berlaku mulai: isi tanggal, hari ini atau sesudahnya."))
        if not problems and valid_from and post.get("word") == "propose":
            try:
                row = propose_procedure(
                    channel,
                    steps,
                    valid_from=valid_from,
                    note=post.get("catatan", ""),
                    by=actor_of(request),
                )
            except Refusal as refusal:
                problems = [str(refusal)]
            else:
                messages.success(
                    request, _("Versi %s diusulkan. Orang lain yang menyetujuinya.") % row.code
                )
                return redirect("disbursement:procedure", channel=channel, number=row.number)
    readable = not problems
    return render(
        request,
        "disbursement/new_procedure.html",
        {
            "channel": CHANNELS[channel].label,
            "code": channel,
            "in_force": current,
            "rows": [(word_for(STEPS, row.code), row) for row in rows_of(_walkable(steps))],
            "facts": _fact_choices(),
            "evidence": {kind: word_for(EVIDENCE, kind) for kind in EVIDENCE},
            "reasons": [(code, word_for(MISSING_REASONS, code)) for code in REASONS],
            "problems": problems,
            "changes": changes(current.steps, steps) if readable else [],
            "looked": request.method == "POST" and readable,
            "valid_from": post.get("berlaku") or now().astimezone(_ZONE).date().isoformat(),
            "note": post.get("catatan", ""),
            **(_preview(post, steps, channel) if readable else {}),
        },
        status=422 if problems else 200,
    )


def _walkable(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What can be shown again in fields: an ask without evidence has none."""
    return [
        {**step, "asks": [ask for ask in step["asks"] if ask["any_of"]]} if "asks" in step else step
        for step in steps
    ]


def _moment(day: str) -> datetime | None:
    """Midnight in Jakarta of a day that has not passed, today's from now on."""
    try:
        moment = datetime.combine(datetime.fromisoformat(day).date(), time(), _ZONE)
    except ValueError:
        return None
    today = now().astimezone(_ZONE).date()
    if moment.date() < today:
        return None
    return max(moment, now())


def _fact_choices() -> list[tuple[str, str]]:
    """Every condition that a field can hold, as one choice: `age:at_least`."""
    found = []
    for fact, (yes, no) in YES_NO.items():
        found += [(f"{fact}:yes", str(yes)), (f"{fact}:no", str(no))]
    for fact, word in NUMBERS.items():
        found += [
            (f"{fact}:at_least", _("%(what)s paling sedikit …") % {"what": word}),
            (f"{fact}:below", _("%(what)s di bawah …") % {"what": word}),
        ]
    return found + [(f"letter:{code}", str(word)) for code, word in LETTERS.items()]
