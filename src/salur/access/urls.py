"""Paths of accounts, devices and offices."""

from __future__ import annotations

from django.urls import path

from salur.access.pages import devices, home, offices, users

app_name = "access"
urlpatterns = [
    path("", home.home, name="home"),
    path("saya/", users.own_account, name="own_account"),
    path("saya/perangkat/", devices.own_devices, name="own_devices"),
    path("pengguna/", users.users, name="users"),
    path("pengguna/baru/", users.new_user, name="new_user"),
    path("pengguna/peran/", users.roles, name="roles"),
    path("pengguna/<uuid:user_id>/", users.user, name="user"),
    path("pengguna/<uuid:user_id>/beri-peran/", users.grant, name="grant"),
    path(
        "pengguna/<uuid:user_id>/cabut-peran/<int:assignment_id>/", users.withdraw, name="withdraw"
    ),
    path("pengguna/<uuid:user_id>/tutup/", users.end, name="end_user"),
    path("perangkat/", devices.devices, name="devices"),
    path("perangkat/kode/", devices.issue_code, name="issue_code"),
    path("perangkat/<uuid:device_id>/cabut/", devices.revoke, name="revoke_device"),
    path("perangkat/<uuid:device_id>/hapus/", devices.wipe, name="wipe_device"),
    path("perangkat/<uuid:device_id>/kunci/", devices.answer_unlock, name="answer_unlock"),
    path("kantor/", offices.offices, name="offices"),
]
