"""Whatever tells an enterprise or the public of others is known, and audited before it is told."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from park.isolation.route_table import Route, routes
from park.releases.test_places import DESCRIBED, a_month_later, fill, told
from park_reports import approve, monthly_bills
from park_set_up import park_on
from separatrix_park.folder import ParkFolder

FILLED = {
    "table": "energy",
    "name": "energy",
    "year": 2025,
    "kind": "diagnosis",
    "key": "F0",
    "number": 1,
    "place": 0,
    "object_id": 1,
    "content_type_id": 1,
    "token": "nothing",
    "uidb36": "1",
    "provider": "x",
    "app_label": "park",
    "url": "x",
    "media": "x",
    "identifier": "00000000-0000-0000-0000-000000000000",
}
NOISE = re.compile(
    r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{12,63}\b|\d{4}-\d\d-\d\dT[\d:.+Z]+|\d+ \w+ \d{4},? \d\d:\d\d"
)
"""What differs between two looks at the same."""

OTHERS = ("/admin/", "/account/", "/pact/", "/i18n/", "/studio/", "/log/", "/api/v1/log")
"""Addresses that tell nothing of enterprises, or that something was done, or answer partners' programs."""


@pytest.fixture
def park() -> Any:
    """Give a park in which six of one sector have places, and a publication."""
    with park_on("sqlite") as folder:
        path = folder.path / "cluster.yaml"
        path.write_text(DESCRIBED, "utf-8")
        yield folder
        path.unlink()


def publish() -> None:
    """Publish the year."""
    from separatrix_park.models import Person
    from separatrix_park.records import publication
    from separatrix_park.scope import whole_park

    with whole_park("tests"):
        person = Person.objects.filter(role="office").first()
        person = person or Person.objects.create_user("office@example.org", "office")
    publication.publish(publication.wish_like_the_last(2025), "Of 2025", person)


def pages(client: Any, program: dict[str, str], member: Any) -> dict[str, str]:
    """Return what somebody reads at every address, by its name."""
    found = {}
    for route in routes():
        if route.pattern.startswith(OTHERS):
            continue
        filled: dict[str, Any] = {**FILLED, "enterprise": member.pk, "company": member.key}
        missing = set(route.holes) - filled.keys()
        assert not missing, f"say in this test what fills {missing} of {route.pattern}"
        for more in ({}, {"as": "csv"}) if route.name == "energy_query" else ({},):
            asked: Any = {"headers": program} if route.pattern.startswith("/api/") else {}
            answer = client.get(route.address(filled), more, **asked)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if content[:2] == b"PK":  # a workbook or an archive: another time makes other bytes
                content = b"\n".join(_files(content))
            found[_name(route) + more.get("as", "")] = NOISE.sub("", content.decode("utf-8", "replace"))
    return found


def _files(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        for name in box.namelist():
            yield b"" if name.endswith("core.xml") else box.read(name)


def _name(route: Route) -> str:
    return route.name.rpartition(":")[2]


def test_what_tells_of_neighbours_is_on_the_register(park: ParkFolder) -> None:
    """Every figure of the neighbours changes: no other page of an enterprise or of the public does."""
    from django.test import Client

    from separatrix_park.models import Enterprise, Person
    from separatrix_park.releases.rankings import RELEASERS
    from separatrix_park.scope import whole_park
    from separatrix_park.tokens import issue

    fill(8)
    told()
    publish()
    with whole_park("tests"):
        member = Enterprise.objects.get(key="F0")
        person = Person.objects.create_user("a@f0.example", "approval", member.pk)
        program = {"Authorization": f"Bearer {issue(person, 't', 30, reads_only=True)[1]}"}
        ours, stranger = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        ours.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    def look() -> list[dict[str, str]]:
        return [pages(ours, program, member), pages(stranger, {}, member)]

    for client in (ours, stranger):
        client.get("/published/")  # whose cookies it takes
    before = look()
    for k in range(1, 8):
        approve(f"F{k}", "energy", 2025, monthly_bills(300.0 + 19.0 * k), sector="C13")
        approve(f"F{k}", "accounts", 2025, [{"value_added": f"{9000 + 100 * k}", "staff": f"{160 + 4 * k}"}])
    a_month_later()
    told()
    publish()
    after = look()
    changed = {name for one, two in zip(before, after, strict=True) for name in one if one[name] != two[name]}
    assert sorted(changed - RELEASERS.keys()) == []
    assert {"enterprise", "publications"} <= changed
    assert set(RELEASERS) <= {_name(route) for route in routes()}
