"""Every URL × every role answers as the matrix says; whoever has no scope sees nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from salur.access.doors import DeviceAuth, StaffAuth
from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.access.rules import ROLES, SCOPES_OF_ROLE, permissions_of
from salur.disbursement.tests.country import make_country
from salur.field.api import api as field_api
from salur.kernel.actor import SYSTEM
from salur.programs.api import api as programs_api
from tests.security.matrix import DEVICE, LOOPBACK, MATRIX, PUBLIC, SIGNED_IN

NOBODY = UUID(int=9)
STEP_UP = {"monitoring:photo"}
"""Behind the permission these ask for a reason first, and stay shut without it."""
SAMPLE = {
    "uuid": str(NOBODY),
    "int": "9",
    "str": "1671000000095",
    "slug": "post_office",
    "plain": "0" * 64,
}


@dataclass(frozen=True)
class Knock:
    """One URL of ours with made-up ids in it, and what its view says of itself."""

    name: str
    path: str
    door: Any
    methods: tuple[str, ...]
    route: str = ""


def knocks() -> list[Knock]:
    return [k for k in _walk(get_resolver().url_patterns, "", "") if k.name]


def _walk(patterns: list[Any], prefix: str, space: str) -> Iterator[Knock]:
    for item in patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from _walk(item.url_patterns, route, inner)
        elif isinstance(item, URLPattern):
            module = getattr(item.callback, "__module__", "")
            if "allauth" in module or module == "functools":
                continue  # the library's own account pages, and the API's description
            door = getattr(item.callback, "door", None)
            name = f"{space}{item.name}" if item.name else ""
            if not name and "app_shell" in module:
                name = "field-app-file"
            methods = tuple(m for m in (door.methods if door else ()) if m != "HEAD")
            yield Knock(name, "/" + _filled(route), door, methods, route)


def _filled(route: str) -> str:
    if route.startswith("^"):
        return "app/manifest.webmanifest"
    parts = []
    for part in route.split("/"):
        if part.startswith("<"):
            kind = part.strip("<>").partition(":")[0] if ":" in part else "plain"
            part = SAMPLE[kind]
        parts.append(part)
    return "/".join(parts)


ALL = knocks()
PAGES = [k for k in ALL if k.door is not None]


def test_every_url_has_a_row_and_no_row_is_left_over() -> None:
    assert {k.name for k in ALL} == set(MATRIX)


@pytest.mark.parametrize("knock", PAGES, ids=lambda k: k.name)
def test_the_door_is_the_one_that_the_matrix_names(knock: Knock) -> None:
    expected = MATRIX[knock.name]
    assert knock.door.permission == (None if expected == SIGNED_IN else expected)


def _try(client: Client, knock: Knock) -> int:
    method = "GET" if not knock.methods or "GET" in knock.methods else "POST"
    response = client.generic(method, knock.path)
    if response.status_code == 302 and "/akun/login" in response.headers.get("Location", ""):
        return 401
    return int(response.status_code)


@pytest.mark.django_db
def test_without_signing_in_only_public_doors_open() -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    for knock in ALL:
        status = _try(client, knock)
        if MATRIX[knock.name] == PUBLIC:
            assert status not in (401, 403), knock.name
        elif MATRIX[knock.name] == LOOPBACK:
            assert status in (403, 404), knock.name
        elif MATRIX[knock.name] == DEVICE:
            assert status in (401, 405), knock.name
        else:
            assert status in (401, 403, 405), knock.name


def _person(role: str) -> User:
    user = create_user(
        f"orang-{role}".replace("_", "-"),
        name=role,
        password="kata-sandi-uji-9132",
        office="30000",
        by=SYSTEM,
    )
    scope: dict[str, str] = {}
    if "country" not in SCOPES_OF_ROLE[role]:
        scope = {"office": "30000"} if "office" in SCOPES_OF_ROLE[role] else {"region": "16.71"}
    grant_role(user.id, role, by=SYSTEM, **scope)
    return User.objects.get(id=user.id)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_exactly_the_doors_that_it_has_a_permission_for(role: str) -> None:
    make_country()
    client = Client(raise_request_exception=True)
    client.force_login(_person(role))
    held = permissions_of([role])
    for knock in PAGES:
        status = _try(client, knock)
        if knock.name in STEP_UP:
            assert status == 403, (role, knock.name, status)
        elif MATRIX[knock.name] in {SIGNED_IN, *held}:
            assert status in (200, 302, 400, 404, 409, 422), (role, knock.name, status)
        else:
            assert status == 403, (role, knock.name, status)


@pytest.mark.django_db
def test_whoever_has_no_role_sees_nothing() -> None:
    make_country()
    user = create_user("tamu", name="Tamu", password="kata-sandi-uji-9132", by=SYSTEM)
    client = Client()
    client.force_login(User.objects.get(id=user.id))
    for knock in PAGES:
        if MATRIX[knock.name] != SIGNED_IN:
            assert _try(client, knock) == 403, knock.name


def test_no_page_changes_anything_by_get() -> None:
    """Pages that only write answer POST alone; a GET of theirs is refused by the door."""
    writers = {k.name for k in PAGES if k.methods == ("POST",)}
    assert writers >= {
        "programs:approve",
        "programs:confirm_funds",
        "access:revoke_device",
        "casework:settle",
    }


APIS = (("programs:programs_api", programs_api), ("field_api", field_api))


def operations() -> Iterator[tuple[str, list[Any]]]:
    """Name in the matrix > what each operation of our APIs asks for."""
    for space, api in APIS:
        for _prefix, router in api._routers:
            for view in router.path_operations.values():
                for operation in view.operations:
                    name = view.url_name or operation.view_func.__name__
                    yield f"{space}:{name}", list(operation.auth_callbacks)


def test_every_operation_of_the_apis_asks_for_what_the_matrix_says() -> None:
    seen = set()
    for name, asked in operations():
        seen.add(name)
        if MATRIX[name] == PUBLIC:
            assert asked == [], name
        elif MATRIX[name] == DEVICE:
            assert [type(auth) for auth in asked] == [DeviceAuth], name
        else:
            assert [type(auth) for auth in asked] == [StaffAuth], name
            assert asked[0].door.permission == MATRIX[name], name
            assert asked[0].csrf, name
    assert seen == {name for name in MATRIX if name.startswith(("programs:programs_api", "field_"))}


def test_only_what_takes_in_facts_listens_to_revoked_devices() -> None:
    """A revoked phone may hand in what it holds, and hear that it is to wipe itself; no more."""
    open_to_revoked = {name for name, asked in operations() for a in asked if _listens(a)}
    uploads = {name for name in MATRIX if name.startswith("field_api:tus_")}
    assert open_to_revoked == {
        "field_api:push",
        "field_api:has_evidence",
        "field_api:put_evidence",
        "field_api:push_sealed",
        "field_api:device_state",
        *uploads,
    }


def _listens(auth: Any) -> bool:
    return isinstance(auth, DeviceAuth) and auth.revoked_may
