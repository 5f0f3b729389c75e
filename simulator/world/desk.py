"""What the back office does: floats, leases, breaks, closes, decisions, later waves, the worker."""

import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from salur.access import operations as access
from salur.disbursement import operations as disbursement
from salur.field.operations import apply_events
from salur.kernel.money import notes_for
from salur.reconciliation import operations as reconciliation
from salur.reconciliation.errors import EventsMissing
from simulator.world.country import Branch, send_wave
from simulator.world.field import Field
from simulator.world.phones import Phone, dying
from simulator.world.stage import Officer, rows


class Desk(Field):
    """Operations of people with a desk, and of the task process."""

    def do_issue(self, officer: Officer, amount: int, key: str) -> str:
        row = disbursement.issue_float(
            UUID(officer.id),
            amount=amount,
            idempotency_key=key,
            by=officer.branch.cashier,
            office_code=officer.branch.code,
        )
        return str(row.id)

    def do_withdraw(self, officer: Officer) -> str:
        if not (float_id := self._float(officer, "issued")):
            return "none"
        disbursement.withdraw_float(float_id, by=officer.branch.cashier)
        return str(float_id)

    def do_hand_back(self, officer: Officer, amount: int, key: str) -> str:
        float_id = self._float(officer, "accepted", "counted")
        if not float_id or officer.bag < amount:
            return "none"
        disbursement.hand_back(
            float_id,
            amount=amount,
            notes=notes_for(amount),
            idempotency_key=key,
            by=officer.branch.cashier,
        )
        officer.bag -= amount
        self.vaults[officer.branch.code] += amount
        return f"{amount}"

    def do_close(self, officer: Officer, despite: bool) -> str:
        """The cashier closes what the officer counted; the head where events are missing."""
        float_id = self._float(officer, "counted")
        if not float_id:
            return "none"
        missing = self.events_missing(officer)
        by = officer.branch.head if despite else officer.branch.cashier
        note = "ponsel rusak" if despite else ""
        try:
            close = reconciliation.close_session(float_id, note=note, despite_gaps=despite, by=by)
        except EventsMissing:
            self.book.counts["gap_blocked_close"] += 1
            if not missing:
                self.book.wrong(f"close of {officer.id}: refused for events that are all here")
            raise
        if missing and not despite:
            self.book.wrong(f"close of {officer.id}: went over {missing} missing events")
        laid_down = min(officer.bag, close.counted)
        officer.bag -= laid_down
        self.vaults[officer.branch.code] += laid_down
        return f"{close.expected} {close.counted}"

    def events_missing(self, officer: Officer) -> int:
        """Sequences between the first and the last that arrived, and what nobody has judged."""
        missing = 0
        for (device,) in rows("SELECT id FROM access_device WHERE holder_id = %s", officer.id):
            sequences = {
                sequence
                for (sequence,) in rows(
                    "SELECT sequence FROM intake_signed_event WHERE device_id = %s", device
                )
            }
            missing += max(sequences, default=0) - len(sequences)
        [(waiting,)] = rows(
            "SELECT count(*) FROM intake_waiting_event w JOIN intake_signed_event e"
            " ON e.id = w.event_id JOIN access_device d ON d.id = e.device_id"
            " WHERE d.holder_id = %s",
            officer.id,
        )
        return missing + int(waiting)

    def _float(self, officer: Officer, *status: str) -> UUID | None:
        found = rows(
            "SELECT id FROM disbursement_float_session WHERE officer_id = %s"
            " AND status = ANY(%s) ORDER BY id LIMIT 1",
            officer.id,
            list(status),
        )
        return found[0][0] if found else None

    # --- leases ------------------------------------------------------------------------------

    def do_lease(self, phone: Phone, session: UUID) -> str:
        branch = self.officer_of(phone).branch
        lease, taken = disbursement.lease_visits(session, UUID(phone.device_id), by=branch.cashier)
        phone.cursor = ""
        return f"{lease.id} {taken}"

    def do_lease_group(self, branch: Branch, session: UUID, phones: list[Phone]) -> str:
        """The devices of one session hold its families together, each at a desk of its own."""
        group = disbursement.lease_to_group(
            session,
            [
                disbursement.GroupMember(UUID(phone.device_id), desk, "all")
                for desk, phone in enumerate(phones, 1)
            ],
            by=branch.cashier,
        )
        for phone in phones:
            phone.cursor = ""
        if group.seals:
            self.seals[str(group.lease.id)] = group.seals
        return f"{group.lease.id} {group.taken}"

    def do_break(self, branch: Branch, lease: UUID) -> str:
        """The head takes a lease away; what its phone signed meanwhile is still a fact."""
        held = self.visits_of_lease(str(lease))
        freed = disbursement.break_lease(lease, reason="ponsel mati", by=branch.head)
        self.book.let_go(held)
        self.book.counts["lease_broken"] += 1
        return f"{freed}"

    def open_sessions(self, branch: Branch, *, held: bool = False) -> list[UUID]:
        """Sessions whose visits can still be leased, the next one first; or those of which others
        hold some, where a second phone may only get what is free."""
        return [
            row[0]
            for row in rows(
                "SELECT s.id FROM disbursement_pay_session s WHERE s.office_id = %s"
                " AND s.status IN ('planned', 'open') AND s.ends_at + interval '24 hours' > %s"
                " AND EXISTS (SELECT 1 FROM disbursement_visit v WHERE v.session_id = s.id"
                "             AND v.status IN ('planned', 'partly')"
                "             AND (v.lease_id IS NOT NULL) = %s)"
                " ORDER BY s.starts_at, s.id",
                branch.code,
                self.now,
                held,
            )
        ]

    def live_leases(self, branch: Branch) -> list[UUID]:
        return [
            row[0]
            for row in rows(
                "SELECT l.id FROM disbursement_lease l JOIN disbursement_pay_session s"
                " ON s.id = l.session_id WHERE s.office_id = %s AND l.status = 'active'"
                " AND l.until > %s ORDER BY l.id",
                branch.code,
                self.now,
            )
        ]

    # --- plans and lists -----------------------------------------------------------------------

    def do_replan(self, branch: Branch) -> str:
        """Families who were not paid and have no coming session get another one."""
        result = disbursement.replan_payments(
            self.country.tranche, by=replace(self.country.planner, offices=(self._path(branch),))
        )
        return f"{result.families} families"

    def _path(self, branch: Branch) -> str:
        return str(branch.head.offices[0])

    def do_decide(self, branch: Branch, approve: bool) -> str:
        waiting = [
            row[0]
            for row in rows(
                "SELECT id FROM disbursement_attempt WHERE office_id = %s"
                " AND decision = 'waiting' ORDER BY id LIMIT 3",
                branch.code,
            )
        ]
        if not waiting:
            return "none"
        return f"{disbursement.decide_attempts(waiting, approve=approve, by=branch.head)}"

    def do_wave(self, program: str, first: int, count: int) -> str:
        """A later list of the ministry corrects some amounts and withdraws one family."""
        entries = self.country.entries[program]
        changed = []
        for place in range(count):
            entry = entries[(first + place) % len(entries)]
            if place == count - 1:
                changed.append(entry.copy(remark="TARIK"))
            elif entry.components:
                changed.append(entry.copy(address=f"{entry.address} {first}"))
            else:
                changed.append(entry.copy(months=2, amount_rupiah=entry.amount_rupiah // 3 * 2))
        with tempfile.TemporaryDirectory() as folder:
            send_wave(self.country, program, changed, Path(folder))
        return f"{count} rows"

    def do_changes(self) -> str:
        counts = disbursement.apply_pending_changes(self.country.tranche, by=self.country.planner)
        for what, count in counts.items():
            self.book.counts[f"wave_{what}"] += count
        return str(sorted(counts.items()))

    def do_plan(self) -> str:
        result = disbursement.plan_payments(self.country.tranche, by=self.country.planner)
        return f"{result.families} families"

    # --- devices and the task process --------------------------------------------------------

    def do_revoke(self, phone: Phone) -> str:
        branch = self.officer_of(phone).branch
        access.revoke_device(UUID(phone.device_id), reason="hilang", by=branch.head)
        return phone.device_id

    def do_apply(self, limit: int = 1000, dies_after: int = 0) -> str:
        """The task process applies a batch, or dies in the middle of it."""
        if dies_after:
            self.book.counts["batch_crash"] += 1
            with dying(dies_after):
                return f"{apply_events(limit)}"
        return f"{apply_events(limit)}"

    def do_tick(self) -> str:
        """What the task process does by the clock."""
        ended, expired = disbursement.end_leases(), disbursement.expire_floats()
        disbursement.expire_passings()
        self.book.counts["float_expired"] += expired
        return f"{ended} visits, {expired} floats"


class World(Desk):
    """A small country under a virtual clock."""
