"""One payment's facts turned into the steps of its story."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from salur.kernel.money import format_rupiah
from salur.monitoring import words
from salur.monitoring.queries import Story
from salur.theme.words import moment_text, number_text


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the timeline."""

    title: str
    icon: str
    kind: str = "good"
    moment: datetime | None = None
    zone: str = "Asia/Jakarta"
    lines: list[str] = field(default_factory=list)
    url: str = ""


def visit_state(told: Story) -> tuple[str, str]:
    """(kind, word) of the visit as a whole."""
    if told.visit.in_doubt:
        return "attention", _("Serah terima belum jelas")
    kind, word = words.STATUSES.get(told.visit.status, ("wait", told.visit.status))
    return kind, str(word)


def steps(told: Story) -> list[Step]:
    """From the list's row to the hand-over, in the order in which it happened."""
    found = [*_list_steps(told), *_plan_steps(told), *_attempt_steps(told), *_hand_over_steps(told)]
    dated = [step for step in found if step.moment]
    undated = [step for step in found if not step.moment]
    return sorted(dated, key=lambda step: step.moment) + undated  # type: ignore[arg-type, return-value]


def _list_steps(told: Story) -> list[Step]:
    found = []
    for payment in told.payments:
        entitlement = payment.entitlement
        source = entitlement.nominative_list
        found.append(
            Step(
                _("%(program)s: baris %(row)s gelombang %(wave)s")
                % {
                    "program": payment.program.name_id,
                    "row": number_text(entitlement.row_number),
                    "wave": source.wave,
                },
                "file-import",
                moment=source.received_at,
                lines=[
                    _("Berkas %(name)s, SHA-256 %(hash)s…")
                    % {"name": source.file_name, "hash": source.file_id[:16]},
                    _("Diterima oleh %(who)s") % {"who": told.name_of(source.received_by)},
                ],
            )
        )
        if source.decided_at:
            found.append(
                Step(
                    _("%(program)s: daftar disetujui orang kedua")
                    % {"program": payment.program.name_id},
                    "checks",
                    moment=source.decided_at,
                    lines=[
                        _("Oleh %(who)s, perintah bayar %(order)s")
                        % {
                            "who": told.name_of(source.decided_by),
                            "order": payment.order.number,
                        }
                    ],
                )
            )
    return found


def _plan_steps(told: Story) -> list[Step]:
    visit, zone = told.visit, told.zone
    channel = words.CHANNELS.get(visit.channel, visit.channel)
    lines = [_("%(channel)s, %(office)s") % {"channel": channel, "office": visit.office.name}]
    if visit.session and visit.slot_at:
        lines.append(
            _("%(point)s, %(when)s, loket %(desk)s")
            % {
                "point": visit.session.point.name,
                "when": moment_text(visit.slot_at, zone),
                "desk": visit.desk,
            }
        )
    found = [
        Step(_("Dijadwalkan"), "calendar-event", moment=visit.planned_at, zone=zone, lines=lines)
    ]
    if visit.letter_printed_at:
        found.append(
            Step(
                _("Undangan dicetak"),
                "mail",
                moment=visit.letter_printed_at,
                zone=zone,
                lines=[_("Versi %(n)s, kode QR bertanda tangan") % {"n": visit.letter_version}],
            )
        )
    if told.invitation:
        found.append(
            Step(
                _("Undangan sampai ke keluarga"),
                "mail",
                moment=told.invitation.handed_out_at,
                zone=zone,
                lines=[_("Oleh %(who)s") % {"who": told.name_of(told.invitation.handed_out_by)}],
            )
        )
    if lease := visit.lease:
        found.append(
            Step(
                _("Dipinjamkan ke perangkat"),
                "device-mobile",
                moment=lease.issued_at,
                zone=zone,
                lines=[
                    _("%(device)s, pemegang %(who)s, sampai %(until)s")
                    % {
                        "device": lease.device.name,
                        "who": lease.device.holder.name,
                        "until": moment_text(lease.until, zone),
                    }
                    if lease.device
                    else _("Kelompok meja, meja %(desk)s, sampai %(until)s")
                    % {
                        "desk": visit.held_desk or visit.desk,
                        "until": moment_text(lease.until, zone),
                    }
                ],
            )
        )
    return found


def _attempt_steps(told: Story) -> list[Step]:
    found = []
    for attempt in told.attempts:
        lines = [_("Dicatat oleh %(who)s") % {"who": told.name_of(attempt.recorded_by)}]
        if attempt.note:
            lines.append(attempt.note)
        if attempt.decision == "waiting":
            lines.append(_("Menunggu persetujuan orang kedua"))
        elif attempt.decided_by:
            word = _("Disetujui") if attempt.decision == "approved" else _("Ditolak")
            lines.append(f"{word}: {told.name_of(attempt.decided_by)}")
        found.append(
            Step(
                _("Belum dapat dibayar: %(reason)s")
                % {"reason": words.reason_word(attempt.code).lower()},
                "alert-triangle",
                "bad" if attempt.final else "attention",
                attempt.attempted_at,
                told.zone,
                lines,
            )
        )
    return found


def _hand_over_steps(told: Story) -> list[Step]:
    found = []
    for each in told.hand_overs:
        fact = each.fact
        collector = words.RELATIONS.get(fact.relation, fact.relation)
        lines = [
            _("Diserahkan %(who)s lewat %(device)s; diterima server %(when)s")
            % {
                "who": each.officer,
                "device": each.device,
                "when": moment_text(fact.received_at, told.zone),
            },
            _("Yang menerima: %(name)s (%(relation)s); cara: %(method)s")
            % {
                "name": each.collector or told.visit.recipient_name,
                "relation": collector,
                "method": words.METHODS.get(fact.method, fact.method),
            },
        ]
        if each.face and each.face.score is not None:
            score = f"{each.face.score:.2f}".replace(".", ",")
            lines.append(
                _("Wajah %(score)s: %(verdict)s")
                % {"score": score, "verdict": face_word(each.face.verdict)}
            )
        lines.append(
            _("%(here)s dari %(all)s bukti sudah diterima")
            % {"here": each.arrived, "all": len(each.evidence)}
        )
        if fact.latitude is not None and fact.longitude is not None:
            lines.append(
                _("Letak %(lat)s, %(lon)s (± %(m)s m)")
                % {
                    "lat": f"{fact.latitude:.5f}",
                    "lon": f"{fact.longitude:.5f}",
                    "m": round(fact.accuracy_m or 0),
                }
            )
        second = any(line.outcome not in ("paid", "short") for line in each.lines)
        found.append(
            Step(
                _("Serah terima %(amount)s") % {"amount": format_rupiah(fact.total)},
                "cash",
                "attention" if second else "good",
                fact.handed_over_at,
                told.zone,
                lines,
            )
        )
        if each.judgement and each.judgement.judged_at:
            kind, word = words.VERDICTS.get(
                each.judgement.verdict, ("wait", each.judgement.verdict)
            )
            reasons = [words.doubt_word(str(reason)) for reason in each.judgement.reasons]
            found.append(
                Step(
                    str(word),
                    "shield-check",
                    kind,
                    each.judgement.judged_at,
                    told.zone,
                    [", ".join(reasons)] if reasons else [],
                )
            )
    return found


def face_word(verdict: str) -> str:
    return {
        "match": _("cocok"),
        "review": _("perlu ditinjau"),
        "capture_again": _("belum cocok"),
        "no_reference": _("belum ada rujukan"),
        "unreadable": _("tidak terbaca"),
    }.get(verdict, verdict)


def books(told: Story) -> list[dict[str, Any]]:
    """The transfers that booked it, as source and destination."""
    return [
        {
            "at": transfer.posted_at,
            "source": words.ACCOUNTS.get(transfer.source.kind, transfer.source.kind),
            "destination": words.ACCOUNTS.get(transfer.destination.kind, transfer.destination.kind),
            "custodian": told.name_of(transfer.source.custodian),
            "amount": transfer.amount,
            "reference": transfer.reference,
            "reversed": hasattr(transfer, "reversed_by"),
        }
        for transfer in told.transfers
    ]
