"""Accounts and roles."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access import operations
from salur.access.doors import page
from salur.access.errors import UserMissing
from salur.access.forms import GrantForm, NewUserForm, ReasonForm
from salur.access.queries import users_visible_to
from salur.access.rules import PERMISSIONS_OF_ROLE, ROLES, SCOPES_OF_ROLE
from salur.access.words import ROLE_NAMES, SCOPE_NAMES
from salur.kernel.errors import Refusal

PER_PAGE = 50


@page(permission="access.view_users", methods=("GET",))
def users(request: HttpRequest) -> HttpResponse:
    found = users_visible_to(request.actor)  # type: ignore[attr-defined]
    words, role = request.GET.get("cari", "").strip(), request.GET.get("peran", "")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(username__icontains=words))
    if role:
        found = found.filter(assignments__role=role).distinct()
    listed = Paginator(found, PER_PAGE).get_page(request.GET.get("hal"))
    for user in listed:
        user.roles = [  # type: ignore[attr-defined]
            (ROLE_NAMES.get(item.role, item.role), item.office or item.region)
            for item in user.assignments.all()
        ]
    context = {"page": listed, "words": words, "role": role, "roles": ROLE_NAMES.items()}
    return render(request, "access/users.html", context)


@page(permission="access.manage_officers")
def new_user(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = operations.create_user(
                values["username"],
                name=values["name"],
                password=values["password"],
                staff_number=values["staff_number"],
                nik=values["nik"],
                office=values["office"] or None,
                valid_until=values["valid_until"],
                by=request.actor,  # type: ignore[attr-defined]
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Akun %s dibuat. Beri peran di bawah ini.") % user)
            return redirect("access:user", user_id=user.id)
    return render(
        request,
        "access/new_user.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@page(permission="access.view_users", methods=("GET",))
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    return _show(request, user_id, GrantForm())


def _show(request: HttpRequest, user_id: UUID, form: GrantForm, status: int = 200) -> HttpResponse:
    person = users_visible_to(request.actor).filter(id=user_id).first()  # type: ignore[attr-defined]
    if person is None:
        raise UserMissing
    context = {
        "person": person,
        "held": [
            (item, ROLE_NAMES.get(item.role, item.role), item.office or item.region)
            for item in person.assignments.all()
        ],
        "devices": person.devices.order_by("-enrolled_at"),
        "form": form,
        "reason_form": ReasonForm(),
    }
    return render(request, "access/user.html", context, status=status)


@page(permission="access.manage_officers", methods=("POST",))
def grant(request: HttpRequest, user_id: UUID) -> HttpResponse:
    form = GrantForm(request.POST)
    if not users_visible_to(request.actor).filter(id=user_id).exists():  # type: ignore[attr-defined]
        raise UserMissing
    if form.is_valid():
        values = form.cleaned_data
        try:
            operations.grant_role(
                user_id,
                values["role"],
                region=values["region"] or None,
                office=values["office"] or None,
                by=request.actor,  # type: ignore[attr-defined]
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Peran diberikan."))
            return redirect("access:user", user_id=user_id)
    return _show(request, user_id, form, status=422)


@page(permission="access.manage_officers", methods=("POST",))
def withdraw(request: HttpRequest, user_id: UUID, assignment_id: int) -> HttpResponse:
    person = users_visible_to(request.actor).filter(id=user_id).first()  # type: ignore[attr-defined]
    if person is None or not person.assignments.filter(id=assignment_id).exists():
        raise UserMissing
    operations.withdraw_role(assignment_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Peran dicabut."))
    return redirect("access:user", user_id=user_id)


@page(permission="access.manage_officers", methods=("POST",))
def end(request: HttpRequest, user_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    operations.end_user(user_id, reason, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Akun ditutup. Apa yang pernah dilakukannya tetap tercatat."))
    return redirect("access:users")


@page(permission="access.view_users", methods=("GET",))
def roles(request: HttpRequest) -> HttpResponse:
    """Which role may do what: the table of `rules`, as it is."""
    described = [
        {
            "name": ROLE_NAMES[role],
            "scopes": [SCOPE_NAMES[scope] for scope in sorted(SCOPES_OF_ROLE[role])],
            "permissions": sorted(PERMISSIONS_OF_ROLE[role]),
        }
        for role in ROLES
    ]
    return render(request, "access/roles.html", {"roles": described})


@page(permission=None)
def own_account(request: HttpRequest) -> HttpResponse:
    """One's own account: language, password, second factor."""
    if request.method == "POST":
        operations.set_language(
            request.POST.get("language", ""),
            by=request.actor,  # type: ignore[attr-defined]
        )
        messages.success(request, _("Bahasa disimpan."))
        return redirect("access:own_account")
    return render(request, "access/own_account.html")
