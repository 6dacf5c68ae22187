"""Where calls go, how long they take and how much they bring: nothing that a partner tells changes that."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from park.footprints.partner_server import LOOPBACK, NodeServer, authority, drip, node_server, tell
from separatrix.errors import InputError
from separatrix_park.access import PartnerNetworks
from separatrix_park.footprints.https_client import GuardedHttps, may_be_called, require_address


@pytest.fixture(scope="module")
def running() -> Iterator[NodeServer]:
    """Return a node that runs."""
    with node_server() as node:
        yield node


@pytest.fixture
def node(running: NodeServer) -> NodeServer:
    """Return it as it should be."""
    running.answers.clear()
    running.asked.clear()
    return running


def guarded(**more: Any) -> GuardedHttps:
    """Return calls that may go to loopback, and trust the authority of the tests."""
    return GuardedHttps(PartnerNetworks(LOOPBACK, str(authority()[0])), **more)


def refused(node: NodeServer, code: str, path: str = "/x", **more: Any) -> str:
    """Return what is said where a call is refused."""
    with pytest.raises(InputError, match=code) as problem:
        guarded(**more).call("GET", node.address + path, {})
    return problem.value.message


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://partner.example",
        "ftp://partner.example",
        "https://",
        "https://user:secret@partner.example",
        "https://partner.example#part",
        "https://partner.example?x=1",
        "https://partner.example:0",
        "https://partner.example:99999",
        "https://partner.example:x",
        "https://partner.example/\r\nHost: other",
        "https://partner.example/ x",
        "https://partner.example\\@other.example",
        "https://[::1",
        "https://合作方.example",
        "//partner.example",
    ],
)
def test_an_address_is_https_with_a_host_and_a_path_alone(address: str) -> None:
    """Anything else of an address could lead somewhere else than it seems to."""
    with pytest.raises(InputError, match="W310"):
        require_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "fec0::1",
        "4000::1",
        "64:ff9b:1::808:808",
        "198.18.0.1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:a00:1::1",
        "fec0::1",
        "64:ff9b:1::a00:1",
        "::ffff:0:127.0.0.1",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:7f00:1",
        "192.0.0.8",
        "3fff::1",
        "5f00::1",
        "nonsense",
    ],
)
def test_no_address_is_called_that_is_not_public(address: str) -> None:
    """Also where one of version 6 stands for a private one of version 4."""
    assert not may_be_called(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_called(address: str) -> None:
    """A partner may lie anywhere on the Internet."""
    assert may_be_called(address)


def test_a_node_is_called_where_park_toml_lets_it_be(node: NodeServer) -> None:
    """Loopback is private; named in the list, with a certificate that is believed, it answers."""
    node.answers["/x"] = lambda handler: tell(handler, 418, {"a": 1}, {"X-Told": "yes"})
    reply = guarded().call("GET", node.address + "/x?y=1", {"X-Own": "1"})
    assert (reply.status, reply.body, reply.headers["x-told"]) == (418, b'{"a": 1}', "yes")
    with pytest.raises(InputError, match="W310"):
        GuardedHttps(PartnerNetworks((), str(authority()[0]))).call("GET", node.address, {})
    assert node.asked == [("GET", "/x?y=1")]


def test_a_certificate_of_nobody_is_not_believed(node: NodeServer) -> None:
    """Nor is one for another name."""
    with pytest.raises(InputError, match="W311"):
        GuardedHttps(PartnerNetworks(LOOPBACK)).call("GET", node.address, {})
    with pytest.raises(InputError, match="W311"):
        guarded().call("GET", node.address.replace("127.0.0.1", "127.0.0.2"), {})
    assert node.asked == []


def test_a_name_that_resolves_otherwise_a_moment_later_leads_nowhere_else(
    node: NodeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once, and what was looked at is what is called."""
    port = int(node.address.rpartition(":")[2])
    answers = [[("192.0.2.1", port)], [("127.0.0.1", port)]]
    asked: list[str] = []

    def rebinding(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        places = answers.pop(0) if answers else [("127.0.0.1", port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    public = GuardedHttps(PartnerNetworks((), str(authority()[0])), seconds=0.3)
    with pytest.raises(InputError, match=r"W31[01]"):
        public.call("GET", f"https://localhost:{port}/x", {})
    assert asked == ["localhost"]
    with pytest.raises(InputError, match="W310"):
        public.call("GET", f"https://localhost:{port}/x", {})
    assert asked == ["localhost", "localhost"]
    assert node.asked == []


def test_of_several_addresses_only_those_that_may_be_are_called(
    node: NodeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private one beside them is passed over."""
    port = int(node.address.rpartition(":")[2])
    places = [("10.0.0.1", port), ("127.0.0.1", port)]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert guarded().call("GET", f"https://localhost:{port}/auth/token", {}).status == 200


def test_a_redirection_is_not_followed(node: NodeServer) -> None:
    """To whatever it leads."""
    node.answers["/x"] = lambda handler: tell(handler, 307, None, {"Location": node.address + "/y"})
    assert "another address" in refused(node, "W312")
    assert node.asked == [("GET", "/x")]


@pytest.mark.parametrize("way", ["head", "body", "silence", "chunks"])
def test_a_slow_node_is_left_at_one_moment(node: NodeServer, way: str) -> None:
    """However slowly bytes come in, the call as a whole has one time limit."""

    def slow(handler: Any) -> None:
        if way == "head":
            drip(handler, 5)
        elif way == "silence":
            time.sleep(5)
        else:
            head = "Transfer-Encoding: chunked" if way == "chunks" else "Content-Length: 9999"
            handler.wfile.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
            for _ in range(100):
                handler.wfile.write(b"1\r\nx\r\n" if way == "chunks" else b"x")
                time.sleep(0.05)

    node.answers["/x"] = slow
    begun = time.monotonic()
    assert "longer than" in refused(node, "W311", seconds=0.4)
    assert time.monotonic() - begun < 4


def test_a_handshake_that_never_ends_is_left() -> None:
    """A server that takes the connection and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(InputError, match="W311"):
            guarded(seconds=0.3).call("GET", f"https://127.0.0.1:{silent.getsockname()[1]}", {})


def test_a_large_answer_is_not_read_to_its_end(node: NodeServer) -> None:
    """Told or not told, in one piece or in chunks, in the body or in the head."""

    def large(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2000):
            handler.wfile.write(b"x" * 1000)

    def endless_head(handler: Any) -> None:
        for _ in range(5000):
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 1000 + b"\r\n\r\n")

    def chunks(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(500):
            handler.wfile.write(b"1;" + b"y" * 2000 + b"\r\nx\r\n")

    for answer in (large, endless_head, chunks):
        node.answers["/x"] = answer
        assert "bytes" in refused(node, "W312", most_bytes=10_000)


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
    ],
)
def test_what_is_no_answer_is_told_as_that(node: NodeServer, answer: bytes) -> None:
    """Nor is anything unpacked."""
    node.answers["/x"] = lambda handler: handler.wfile.write(answer)
    assert refused(node, "W312")


def test_a_name_that_nobody_knows_and_a_port_where_nobody_listens(node: NodeServer) -> None:
    """Both are told as no answer."""
    for address in ("https://nobody.invalid", "https://127.0.0.1:1"):
        with pytest.raises(InputError, match="W311"):
            guarded(seconds=5).call("GET", address, {})


def test_a_resolver_that_does_not_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolvers know no time limit of ours; the call has one all the same."""

    def silent(*_: object, **__: object) -> None:
        time.sleep(3)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    begun = time.monotonic()
    with pytest.raises(InputError, match="W311"):
        guarded(seconds=0.2).call("GET", "https://partner.example/", {})
    assert time.monotonic() - begun < 2


def test_a_node_that_takes_nothing_in_is_left() -> None:
    """What is sent has no more time than what is read."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(authority()[1])
        ended = threading.Event()

        def take_nothing() -> None:
            taken, _ = listening.accept()
            # On a busy machine the client may have gone before the handshake is over.
            with suppress(OSError), context.wrap_socket(taken, server_side=True):
                ended.wait(10)

        thread = threading.Thread(target=take_nothing, daemon=True)
        thread.start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(InputError, match="W311"):
            guarded(seconds=0.5).call("POST", address, {}, b"x" * 20_000_000)
        ended.set()
        thread.join()


def test_no_proxy_of_the_environment_is_asked(node: NodeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be called instead of the address that was looked at."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert guarded().call("POST", f"{node.address}/auth/token", {}, b"").status == 200


def test_a_file_of_certificates_that_is_none_is_told(tmp_path: Any) -> None:
    """As a word of park.toml that makes no sense."""
    file = tmp_path / "own.pem"
    file.write_text("no certificate", "utf-8")
    with pytest.raises(InputError, match="W230"):
        GuardedHttps(PartnerNetworks((), str(file)))
