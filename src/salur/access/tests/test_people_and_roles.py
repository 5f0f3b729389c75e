"""Who may do what, where; who may give it; and what must not lie in one hand."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

import salur
from salur.access.errors import (
    AccountEnded,
    BeyondOwnScope,
    OwnRole,
    PasswordWeak,
    RolesCollide,
    RoleUnknown,
    SamePerson,
    ScopeNeeded,
    ScopesDiffer,
    UserMissing,
    UsernameTaken,
)
from salur.access.models import Assignment, User
from salur.access.operations import create_user, end_user, grant_role, withdraw_role
from salur.access.queries import actor_for, users_visible_to
from salur.access.rules import (
    PERMISSIONS,
    PERMISSIONS_OF_ROLE,
    ROLES,
    SCOPES_OF_ROLE,
    check_different_person,
    permissions_of,
)
from salur.access.tests.people import (
    ABOVE,
    HERE,
    PASSWORD,
    THERE,
    acting,
    make_offices,
    make_user,
)
from salur.access.words import ROLE_NAMES
from salur.audit.models import Entry
from salur.kernel import clock
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden


def test_every_role_has_a_name_a_scope_and_permissions():
    assert set(ROLE_NAMES) == set(SCOPES_OF_ROLE) == set(ROLES)
    assert all(PERMISSIONS_OF_ROLE.values())


def asked_for() -> dict[str, str]:
    """Permission > a file that asks for it, from the source itself."""
    found = {}
    for file in Path(salur.__file__).parent.rglob("*.py"):
        if "tests" in file.parts or "migrations" in file.parts or "node_modules" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            texts = [k.value for k in node.keywords if k.arg == "permission"]
            if name in ("require", "may") and node.args:
                texts.append(node.args[0])
            for text in texts:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found[text.value] = str(file)
    return found


def test_every_permission_that_the_code_asks_for_is_held_by_some_role():
    asked = asked_for()
    assert "programs.approve_list" in asked
    assert {p: f for p, f in asked.items() if p not in PERMISSIONS} == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("programs.upload_list", "programs.approve_list"),
        ("programs.record_order", "programs.confirm_funds"),
        ("disbursement.issue_float", "field.work"),
        ("disbursement.issue_float", "disbursement.approve_final"),
        ("disbursement.plan_payments", "disbursement.issue_float"),
        ("casework.propose_change", "casework.approve_change"),
        ("casework.view_families", "disbursement.issue_float"),
        ("access.manage_users", "programs.approve_list"),
        ("audit.read_all", "access.manage_users"),
    ],
)
def test_two_duties_never_lie_in_one_role(one, other):
    holders = [role for role in ROLES if {one, other} <= PERMISSIONS_OF_ROLE[role]]
    assert holders == []


def test_the_one_who_prepared_may_not_approve():
    rina = Actor(id="1", kind="user")
    for written in ("1", "user:1"):
        with pytest.raises(SamePerson):
            check_different_person(rina, "user:7", written)
    check_different_person(rina, "user:2", "")
    phone = Actor(id="d", kind="device", extra={"holder": "1"})
    with pytest.raises(SamePerson):
        check_different_person(phone, "user:1")


@pytest.fixture
def offices(db):
    make_offices()


def test_an_office_role_reaches_the_line_below_and_the_regions_it_serves(offices):
    head = acting("hendra", "branch_head", office=ABOVE)
    assert head.sees_office("10000/20000/30000/30100")
    assert not head.sees_office("10000/20000/40000")
    assert head.sees_region("16.71.02.1001")
    assert not head.sees_region("32.73")
    assert head.label == "Hendra"


def test_whoever_has_no_role_has_no_permission_and_no_scope(offices):
    actor = acting("tamu")
    assert (actor.permissions, actor.regions, actor.offices) == (frozenset(), (), ())


def test_roles_end_by_themselves(offices):
    rudi = make_user("rudi")
    until = clock.now() + timedelta(days=1)
    grant_role(rudi.id, "officer", office=HERE, valid_until=until, by=SYSTEM)
    assert actor_for(rudi).may("field.work")
    with clock.at(until):
        assert not actor_for(rudi).permissions


def test_accounts_end_by_themselves_and_by_a_word(offices):
    rudi = make_user("rudi", "officer")
    rudi.valid_until = clock.now() - timedelta(seconds=1)
    with pytest.raises(AccountEnded):
        actor_for(rudi)
    rudi.valid_until = None
    end_user(rudi.id, "selesai", by=acting("putri", "admin"))
    with pytest.raises(AccountEnded):
        actor_for(User.objects.get(id=rudi.id))


def test_roles_of_one_account_share_one_scope(offices):
    user = make_user("vera", "verifier")
    with pytest.raises(ScopesDiffer):
        grant_role(user.id, "officer", office=THERE, by=SYSTEM)
    grant_role(user.id, "officer", office=HERE, by=SYSTEM)
    assert {"verifier", "officer"} == actor_for(user).roles


def test_rows_of_different_scopes_give_only_what_both_allow(offices):
    user = make_user("vera", "verifier")
    Assignment.objects.create(
        user=user, role="officer", office_id=THERE, granted_at=clock.now(), granted_by="x"
    )
    permissions = actor_for(user).permissions
    assert "field.work" in permissions
    assert "field.verify" not in permissions


def test_colliding_duties_are_refused(offices):
    user = make_user("kartini", "cashier")
    for role in ("officer", "branch_head", "auditor"):
        with pytest.raises(RolesCollide):
            grant_role(user.id, role, office=HERE, by=SYSTEM)


def test_a_role_is_given_where_it_belongs(offices):
    user = make_user("baru")
    with pytest.raises(ScopeNeeded):
        grant_role(user.id, "cashier", by=SYSTEM)
    with pytest.raises(ScopeNeeded):
        grant_role(user.id, "cashier", region="16", by=SYSTEM)
    with pytest.raises(ScopeNeeded):
        grant_role(user.id, "auditor", region="16", office=HERE, by=SYSTEM)
    with pytest.raises(RoleUnknown):
        grant_role(user.id, "raja", by=SYSTEM)


def test_the_same_grant_again_is_one_role(offices):
    user = make_user("rudi", "officer")
    grant_role(user.id, "officer", office=HERE, by=SYSTEM)
    assert user.assignments.count() == 1


def test_nobody_changes_the_own_role(offices):
    admin = make_user("putri", "admin")
    with pytest.raises(OwnRole):
        grant_role(admin.id, "auditor", by=actor_for(admin))
    with pytest.raises(OwnRole):
        withdraw_role(admin.assignments.get().id, by=actor_for(admin))
    with pytest.raises(OwnRole):
        end_user(admin.id, "x", by=actor_for(admin))


def test_a_head_makes_temporary_officers_in_the_own_line_and_nobody_else(offices):
    head = acting("hendra", "branch_head")
    rudi = create_user("rudi", name="Rudi", password=PASSWORD, office="30101", by=head)
    assert rudi.valid_until is not None
    assert rudi.valid_until <= clock.now() + timedelta(days=120)
    grant_role(rudi.id, "officer", office="30101", by=head)
    for role, office, error in (
        ("cashier", HERE, Forbidden),
        ("officer", THERE, BeyondOwnScope),
        ("officer", ABOVE, BeyondOwnScope),
    ):
        with pytest.raises(error):
            grant_role(make_user(f"x-{role}-{office}").id, role, office=office, by=head)
    for office in (THERE, ABOVE, None):
        with pytest.raises(BeyondOwnScope):
            create_user("lain", name="Lain", password=PASSWORD, office=office, by=head)
    end_user(rudi.id, "selesai", by=head)


def test_a_head_closes_no_account_of_another_branch_and_no_cashiers(offices):
    head = acting("hendra", "branch_head")
    for user in (make_user("yusuf", "officer", office=THERE), make_user("kartini", "cashier")):
        with pytest.raises(UserMissing):
            end_user(user.id, "x", by=head)
        assert User.objects.get(id=user.id).is_active


def test_an_officer_manages_nobody(offices):
    officer = acting("rudi", "officer")
    with pytest.raises(Forbidden):
        create_user("baru", name="Baru", password=PASSWORD, office=HERE, by=officer)
    with pytest.raises(Forbidden):
        grant_role(make_user("lain").id, "officer", office=HERE, by=officer)
    with pytest.raises(Forbidden):
        end_user(make_user("lagi").id, "x", by=officer)


def test_accounts_have_one_name_and_a_real_password(offices):
    make_user("rudi")
    with pytest.raises(UsernameTaken):
        make_user(" Rudi ")
    for password in ("pendek", "123456789012", "password1234", "sari-sari-sari"):
        with pytest.raises(PasswordWeak):
            create_user("sari-sari", name="Sari Sari", password=password, by=SYSTEM)


def test_grants_are_in_the_log_without_names(offices):
    make_user("rudi", "officer")
    entries = Entry.objects.filter(kind__startswith="access.")
    assert [e.kind for e in entries.order_by("at", "id")] == [
        "access.user_created",
        "access.role_granted",
    ]
    assert "rudi" not in str([e.payload for e in entries]).lower()


def test_each_sees_the_accounts_of_the_own_scope(offices):
    make_user("rudi", "officer")
    make_user("yusuf", "officer", office=THERE)
    make_user("sari", "companion", region="16.71", office=None)
    names = lambda actor: {u.username for u in users_visible_to(actor)}  # noqa: E731
    assert names(acting("hendra", "branch_head")) == {"rudi", "hendra"}
    assert names(acting("atas", "branch_head", office=ABOVE)) == {"rudi", "hendra", "atas"}
    assert names(acting("auditor", "auditor", region="16", office=None)) >= {"sari"}
    assert names(acting("tamu", office=None)) == set()
    assert "yusuf" in names(acting("putri", "admin"))


def test_permissions_of_an_unknown_role_are_none():
    assert permissions_of(["raja"]) == frozenset()
