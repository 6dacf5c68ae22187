"""What a partner's node is asked, and what it may answer: a real one on loopback, over TLS."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from park.footprints.nodes import record_of
from park.footprints.partner_server import LOOPBACK, NodeServer, authority, node_server, tell
from separatrix.errors import InputError
from separatrix_park.access import PartnerNetworks
from separatrix_park.footprints.https_client import GuardedHttps


@pytest.fixture(scope="module")
def running() -> Iterator[NodeServer]:
    """Return a node that runs."""
    with node_server() as node:
        yield node


@pytest.fixture
def node(running: NodeServer) -> NodeServer:
    """Return it as it should be, with five footprints."""
    running.answers.clear()
    running.asked.clear()
    running.events.clear()
    records = [record_of() for _ in range(5)]
    running.records = {record["id"]: record for record in records}
    return running


def client(node: NodeServer) -> Any:
    """Return a client of the node."""
    from separatrix_park.footprints.partner_client import PartnerNode

    https = GuardedHttps(PartnerNetworks(LOOPBACK, str(authority()[0])))
    return PartnerNode(node.address, f"{node.address}/auth/token", "us", "hush", https)


def test_a_list_is_read_to_its_end(node: NodeServer) -> None:
    """Page by page, with one token."""
    pages = list(client(node).footprints({"productId": ["urn:gtin:4712345060507"]}))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [record["id"] for page in pages for record in page] == list(node.records)
    assert [path.partition("?")[0] for _, path in node.asked].count("/auth/token") == 1


def test_a_footprint_is_read_by_its_id(node: NodeServer) -> None:
    """One that is not there, or not for us, is none; a node that does not let us in is told as that."""
    first = next(iter(node.records))
    assert client(node).footprint(uuid.UUID(first)) == node.records[first]
    assert client(node).footprint(uuid.uuid4()) is None
    node.answers["/3/"] = lambda handler: tell(handler, 403)
    with pytest.raises(InputError, match="W313"):
        client(node).footprint(uuid.uuid4())


def test_an_event_is_taken(node: NodeServer) -> None:
    """In the form of CloudEvents."""
    client(node).take({"id": "1", "data": {"comment": "烟气"}})
    assert node.events == [{"id": "1", "data": {"comment": "烟气"}}]


def test_a_token_that_ran_out_is_renewed_once(node: NodeServer) -> None:
    """And a node that never accepts one is not asked for ever."""
    asking = client(node)
    asking.take({"id": "1"})
    node.tokens += 1  # what it gave before holds no longer
    asking.take({"id": "2"})
    assert len(node.events) == 2
    node.answers["/3/"] = lambda handler: tell(handler, 401, {"code": "x", "message": "never"})
    with pytest.raises(InputError, match="W313"):
        asking.take({"id": "3"})


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"error": "invalid_client"}, "W313"),
        (400, None, "W313"),
        (500, None, "W312"),
        (200, {}, "W312"),
        (200, {"access_token": "a\r\nX: y"}, "W312"),
        (200, {"access_token": ["a"]}, "W312"),
        (200, [], "W312"),
    ],
)
def test_where_there_is_no_token_nothing_else_is_asked(
    node: NodeServer, status: int, body: object, code: str
) -> None:
    """Whether it is refused, or is none."""
    node.answers["/auth"] = lambda handler: tell(handler, status, body)
    with pytest.raises(InputError, match=code):
        client(node).take({"id": "1"})
    assert [path for _, path in node.asked] == ["/auth/token"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "W314"), (422, "W314"), (403, "W313"), (404, "W313"), (429, "W312"), (503, "W312")],
)
def test_what_a_node_refuses_is_told_in_its_words(node: NodeServer, status: int, code: str) -> None:
    """On one line, and not all of them; a refusal of the content is final."""
    words = {"code": "BadRequest", "message": "no\nsuch \x1b[31mthing " + "x" * 9999}
    node.answers["/3/events"] = lambda handler: tell(handler, status, words)
    with pytest.raises(InputError, match=code) as problem:
        client(node).take({"id": "1"})
    assert "no such [31mthing" in problem.value.message
    assert len(problem.value.message) < 400


@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/3/footprints?from=2",
        "http://127.0.0.1/3/footprints",
        "/3/footprints?from=2",
        "https://user@127.0.0.1/",
        "https://[",
        "file:///etc/passwd",
    ],
)
def test_a_next_page_at_another_address_is_not_asked_for(node: NodeServer, link: str) -> None:
    """Not even once."""
    told = {"Link": f'<{link}>; rel="next"'}
    node.answers["/3/footprints"] = lambda handler: tell(handler, 200, {"data": []}, told)
    with pytest.raises(InputError, match="W312"):
        list(client(node).footprints())
    assert len(node.asked) == 2


def test_a_list_without_end_is_left(node: NodeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it goes in a circle, has ever more pages, or too many footprints."""
    from separatrix_park.footprints import partner_client

    monkeypatch.setattr(partner_client, "MOST_PAGES", 3)
    monkeypatch.setattr(partner_client, "MOST_RECORDS", 10)
    count = iter(range(10**6))

    def told(where: str, many: int) -> Any:
        return lambda handler: tell(
            handler,
            200,
            {"data": [{}] * many},
            {"Link": f"<{node.address}/3/footprints?x={where or next(count)}>; rel=next"},
        )

    for where, many in (("1", 0), ("", 0), ("", 11)):
        node.answers["/3/footprints"] = told(where, many)
        with pytest.raises(InputError, match="W312"):
            list(client(node).footprints())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"data": {}}', b'{"data": [NaN]}', b'{"data": [], "data": []}', b"[" * 99_999, b"\xff"],
)
def test_an_answer_that_is_no_list_is_told_as_that(node: NodeServer, body: bytes) -> None:
    """Also one that could be read in two ways."""

    def answer(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    node.answers["/3/footprints"] = answer
    with pytest.raises(InputError, match="W312"):
        list(client(node).footprints())
