"""Every address × every role × a neighbour's ids: nothing of the neighbour is shown, nothing is changed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from park.isolation.neighbours import Neighbours, approved_partner, kept, settle
from park.isolation.route_table import Route, routes
from park_set_up import park_on
from separatrix_park.folder import ParkFolder

NOTHING = 10**9
"""A number of nothing."""

IDS = {"number", "identifier"}
"""The holes of addresses that stand for one row."""

KEYLESS = {"token": "nothing", "uidb36": "1", "provider": "x", "app_label": "park", "url": "x"}
BODY = {
    "table": "energy",
    "year": "2025",
    "since": "2020",
    "key": "E02",
    "recipient": "E02",
    "verdict": "approve",
    "why": "the tests ask",
    "role": "office",
    "active": "no",
    "carrier": "electricity",
    "amount": "1",
    "unit": "MWh",
    "rows": [{"carrier": "electricity", "amount": "1", "unit": "MWh"}],
    "name": "renamed",
    "due": "2030-01-01",
    "days": "3",
    "kind": "page-one",
    "input": "ore",
    "product_id": "urn:gtin:4712345060507",
    "product_ids": ["urn:gtin:4712345060507"],
    "standards": ["PACT-3.0"],
    "exempted": "5",
}
"""What forms and programs may send; each takes what it knows."""


def numbered(made: Neighbours, key: str) -> dict[str, list[Any]]:
    """Return the numbers of an enterprise's rows, by what stands before them in addresses."""
    from separatrix_park.models import (
        Answer,
        Evidence,
        FootprintRequest,
        Partner,
        ProductRollUp,
        PublishedFootprint,
        ReceivedFootprint,
        Report,
        Sharing,
        SupplyLink,
    )

    found = {
        "footprints": made.rows[key, PublishedFootprint],
        "partners": made.rows[key, Partner],
        "received": made.rows[key, ReceivedFootprint],
        "requests": made.rows[key, FootprintRequest],
        "reports": made.rows[key, Report],
        "evidence": made.rows[key, Evidence],
        "sharing": made.rows[key, Sharing],
        "sharings": made.rows[key, Sharing],
        "answers": made.rows[key, Answer],
        "products": made.rows[key, ProductRollUp],
        "supply-links": made.rows[key, SupplyLink],
        "people": [made.people[key, "entry"]],
    }
    return {place: [row.pk for row in rows] for place, rows in found.items()}


def addresses(route: Route, made: Neighbours, key: str, numbers: dict[str, list[Any]]) -> Iterator[str]:
    """Yield a route's address for an enterprise, or with numbers of nothing."""
    above = re.split(r"<(?:\w+:)?(?:number|identifier)>", route.pattern)[0]
    place = next((p for p in reversed(above.split("/")) if p in numbers), "")
    choices = numbers.get(place, [NOTHING])
    member = made.members[key]
    for number in choices if IDS & set(route.holes) else choices[:1]:
        filled = {
            "number": number,
            "table": "energy",
            "name": "energy",
            "year": 2025,
            "kind": "page-one",
            "key": key if not route.pattern.startswith("/account") else "nothing",
            "enterprise": member.pk,
            "place": 0,
            "object_id": member.pk if "enterprise" in route.pattern else number,
            "content_type_id": 1,
            "identifier": number if isinstance(number, UUID) else UUID(int=NOTHING),
            **KEYLESS,
        }
        missing = set(route.holes) - filled.keys()
        assert not missing, f"say in this test what fills {missing} of {route.pattern}"
        yield route.address(filled)


ENDINGS = (
    *(
        f"/{verb}/"
        for verb in ("active", "cancel", "delete", "delete-report", "discard", "end", "judge", "link")
    ),
    *(
        f"/{verb}/"
        for verb in (
            "publish",
            "remove",
            "renewed",
            "revoke",
            "role",
            "second-factor",
            "show",
            "withdraw",
            "withdrawn",
        )
    ),
    *(f"/{verb}/" for verb in ("approve", "ask", "connection", "fetch", "reject", "secret")),
    *(f"/{verb}" for verb in ("approve", "cancel", "return", "withdraw", "years", "export")),
    *(f"/{verb}" for verb in ("fetch", "propose", "requests")),
    *(f"/{what}" for what in ("content", "evidence/", "export/", "file", "file/", "sharings/<number>")),
    *("/published/<int:number>/", "/publications/<number>", "/answers/<int:number>/", "/answers/<number>"),
    *("/evidence/<int:number>/", "/<int:place>.svg", "/propose/"),
)
"""Addresses that show no row when they are opened: they change one, or hand over what jobs and files hold."""


class Visitor:
    """Somebody at the platform, by a browser or by a program; or a partner's program."""

    def __init__(self, person: Any = None, token: str = "") -> None:
        from django.test import Client

        from separatrix_park.scope import whole_park
        from separatrix_park.tokens import issue

        self.client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        self.program = {"Authorization": f"Bearer {token}"} if token else {}
        self.everywhere = bool(token)
        if person is not None:
            with whole_park("the tests sign somebody in"):
                self.client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
                self.program = {"Authorization": f"Bearer {issue(person, 't', 3, reads_only=False)[1]}"}

    def asks(self, method: str, address: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        """Return the status and all words of an answer: its headers, its page, what a download holds."""
        options: dict[str, Any] = {"secure": True} if address.startswith("/pact/") else {}
        if self.everywhere or address.startswith(("/api/", "/pact/")):
            options |= {"headers": self.program}
        if address.startswith("/api/"):
            if method != "get":
                options |= {"data": json.dumps(body or {}), "content_type": "application/json"}
        elif method == "post":
            options |= {
                "data": {k: v if isinstance(v, str) else json.dumps(v) for k, v in (body or {}).items()}
            }
        answer = getattr(self.client, method)(address, **options)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        told = [str(answer.headers), *_unpacked(content)]
        return answer.status_code, "\n".join(told)


def token_of(partner: Any) -> str:
    """Return a token for a partner's program, at the node of its enterprise."""
    from park.footprints.nodes import NodeProgram
    from separatrix_park.footprints.pages import hash_of_secret
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests give a partner a secret"):
        Partner.objects.filter(pk=partner.pk).update(secret_hash=hash_of_secret("secret"))
        program = NodeProgram(partner.enterprise.key, partner.client_id, "secret")
    assert program.token
    return program.token


def _unpacked(content: bytes) -> Iterator[str]:
    """Yield the words of a body; of a zip or a workbook those of all its files."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            for name in box.namelist():
                yield name
                yield from _unpacked(box.read(name))
    else:
        yield content.decode("utf-8", "replace")


def _of_interest(route: Route) -> bool:
    return not route.pattern.startswith(("/admin/", "/account/", "/pact/"))


def _methods(route: Route) -> dict[str, dict[str, Any]]:
    """Return by which methods an address is asked, and what is sent along: what programs may say, or all."""
    if not route.pattern.startswith("/api/"):
        return {"get": {}, "post": BODY}
    operations = _described()["paths"].get(route.pattern.replace("<", "{").replace(">", "}"), {"get": {}})
    return {method: _fitting(operation) for method, operation in operations.items()}


@cache
def _described() -> dict[str, Any]:
    from separatrix_park.api.application import api

    described: dict[str, Any] = api.get_openapi_schema()
    return described


def _fitting(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    known = _described()["components"]["schemas"].get(named, {}).get("properties", BODY)
    return {name: value for name, value in BODY.items() if name in known}


@pytest.fixture(params=["postgresql", pytest.param("sqlite", marks=pytest.mark.soak)])
def made(request: pytest.FixtureRequest) -> Iterator[Neighbours]:
    """Return two neighbours with a row of every kind and in every state, on each database."""
    with park_on(request.param):
        yield settle()


def test_the_table_of_routes_is_whole(park: ParkFolder) -> None:
    """Each address of the table of routes can be asked for, so that none is passed over."""
    found = routes()
    assert len(found) > 150
    assert {"/", "/reports/<int:number>/", "/api/v1/reports/<number>"} <= {route.pattern for route in found}


def test_no_address_shows_or_changes_anything_of_a_neighbour(made: Neighbours) -> None:
    """Strangers, a neighbour, who left for one, a partner without a grant: as if the ids were of nothing."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    left = made.people["E02", "approval"]
    moved = Visitor(left)
    with whole_park("the tests move somebody to the neighbour"):
        Person.objects.filter(pk=left.pk).update(enterprise=made.members["E01"])
    visitors = {"public": Visitor(), "approval": Visitor(made.people["E01", "approval"]), "moved": moved}
    visitors["partner"] = Visitor(token=token_of(approved_partner(made, "E02")))
    numbers, nothing = numbered(made, "E02"), {place: [NOTHING] for place in numbered(made, "E02")}
    before, shown, told, changed = kept("E02", made), [], [], []
    for route in {r.pattern: r for r in routes()}.values():
        for role, visitor in visitors.items():
            for method, body in _methods(route).items():
                asked = list(addresses(route, made, "E02", numbers))
                for address in asked if role != "partner" or "/pact/" in route.pattern else asked[:1]:
                    status, words = visitor.asks(method, address, body)
                    if signs := made.traces("E02", words.replace(address, "")):
                        shown.append((role, method, address, status, signs))
                if IDS & set(route.holes) and method == "get" and role == "approval":
                    (empty,) = addresses(route, made, "E02", nothing)
                    if status != (other := visitor.asks(method, empty, body)[0]):
                        told.append((route.pattern, status, other))
        if (now := kept("E02", made)) != before:
            changed.append(route.pattern)
            before = now
    assert shown == []
    assert told == []
    assert changed == []


def test_each_address_with_an_id_shows_something_to_somebody(made: Neighbours) -> None:
    """The search above means something: whoever may sees by these addresses what nobody else saw."""
    visitors = [Visitor(made.people["E02", "entry"]), Visitor(made.people["", "office"])]
    numbers, blind = numbered(made, "E02"), []
    for route in filter(_of_interest, routes()):
        if not {*IDS, "key", "enterprise"} & set(route.holes) or route.pattern.endswith(ENDINGS):
            continue
        seen = [
            status == 200 and made.traces("E02", words)
            for visitor in visitors
            for address in addresses(route, made, "E02", numbers)
            for status, words in [visitor.asks("get", address)]
        ]
        if not any(seen):
            blind.append(route.pattern)
    assert blind == []


def _entered(key: str, made: Neighbours) -> dict[str, Any]:
    entered = ("Enterprise", "Evidence", "Person", "Report", "Sharing")
    return {name: rows for name, rows in kept(key, made).items() if name in entered}


@pytest.mark.soak
def test_an_auditor_changes_nothing_by_any_address(made: Neighbours) -> None:
    """Whoever reads all writes nothing that people enter; what is worked out of it the platform brings up."""
    auditor = Visitor(made.people["", "auditor"])
    before, changed = [_entered(key, made) for key in ("E01", "E02")], []
    for route in filter(_of_interest, routes()):
        for method, body in _methods(route).items():
            for address in addresses(route, made, "E02", numbered(made, "E02")):
                auditor.asks(method, address, body)
        if (now := [_entered(key, made) for key in ("E01", "E02")]) != before:
            changed.append(route.pattern)
            before = now
    assert changed == []
