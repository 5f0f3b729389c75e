"""Machines that watch learn whether to send work here, and strangers learn nothing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from salur.config import health


@pytest.mark.django_db
def test_a_healthy_system_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["ready"] is True


@pytest.mark.django_db
def test_alive_asks_the_database_nothing(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_a_nearly_full_disk_takes_no_work(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FREE_BYTES_NEEDED", 2**62)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["disk"] is False


def test_news_that_nobody_numbers_is_noticed(
    client: Client, as_owner: Callable[..., list[Any]]
) -> None:
    as_owner(
        "INSERT INTO audit_entry (id, version, kind, actor, subject, at, payload, hash)"
        " VALUES (gen_random_uuid(), 1, 'x', 'x', 'x', now() - %s, '{}', '')",
        [dt.timedelta(seconds=health.LAG_SECONDS_ALLOWED + 10)],
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["tasks"] is False
    assert answer.json()["audit_lag_seconds"] > health.LAG_SECONDS_ALLOWED


@pytest.mark.django_db
def test_figures_are_for_this_machine_alone(client: Client) -> None:
    assert b"django_http" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.9").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.9").status_code == 404


@pytest.mark.django_db
def test_no_page_runs_inline_scripts_or_sits_in_a_frame(client: Client) -> None:
    policy = client.get("/akun/login/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["script-src"] == "'self'"
    assert "unsafe" not in policy
    assert directives["frame-ancestors"] == "'none'"
    assert directives["object-src"] == "'none'"
