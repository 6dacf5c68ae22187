"""What the API reads and how it refuses: strictly, in one form, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest

from park.programs import bearer, program, stranger
from separatrix_park.folder import ParkFolder, strict_json


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": 1, "a": 2}', b"[NaN]", b"[1e999]", b'["\\u0000"]', b'["\\ud800"]', b"\xff",
             b"[" * 100_000, b"1" * 5000, b'{"\\u0000": 1}']
)  # fmt: skip
def test_a_body_that_readers_disagree_on_is_refused(body: bytes) -> None:
    """A name twice, a number that is none, half a character and depth without end are no input."""
    with pytest.raises(ValueError):
        strict_json(body)


def test_a_body_that_everybody_reads_alike_is_read() -> None:
    """Names, text of every language, numbers and lists come as they were sent."""
    assert strict_json('{"载体": ["电力", 1, -2.5e3, null, true, "😀"]}'.encode()) == {
        "载体": ["电力", 1, -2500.0, None, True, "😀"]
    }


@pytest.fixture
def office(park: ParkFolder) -> str:
    """Return a token of the office that may write."""
    return program("office@example.org", "office").secret


JSON = "application/json"
REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("get", "reports?yaer=2025", {}, 400, "W280"),
    ("get", "reports?year=2025&year=2024", {}, 400, "W280"),
    ("get", "reports?state=%00", {}, 400, "W280"),
    ("get", "reports?year=MMXXV", {}, 422, "W289"),
    ("get", "reports?limit=0", {}, 422, "W289"),
    ("get", "reports/999", {}, 404, "W283"),
    ("get", "reports/99999999999999999999", {}, 422, "W289"),
    ("get", "nowhere", {}, 404, "W283"),
    ("patch", "me", {}, 405, "W284"),
    ("post", "enterprises", {"data": "{", "content_type": JSON}, 400, "W280"),
    ("post", "enterprises", {"data": "a=1", "content_type": "text/plain"}, 415, "W288"),
    ("post", "enterprises", {"data": "{}", "content_type": JSON}, 422, "W289"),
    ("put", "drafts/energy/2025", {"data": "{}", "content_type": JSON}, 403, "W282"),
    ("post", "enterprises", {"data": b" " * 10_000_001, "content_type": JSON}, 413, "W287"),
]


def test_every_refusal_has_one_form(office: str) -> None:
    """Whoever refuses, be it Django, its ninja, pydantic or the library: a code, a sentence, in JSON."""
    for method, address, more, status, code in REFUSED:
        refused = getattr(stranger(), method)(f"/api/v1/{address}", headers=bearer(office), **more)
        assert (address, refused.status_code) == (address, status)
        assert refused["Content-Type"].startswith(JSON)
        errors = refused.json()["errors"]
        assert errors and {e["code"] for e in errors} == {code}
        assert set(errors[0]) == {"code", "message", "where", "found", "expected", "hint"}


def test_what_is_wrong_is_told_with_its_place_and_in_the_language_asked_for(office: str) -> None:
    """The place, what was found and what is expected stand apart; the sentences follow Accept-Language."""
    english, chinese = (
        stranger()
        .get("/api/v1/reports?year=MMXXV", headers=bearer(office) | {"Accept-Language": language})
        .json()["errors"][0]
        for language in ("en", "zh-CN")
    )
    assert english["where"] == chinese["where"] == "query.year"
    assert english["found"] == chinese["found"] == "MMXXV"
    assert english["expected"] == "a whole number"
    assert chinese["expected"] == "整数"


def test_every_operation_says_who_may_call_it(office: str) -> None:
    """The roles in the description are those that are held to; each is refused to every other role."""
    described = stranger().get("/api/v1/openapi.json").json()
    roles = {"office", "entry", "approval", "auditor", "public"}
    names = [o["operationId"] for methods in described["paths"].values() for o in methods.values()]
    assert len(set(names)) == len(names) > 40  # clients that are made from it call them so
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["x-roles"] and set(operation["x-roles"]) <= roles
            assert ("security" in operation) == ("public" not in operation["x-roles"])
