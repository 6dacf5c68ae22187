"""What is opened: games, clusters, and what only pretends to be one."""

from __future__ import annotations

import io
import json
import socket
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import separatrix
from separatrix.errors import InputError, SeparatrixError
from separatrix.game.catalogue_files import FOLDER
from separatrix.game.reader import read_text
from separatrix.run.results import fingerprint
from separatrix.studio.upload import Upload, plain_name
from separatrix_cluster.studio.uploads import unpack
from separatrix_cluster.tables.shipped import shipped_cluster
from studio_server import Served

Files = list[tuple[str, bytes]]


def sent(served: Served, files: Files, kind: str = "game") -> httpx.Response:
    """Send files as a browser does."""
    return served.client.post(
        "/api/models",
        files=[("file", (n, c, "application/octet-stream")) for n, c in files],
        data={"kind": kind},
    )


def zipped(files: Files) -> bytes:
    """Return a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def of_kalundborg() -> Files:
    """Return the files of a shipped cluster."""
    return [(p.name, p.read_bytes()) for p in sorted(shipped_cluster("kalundborg").iterdir()) if p.is_file()]


# --------------------------------------------------------------------------- games


def test_a_file_is_opened_as_the_command_opens_it(served: Served) -> None:
    """The page gets the game of the catalogue's file, by name and by content alike."""
    content = (FOLDER / "hawk-dove-one-population.yaml").read_bytes()
    by_file = sent(served, [("hawks.yaml", content)]).json()
    by_name = served.client.post("/api/models", json={"example": "hawk-dove-one-population"}).json()
    own = fingerprint(separatrix.load("hawk-dove-one-population"))
    assert by_file["game"]["hash"] == by_name["game"]["hash"] == own
    assert by_file["text"].encode() == content


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [",
        "payoff_matrix: [[1, 2], [Rr, 4]]",
        "payoff_matrix: [[1, 2], ['a +', 4]]",
        "populations: 7",
        "format: 99",
        "&a [*a]",
        "a: !!python/object/apply:os.system ['true']",
        "\x00",
        "payoff_matrix: " + "[" * 5000,
        "payoff_matrix: [['" + "(" * 3000 + "', 1], [1, 1]]",
        "payoff_matrix: [[1, 2], [3, 4]]\npayof: 1",
        "x" * 1_500_000,
    ],
)
def test_an_error_is_that_of_the_command_with_its_place(served: Served, text: str) -> None:
    """Code, place, sentence and hint are those that the terminal shows."""
    with pytest.raises(SeparatrixError) as caught:
        read_text(text, "game.yaml")
    own = caught.value
    answer = served.client.post("/api/models", json={"text": text})
    told = answer.json()["error"]
    assert answer.status_code == 422
    assert (told["code"], told["text"]) == (own.code, own.message)
    assert own.where is None or (told["line"], told["column"]) == (own.where.line, own.where.column)
    assert told["told"]["zh"]["text"]


def test_bombs_of_references_are_refused(served: Served) -> None:
    """A text that unfolds without end when it is read does not."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 12)]
    answer = served.client.post("/api/models", json={"text": "\n".join(lines)})
    assert answer.status_code == 422
    assert served.client.get("/api/alive").status_code == 200


def test_what_a_name_holds_never_becomes_a_path(served: Served) -> None:
    """Names of uploads are told in errors, and lead nowhere."""
    for name in (
        "../../../etc/cron.d/x.csv",
        "C:\\windows\\x.csv",
        "/etc/passwd",
        "..",
        "x\x00.csv",
        "a" * 5000,
    ):
        assert "/" not in plain_name(name) and "\\" not in plain_name(name)
        answer = sent(served, [(name, b"nonsense")])
        assert answer.status_code == 422
        assert "/tmp" not in answer.text and "separatrix-" not in answer.text


def test_a_workbook_is_told_by_its_own_name(served: Served) -> None:
    """Errors of files that must lie on a disk do not show the worker's folder."""
    told = sent(served, [("payoffs.xlsx", b"PK\x03\x04 no workbook")]).json()["error"]
    assert told["code"] == "T200"
    assert told["where"] == "payoffs.xlsx"


def test_what_is_neither_is_refused(served: Served) -> None:
    """Requests without a model, or of another form, are answered with a code."""
    post = served.client.post
    assert post("/api/models", json={}).json()["error"]["code"] == "W102"
    assert post("/api/models", json=[]).json()["error"]["code"] == "W111"
    assert post("/api/models", content=b"{").json()["error"]["code"] == "W111"
    assert post("/api/models", content=b"[" * 100_000).json()["error"]["code"] == "W111"
    assert post("/api/models", json={"example": "../../etc/passwd"}).status_code == 404
    assert sent(served, []).status_code == 422
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert post("/api/models", content=b"--y", headers=broken).status_code == 422
    assert (
        post("/api/models", content=b"--y", headers={"Content-Type": "multipart/form-data"}).status_code
        == 422
    )


@pytest.mark.parametrize("stated", [True, False])
def test_a_hundred_megabytes_are_refused_while_they_come_in(served: Served, stated: bool) -> None:
    """The answer is heard, and the server held none of it."""

    def pieces() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.yaml"\r\n\r\n'
        for _ in range(100):
            yield bytes(1_000_000)
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if stated:
        headers["Content-Length"] = str(sum(map(len, pieces())))
    answer = served.client.post("/api/models", content=pieces(), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "W101")


def test_a_terabyte_is_refused_before_it_comes_in(served: Served) -> None:
    """What says that it is far too large is not listened to."""
    head = ["POST /api/models HTTP/1.1", f"Host: 127.0.0.1:{served.door.port}", f"Origin: {served.base}"]
    head += [f"Cookie: {served.door.cookie}={served.door.token}", f"Content-Length: {10**12}", "", "{"]
    with socket.create_connection(("127.0.0.1", served.door.port), 10) as line:
        line.sendall("\r\n".join(head).encode())
        assert line.recv(100).split()[1] == b"413"


# --------------------------------------------------------------------------- clusters


def test_a_cluster_is_opened_from_its_files_and_from_a_zip_file(served: Served) -> None:
    """Both give the cluster that the command reads from its folder, and are called as that folder is."""
    files = of_kalundborg()
    expected = fingerprint(separatrix.load_cluster("kalundborg"))
    for given in (
        [(f"kalundborg/{n}", c) for n, c in files],
        [("kalundborg.zip", zipped([(f"kalundborg/{n}", c) for n, c in files]))],
        [("kalundborg.zip", zipped(files))],
    ):
        answer = sent(served, given, "cluster")
        assert answer.status_code == 200, answer.text
        assert (answer.json()["kind"], answer.json()["cluster"]["hash"]) == ("cluster", expected)
        assert answer.json()["name"] == "kalundborg"
    by_link = served.client.get(f"/api/models/{expected}").json()
    assert (by_link["name"], by_link["cluster"]["hash"]) == ("kalundborg", expected)


def test_a_folder_without_its_description_is_refused(served: Served) -> None:
    """The page says which file is missing."""
    told = sent(served, [("energy.csv", b"a,b")], "cluster").json()["error"]
    assert told["code"] == "W104"


def hostile_zips() -> dict[str, bytes]:
    """Return zip files that must not be opened."""
    description = ("cluster.yaml", b"format: 1")
    bomb = zipped([description, ("energy.csv", bytes(40_000_000))])
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        archive.writestr(*description)
        entry = zipfile.ZipInfo("energy.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    lying = bytearray(zipped([description, ("energy.csv", bytes(30_000_000))]))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)  # the stated size
    return {
        "ratio": bomb,
        "entries": zipped([description, *((f"{k}.csv", b"") for k in range(300))]),
        "parent": zipped([description, ("../energy.csv", b"")]),
        "absolute": zipped([description, ("/etc/energy.csv", b"")]),
        "backslash": zipped([description, ("..\\energy.csv", b"")]),
        "drive": zipped([description, ("C:energy.csv", b"")]),
        "twice": zipped([description, ("Energy.csv", b""), ("energy.csv", b"")]),
        "two clusters": zipped([("a/cluster.yaml", b""), ("b/cluster.yaml", b"")]),
        "link": link.getvalue(),
        "lying": bytes(lying),
        "broken": b"PK\x03\x04" + bytes(200),
        "cut": bomb[:2000],
        "nothing": b"PK\x05\x06" + bytes(18),
    }


@pytest.mark.parametrize("kind", hostile_zips())
def test_a_hostile_zip_file_is_refused_and_writes_nothing_outside(kind: str, tmp_path: Path) -> None:
    """Bombs, lies about sizes, and names or links that lead elsewhere."""
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(InputError) as caught:
        unpack([("park.zip", hostile_zips()[kind])], inside)
    assert caught.value.code in ("W103", "W104")
    assert [p.name for p in tmp_path.iterdir()] == ["inside"]
    assert not list(inside.iterdir())


def test_a_cluster_cannot_name_files_outside(served: Served) -> None:
    """Tables and standards that lie elsewhere are refused, whatever the description says."""
    for line in ("tables: {energy: /etc/passwd}", "tables: {energy: ../x.csv}", "park_standard: /etc/x.yaml"):
        description = f"format: 1\nname: park\n{line}\n".encode()
        answer = sent(
            served, [("cluster.yaml", description), ("enterprises.csv", b"id,name\na,A\n")], "cluster"
        )
        assert answer.status_code == 422
        assert "root:" not in answer.text


# --------------------------------------------------------------------------- addresses


def test_the_address_of_a_model_is_that_of_its_content() -> None:
    """The same bytes have the same address; others, or other names, another one."""
    one = Upload.of_text("a: 1")
    assert one.digest == Upload.of_text("a: 1").digest
    others = [
        Upload.of_text("a: 2"),
        Upload.of_text("a: 1", "b.yaml"),
        Upload("cluster", one.name, one.files),
        Upload("game", one.name, ((one.name, b"a:"), ("", b" 1"))),
    ]
    assert len({one.digest, *(o.digest for o in others)}) == 5


def test_no_file_of_the_server_is_told_by_a_name(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is none of the catalogue is answered alike, whether or not a file bears it."""
    monkeypatch.chdir(tmp_path)
    hints = set()
    for name in (str(tmp_path), str(tmp_path / "nothing"), "q" * 5000, "\ud800", "\0"):
        answer = served.client.post("/api/models", content=json.dumps({"example": name}))
        assert answer.status_code == 404
        hints.add(answer.json()["error"]["hint"])
    assert len(hints) == 1


def test_a_file_that_unfolds_into_more_than_its_zip_file_says_is_not_unfolded(tmp_path: Path) -> None:
    """Only as much is unzipped as the directory of the zip file states."""
    data = bytearray(zipped([("cluster.yaml", b"0" * 30_000_000)]))
    directory = data.find(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 9)
    tracemalloc.start()
    with pytest.raises(InputError, match="W103"):
        unpack([("lying.zip", bytes(data))], tmp_path)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held < 5_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_file_packed_otherwise_is_refused(tmp_path: Path, method: int) -> None:
    """What cannot be unzipped piece by piece is not unzipped."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("cluster.yaml", "format: 1")
    with pytest.raises(InputError, match="W103"):
        unpack([("other.zip", out.getvalue())], tmp_path)


def test_names_fit_into_any_folder(tmp_path: Path) -> None:
    """A long name in Chinese has three bytes a character, and systems count bytes."""
    assert len(plain_name("钢" * 300 + ".csv").encode()) <= 255
    assert plain_name("钢" * 300 + ".csv").endswith("钢.csv")
    assert unpack([("cluster.yaml", b""), ("钢" * 300 + ".csv", b"")], tmp_path) == tmp_path
