"""What programs that watch over the service are told, with its database there and away."""

from __future__ import annotations

from typing import Any

import pytest

from park.conftest import Join
from park.keeping.filled_park import fill
from separatrix_park.folder import ParkFolder


def client(**headers: str) -> Any:
    """Return a browser of a stranger; by default of this machine, under no name of the park."""
    from django.test import Client

    return Client(SERVER_NAME="10.1.2.3", headers=headers or None)


def test_a_service_that_can_work_says_so_to_anybody(park: ParkFolder) -> None:
    """No session, no name of a host, and nothing but which checks hold."""
    assert client().get("/healthz").content == b"ok\n"
    answer = client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "schema": True, "disk": True}
    assert answer["Cache-Control"] == "no-store"
    assert client().head("/healthz").status_code == 200


def test_a_service_without_its_database_lives_and_is_not_ready(
    park: ParkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is not told to strangers; the metrics say that the database is down."""
    from django.db import OperationalError, connections

    from separatrix_park.records import health
    from separatrix_park.records import health as metrics
    from separatrix_park.records import health as probes

    def away(*_: object) -> None:
        raise OperationalError("secret of the server")

    monkeypatch.setattr(type(connections["default"]), "cursor", away)
    monkeypatch.setattr(metrics, "whole_park", away)
    monkeypatch.setattr(health, "_migrated_before", set())
    assert client().get("/healthz").status_code == 200
    answer = client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "schema": False, "disk": True}
    assert b"secret" not in answer.content
    assert b"park_database_up 0.0" in client().get("/metrics").content
    assert set(probes.PROBES) == {"/healthz", "/readyz", "/metrics"}


def test_a_schema_of_another_version_is_not_ready(park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that was installed and not migrated answers no requests yet."""
    from separatrix_park.records import health

    monkeypatch.setattr(health, "_migrated_before", set())
    monkeypatch.setattr(health, "is_migrated", lambda: False)
    assert client().get("/readyz").json()["schema"] is False


def test_a_full_disk_is_not_ready(park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before something is lost."""
    from separatrix_park.records import health

    monkeypatch.setattr(health, "FREE_SPACE", 10**18)
    assert client().get("/readyz").json()["disk"] is False


def test_metrics_count_and_tell_of_nobody(park: ParkFolder, join: Join) -> None:
    """Requests by page, reports by state, entries of the log: no value, no name, no id, no address."""
    from django.conf import settings

    from separatrix_park.models import Report
    from separatrix_park.scope import whole_park

    join("office@example.org", "office").get("/log/")
    enterprises = fill(park.path)
    text = client().get("/metrics").content.decode()
    assert 'park_requests_total{method="GET",page="log",status="200"}' in text
    with whole_park("the tests count"):
        approved = Report.objects.filter(state="approved").count()
    assert approved > 2
    assert f'park_reports{{state="approved"}} {approved}.0' in text
    assert "park_database_up 1.0" in text and "park_disk_free_bytes" in text
    told = (
        [e.key for e in enterprises]
        + [str(e.pk) for e in enterprises]
        + ["example.org", settings.SECRET_KEY, "/log/"]
    )
    assert [x for x in told if x in text] == []


def test_metrics_are_for_this_machine_and_for_the_token(park: ParkFolder) -> None:
    """Who comes from elsewhere, or through a proxy of this machine, needs the token of the park."""
    from separatrix_park.records.health import TOKEN

    def status(address: str, **headers: str) -> int:
        return int(client(**headers).get("/metrics", REMOTE_ADDR=address).status_code)

    try:
        assert status("127.0.0.1") == status("::1") == 200
        assert status("192.0.2.1") == status("") == 404
        for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"):
            assert status("127.0.0.1", **{header: "127.0.0.1"}) == 404
        assert status("192.0.2.1", Authorization="Bearer ") == 404
        (park.path / TOKEN).write_text("long and secret\n", "utf-8")
        assert status("192.0.2.1", Authorization="Bearer long and secret") == 200
        assert status("192.0.2.1", Authorization="Bearer long and wrong") == 404
    finally:
        (park.path / TOKEN).unlink(missing_ok=True)


def test_the_office_sees_how_the_service_fares(join: Join) -> None:
    """Its page tells of checks and of the last backup; nobody else has it."""
    office, auditor = join("office@example.org", "office"), join("auditor@example.org", "auditor")
    page = office.get("/status/")
    assert page.status_code == 200
    assert "No backup yet" in page.content.decode()
    assert auditor.get("/status/").status_code == 403
    assert client().get("/status/", SERVER_NAME="localhost").status_code == 302
