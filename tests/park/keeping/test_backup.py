"""Backups: taken while others write, checked, restored elsewhere, and refused where they do not fit."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from park_set_up import ON_ONE
from separatrix.errors import InputError
from separatrix_park.folder import ParkFolder
from separatrix_park.records.archive import (
    EVIDENCE,
    SEAL,
    read_archive,
    require_authentic,
    restored_folder,
    seal_of,
)

PUBLICATIONS = "tables/park.publication.jsonl"


@pytest.fixture
def filled(park: ParkFolder) -> ParkFolder:
    """Return a park with people, reports, evidence, deadlines and a log."""
    from django.utils import timezone

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Deadline, Enterprise, Evidence, LogEntry, Person, Report
    from separatrix_park.scope import whole_park

    shutil.rmtree(park.path / EVIDENCE, ignore_errors=True)
    (park.path / EVIDENCE).mkdir()
    with whole_park("the tests fill a park"):
        for k in range(3):
            enterprise = Enterprise.objects.create(
                key=f"E{k}", name="钢铁 'Stahl' \"quoted\"\n", sector="C31"
            )
            person = Person.objects.create_user(f"a{k}@e.example", "entry", enterprise.pk)
            report = Report.objects.create(
                enterprise=enterprise,
                table="energy",
                year=2025,
                version=1,
                state="approved",
                rows=[{"carrier": "煤", "amount": "1e3", "z": "", "a": "\u2028"}],
                salt=secrets.token_bytes(32),
                author=person,
                judged=timezone.now(),
            )
            LogEntry.append(str(person.pk), "approved", report.digest())
            content = f"bill {k}".encode()
            digest = hashlib.sha256(content).hexdigest()
            (park.path / EVIDENCE / digest).write_bytes(content)
            Evidence.objects.create(
                enterprise=enterprise,
                report=report,
                name="账单.pdf",
                media_type="application/pdf",
                size=6,
                sha256=digest,
                salt=secrets.token_bytes(32),
            )
        Deadline.objects.create(table="energy", year=2025, due=timezone.now())
        invite("x@y.example", "auditor", None, "tests")
    return park


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """Yield the connection to an empty database beside the park's own, as the owner of its tables."""
    from django.db import connection, connections

    from separatrix_park.database import OWNER
    from separatrix_park.records.backup import other_database

    if connection.vendor == "sqlite":
        with other_database(NAME=str(folder / "elsewhere.sqlite3")) as alias:
            yield alias
        return
    with connections[OWNER].cursor() as cursor:
        cursor.execute("CREATE SCHEMA elsewhere")
    own = connections.settings[OWNER]
    options = {**own["OPTIONS"], "options": "-c search_path=elsewhere"}
    try:
        with other_database(USER=own["USER"], OPTIONS=options) as alias:
            yield alias
    finally:
        with connections[OWNER].cursor() as cursor:
            cursor.execute("DROP SCHEMA elsewhere CASCADE")


def everything(alias: str) -> dict[str, Any]:
    """Return the digest of each table of a database, read as the code's own models would be."""
    from separatrix_park.records.health import RowDigest, applied_steps, lines_of, tables_at
    from separatrix_park.scope import whole_park_on

    found = {}
    with whole_park_on(alias, "the tests compare all rows"):
        for model in tables_at(alias, applied_steps(alias)):
            rows = RowDigest()
            for line in lines_of(model, alias):
                rows.add(line)
            found[str(model._meta.label_lower)] = rows.to_dict()
    return found


def test_what_is_restored_is_what_was_there(filled: ParkFolder, tmp_path: Path) -> None:
    """Every row, every file and the chain come back in another database; the key and sessions do not."""
    from django.db import connection

    from separatrix_park.models import LogEntry
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.chain import verified
    from separatrix_park.records.restore import restore_evidence, restore_tables

    before = everything("default")
    made = back_up(filled, tmp_path, "tests")
    assert made.missing == () and made.files == 3 and made.path.stat().st_mode & 0o077 == 0
    assert before["park.report"]["rows"] == 3
    archive = read_archive(made.path)
    with elsewhere(tmp_path) as alias:
        restore_tables(archive, alias)
        assert everything(alias) == before
        log = list(LogEntry.objects.using(alias).order_by("number"))
        assert verified(log, [made.head] if made.head else []).whole and len(log) == 4
        assert connection.vendor in archive.manifest["engine"]
    restore_evidence(archive, tmp_path)
    kept = {p.name: p.read_bytes() for p in (filled.path / EVIDENCE).iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / EVIDENCE).iterdir()} == kept
    if os.name != "nt":  # files have no such modes there
        assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / EVIDENCE).iterdir())
    with zipfile.ZipFile(made.path) as archived:
        assert "tables/sessions.session.jsonl" not in archived.namelist()
        key = filled.key_file.read_bytes().strip()
        assert not any(key in archived.read(name) for name in archived.namelist())
    assert LogEntry.objects.order_by("-number").first().action == "backed up"


def test_without_the_key_nobodys_secrets_are_restored(filled: ParkFolder, tmp_path: Path) -> None:
    """Nothing could open those of partners' nodes, nor be encrypted anew with them; the partners stay."""
    from separatrix_park.models import Enterprise, Partner
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_tables
    from separatrix_park.scope import whole_park, whole_park_on

    with whole_park("the tests add a partner"):
        told = {"address": "https://p.example", "remote_secret": "box", "pending": {"remote_secret": "box"}}
        Partner.objects.create(enterprise=Enterprise.objects.first(), name="P", secret_hash="h", **told)
    archive = read_archive(back_up(filled, tmp_path, "tests").path)
    with elsewhere(tmp_path) as alias:
        restore_tables(archive, alias, second_factors=False)
        with whole_park_on(alias, "the tests look on"):
            (partner,) = Partner.objects.using(alias).all()
    assert (partner.remote_secret, partner.pending, partner.secret_hash) == ("", {}, "h")
    assert partner.address == "https://p.example"


def test_numbers_come_back_that_another_database_writes_otherwise(filled: ParkFolder, tmp_path: Path) -> None:
    """PostgreSQL has no -0.0 and writes 1e16 out: a copy from SQLite is still what was backed up there."""
    from django.utils import timezone

    from separatrix_park.models import Publication
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.health import RowDigest
    from separatrix_park.records.restore import restore_tables
    from separatrix_park.scope import whole_park

    with whole_park("the tests publish"):
        head = {"chain_number": 1, "chain_head": "0" * 64}
        content = {"total": 12345, "shares": [0.5, 1e-7]}
        Publication.objects.create(number=1, content=content, made=timezone.now(), **head)
    made = back_up(filled, tmp_path, "tests").path

    with zipfile.ZipFile(made) as archive:
        manifest, row = json.loads(archive.read("manifest.json")), archive.read(PUBLICATIONS)
    row = row.replace(b"12345", b"1e+16").replace(b"0.5", b"-0.0")  # as SQLite would have kept it
    digest = RowDigest()
    digest.add(row)
    told = {"sha256": hashlib.sha256(row).hexdigest(), **digest.to_dict()}
    other = forged(made, {PUBLICATIONS: row}, tables=manifest["tables"] | {"park.publication": told})
    with elsewhere(tmp_path) as alias:
        restore_tables(read_archive(other), alias)
        with whole_park("the tests look on"):
            kept = Publication.objects.using(alias).get().content
    assert kept == {"total": 1e16, "shares": [0.0, 1e-7]}


def test_new_rows_have_new_numbers_after_a_restore(filled: ParkFolder, tmp_path: Path) -> None:
    """The counters of the database go on after the last row that was restored."""
    from separatrix_park.models import Invitation
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_tables
    from separatrix_park.scope import whole_park

    archive = read_archive(back_up(filled, tmp_path, "tests").path)
    with elsewhere(tmp_path) as alias:
        restore_tables(archive, alias)
        with whole_park("the tests look on"):
            old = set(Invitation.objects.using(alias).values_list("pk", flat=True))
        with whole_park("the tests look on"):
            first = Invitation.objects.using(alias).first()
        with whole_park("the tests look on"):
            made = Invitation.objects.using(alias).create(
                token_hash="f" * 64, email="n@y.example", expires=first.expires
            )
        assert made.pk not in old


def test_a_backup_is_of_one_moment(filled: ParkFolder, tmp_path: Path) -> None:
    """While somebody writes, each backup holds as many entries of the log as reports that go with them."""
    from django.db import connection, transaction

    from separatrix_park.models import Enterprise, LogEntry, Report
    from separatrix_park.records.backup import back_up
    from separatrix_park.scope import whole_park

    over = threading.Event()

    def write() -> None:
        version = 1
        with whole_park("the tests write on"):
            (first, *_) = Enterprise.objects.order_by("key").values_list("pk", flat=True)
        while not over.is_set():
            version += 1
            with whole_park("the tests write on"), transaction.atomic():
                made = Report.objects.create(
                    enterprise_id=first,
                    table="energy",
                    year=2024,
                    version=version,
                    salt=b"s",
                    state="submitted",
                )
                LogEntry.append("writer", "submitted", made.digest())
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [back_up(filled, tmp_path, "tests") for _ in range(3)]
    finally:
        over.set()
        writer.join()
    counts = []
    for made in backups:
        with zipfile.ZipFile(made.path) as archive:
            log = [json.loads(x) for x in archive.read("tables/park.logentry.jsonl").splitlines()]
            reports = archive.read("tables/park.report.jsonl").splitlines()
        written = [e for e in log if e["actor"] == "writer"]
        assert len(written) == len(reports) - 3
        assert [e["number"] for e in log] == list(range(1, len(log) + 1))
        counts.append(len(written))
    assert counts == sorted(counts) and counts[-1] > 0


def test_evidence_that_is_not_there_is_told(filled: ParkFolder, tmp_path: Path) -> None:
    """A file that is gone, and one with other content than its name says, are in no backup, and named."""
    from separatrix_park.records.backup import back_up

    first, second, third = sorted((filled.path / EVIDENCE).iterdir())
    first.unlink()
    second.write_bytes(b"something else")
    made = back_up(filled, tmp_path, "tests")
    assert made.missing == tuple(sorted((first.name, second.name))) and made.files == 1
    assert third.name not in made.missing


def changed(path: Path, name: str, content: bytes) -> Path:
    """Return a copy of a backup in which one file has another content."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return copy


def test_a_damaged_backup_is_refused_before_anything_is_written(filled: ParkFolder, tmp_path: Path) -> None:
    """A changed row, changed evidence, a changed description, bad bytes, half a file, no zip file."""
    from separatrix_park.records.backup import back_up

    path = back_up(filled, tmp_path, "tests").path
    with zipfile.ZipFile(path) as archive:
        evidence = next(n for n in archive.namelist() if n.startswith("evidence/"))
    half = tmp_path / "half.zip"
    half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (tmp_path / "none.zip").write_text("none", "utf-8")
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda member: member.compress_size)
    middle = largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2
    whole = path.read_bytes()
    bad = tmp_path / "bad.zip"
    bad.write_bytes(whole[:middle] + b"\xff" * 20 + whole[middle + 20 :])
    broken = [
        lambda: bad,
        *(
            lambda name=name: changed(path, name, b'{"x": 1}\n')
            for name in ("tables/park.report.jsonl", evidence, "park.toml", "manifest.json")
        ),
        lambda: half,
        lambda: tmp_path / "none.zip",
        lambda: tmp_path / "absent.zip",
    ]
    for case in broken:
        with pytest.raises(InputError, match="W261"):
            read_archive(case())
    read_archive(path)


def test_a_backup_whose_manifest_or_rows_are_of_another_kind_is_damaged(
    filled: ParkFolder, tmp_path: Path
) -> None:
    """Every entry of the manifest as null, a number, a text, a list and an object; rows that are none."""
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_tables

    path = back_up(filled, tmp_path, "tests").path
    manifest = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    wrong = (None, True, 5, "x", [5], [["park"]], {"park.report": 5}, {"park.report": {"sha256": None}})
    for name in ("format", "files", "migrations", "tables", "evidence", "head"):
        for value in wrong:
            if (name, value) == ("head", None):
                continue
            case = changed(path, "manifest.json", json.dumps(manifest | {name: value}).encode())
            with pytest.raises(InputError, match=r"W261|W262"):
                read_archive(case)
    for content in (b"[" * 100_000, b"", b"null", b'"x"'):
        with pytest.raises(InputError, match="W261"):
            read_archive(changed(path, "manifest.json", content))
    table = "park.enterprise"
    row = b'{"none": 1}\n'
    tables = manifest["tables"] | {table: {"sha256": hashlib.sha256(row).hexdigest()}}
    other = changed(path, f"tables/{table}.jsonl", row).replace(tmp_path / "row.zip")
    other = changed(other, "manifest.json", json.dumps(manifest | {"tables": tables}).encode())
    with elsewhere(tmp_path) as alias, pytest.raises(InputError, match="W261"):
        restore_tables(read_archive(other), alias)


def test_a_key_that_cannot_be_read_restores_nothing(filled: ParkFolder, tmp_path: Path) -> None:
    """A folder, bytes that are no text, an empty file."""
    from separatrix_park.records.archive import restored_folder
    from separatrix_park.records.backup import back_up

    archive = read_archive(back_up(filled, tmp_path / "backups", "tests").path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").write_bytes(b"")
    for key in (tmp_path, tmp_path / "bytes", tmp_path / "empty", tmp_path / "absent"):
        with (
            pytest.raises(InputError, match="W202"),
            restored_folder(archive, tmp_path / "park", key, None),
        ):
            pass
        assert not (tmp_path / "park").exists()


def test_a_backup_of_a_newer_version_is_refused(filled: ParkFolder, tmp_path: Path) -> None:
    """A migration that this version does not know, and a format that it does not know."""
    from django.db import connections

    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_tables

    path = back_up(filled, tmp_path, "tests").path
    manifest = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    with pytest.raises(InputError, match="W262"):
        read_archive(changed(path, "manifest.json", json.dumps(manifest | {"format": 3}).encode()))
    newer = manifest | {"migrations": [*manifest["migrations"], ["park", "9999_of_the_future"]]}
    archive = read_archive(changed(path, "manifest.json", json.dumps(newer).encode()))
    with elsewhere(tmp_path) as alias:
        with pytest.raises(InputError, match="W262"):
            restore_tables(archive, alias)
        assert connections[alias].introspection.table_names() == []


def test_nothing_is_restored_over_a_park(filled: ParkFolder, tmp_path: Path) -> None:
    """A database that holds one already stays as it is."""
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_tables

    archive = read_archive(back_up(filled, tmp_path, "tests").path)
    before = everything("default")
    with pytest.raises(InputError, match="W263"):
        restore_tables(archive, "default")
    assert everything("default") == before


def test_only_the_newest_backups_are_kept(filled: ParkFolder, tmp_path: Path) -> None:
    """The others are named, oldest first; files of other names are left alone."""
    from separatrix_park.records.backup import back_up, older_than_the_newest

    made = [back_up(filled, tmp_path, "tests").path for _ in range(3)]
    (tmp_path / "park-of-mine.zip").write_text("", "utf-8")
    assert older_than_the_newest(tmp_path, 2) == made[:1]
    assert older_than_the_newest(tmp_path, 0) == made[:2]
    # The clock was set back before the last of them was made: that one stays all the same.
    assert older_than_the_newest(tmp_path, 1, made[0]) == made[1:]
    assert older_than_the_newest(tmp_path, 2, made[0]) == made[1:2]


def test_a_full_disk_leaves_no_half_a_backup(
    filled: ParkFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says so, and the folder is as it was."""
    from separatrix_park.records import backup

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copied", full)
    with pytest.raises(InputError, match="U903"):
        backup.back_up(filled, tmp_path, "tests")
    assert list(tmp_path.iterdir()) == []


@ON_ONE
@pytest.mark.skipif(os.name == "nt", reason="files have no such limit there")
def test_a_disk_without_room_for_the_copy_of_the_database_is_told(filled: ParkFolder, tmp_path: Path) -> None:
    """SQLite's own word for it is no internal error, and nothing is left behind."""
    import resource

    from separatrix_park.records.backup import back_up

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(InputError, match="U903"):
            back_up(filled, tmp_path, "tests")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


KEY = "k" * 64
"""The key of somebody else."""


def forged(path: Path, files: dict[str, bytes | None], **told: object) -> Path:
    """Return a copy of a backup with other files, or without some, and with checksums that are right."""
    copy = path.with_name(f"forged-{secrets.token_hex(4)}.zip")
    with zipfile.ZipFile(path) as old:
        members: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()} | files
    manifest = json.loads(members["manifest.json"] or b"") | told
    for name, content in files.items():
        if name in manifest.get("files", {}) and content is not None:
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
    if "manifest.json" not in files:
        members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(copy, "w") as new:
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)
    return copy


def test_what_was_changed_with_its_checksums_is_no_backup_of_this_park(
    filled: ParkFolder, tmp_path: Path
) -> None:
    """Another `park.toml`, head, time or list of evidence: without the key nobody makes a seal that fits."""
    from separatrix_park.records.backup import back_up

    path = back_up(filled, tmp_path, "tests").path
    keys = filled.key_file.read_text("utf-8").split()
    assert require_authentic(read_archive(path), keys, accept=False)
    assert require_authentic(read_archive(path), ["n" * 64, *keys], accept=False)  # while it is changed
    with zipfile.ZipFile(path) as archive:
        text, manifest = archive.read("park.toml"), archive.read("manifest.json")
    changes: list[tuple[dict[str, bytes | None], dict[str, object]]] = [
        ({"park.toml": text + b'hosts = ["*"]\n'}, {}),
        ({}, {"head": "1:" + "0" * 64}),
        ({}, {"made": "2030-01-01T00:00:00+00:00"}),
        ({}, {"missing": ["0" * 64]}),
        ({}, {"park": "another"}),
        ({SEAL: seal_of(KEY, manifest).encode()}, {}),
        ({SEAL: b"0" * 64}, {}),
        ({SEAL: "\u00e9".encode()}, {}),
    ]
    for files, told in changes:
        with pytest.raises(InputError, match=r"W26[17]"):
            require_authentic(read_archive(forged(path, files, **told)), keys, accept=True)


def test_a_backup_that_nothing_vouches_for_is_taken_on_somebodys_word_alone(
    filled: ParkFolder, tmp_path: Path
) -> None:
    """One without a seal, one of the former format, and a sealed one without the key at hand."""
    from separatrix_park.records.backup import back_up

    path = back_up(filled, tmp_path, "tests").path
    keys = filled.key_file.read_text("utf-8").split()
    manifest = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    former = {"format": 1, "description": manifest["files"]["park.toml"]}
    bare = read_archive(forged(path, {SEAL: None}))
    old = read_archive(forged(path, {SEAL: None}, **former))
    assert "park.toml" in old.texts
    for archive, held in ((bare, keys), (bare, []), (old, keys), (old, []), (read_archive(path), [])):
        with pytest.raises(InputError, match="W267"):
            require_authentic(archive, held, accept=False)
        assert require_authentic(archive, held, accept=True) is False
    with pytest.raises(InputError, match="W267"):  # nobody vouches for what has another park's seal
        require_authentic(read_archive(path), [KEY], accept=True)


def test_a_seal_of_other_characters_is_another_seal(filled: ParkFolder, tmp_path: Path) -> None:
    """The backup can be read; nobody takes it for one of this park."""
    from separatrix_park.records.backup import back_up

    path = back_up(filled, tmp_path, "tests").path
    for seal in ("印章".encode(), b"\xff" * 64):
        archive = read_archive(forged(path, {SEAL: seal}))
        with pytest.raises(InputError, match="W267"):
            require_authentic(archive, filled.key_file.read_text("utf-8").split(), accept=True)


def test_what_the_park_says_of_itself_comes_back(filled: ParkFolder, tmp_path: Path) -> None:
    """`cluster.yaml` byte for byte or none, and `park.toml` with another database alone."""
    import tomllib

    from separatrix_park.records.backup import back_up

    told = 'format: 1\nname: "园区"\ncountry: CN\n# by hand\r\n'.encode()
    key = filled.key_file
    a = tmp_path / "a"
    with restored_folder(read_archive(back_up(filled, tmp_path, "tests").path), a, key, None):
        pass
    assert sorted(p.name for p in a.iterdir()) == ["key", "park.toml"]
    (filled.path / "cluster.yaml").write_bytes(told)
    try:
        archive = read_archive(back_up(filled, tmp_path, "tests").path)
    finally:
        (filled.path / "cluster.yaml").unlink()
    address = 'postgresql://role@host/a\'b?x="y"'
    with restored_folder(archive, tmp_path / "b", key, address) as b:
        assert (b / "cluster.yaml").read_bytes() == told
        before = tomllib.loads((filled.path / "park.toml").read_text("utf-8"))
        assert tomllib.loads((b / "park.toml").read_text("utf-8")) == before | {"database": address}
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700


@ON_ONE
def test_a_park_is_restored_into_an_empty_folder_and_over_nothing_else(
    filled: ParkFolder, tmp_path: Path
) -> None:
    """A folder that was made for it is private afterwards; a file, a link or a full folder stays."""
    from separatrix_park.records.backup import back_up

    archive = read_archive(back_up(filled, tmp_path / "backups", "tests").path)
    there = tmp_path / "there"
    there.mkdir()
    with restored_folder(archive, there, filled.key_file, None):
        pass
    assert (there / "park.toml").exists() and there.stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    (tmp_path / "to-empty").symlink_to(tmp_path / "empty")
    for name in ("there", "file", "link", "to-empty"):
        with (
            pytest.raises(InputError, match="W201"),
            restored_folder(archive, tmp_path / name, filled.key_file, None),
        ):
            raise AssertionError(name)


MANIFESTS: dict[str, object] = {
    "migrations": 5,
    "migrations of numbers": [[1, 2]],
    "migrations of one": [["park"]],
    "tables": [],
    "tables without rows": {"park.report": {"sha256": "0" * 64}},
    "files": {"../../escaped": "0" * 64, "park.toml": "0" * 64},
    "files of none": {},
    "evidence": ["../key"],
    "evidence twice wrong": 3,
    "missing": None,
    "head": "none",
    "head of another kind": 7,
    "format": "2",
    "format of truth": True,
    "format below": 0,
    "format of a fraction": 1.5,
    "version": None,
    "made": "\x1b[2J",
    "engine": [],
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_manifest_of_another_shape_is_a_damaged_backup(case: str, tmp_path: Path) -> None:
    """Whatever stands in it, the answer is a sentence."""
    none = "0" * 64
    empty = hashlib.sha256(b"").hexdigest()
    manifest: dict[str, object] = {
        "format": 2,
        "park": "P",
        "made": "2026-01-01T00:00:00+00:00",
        "version": "1",
        "engine": "sqlite",
        "migrations": [],
        "files": {"park.toml": empty},
        "tables": {},
        "head": None,
        "evidence": [],
        "missing": [],
    }

    def written(told: object) -> Path:
        path = tmp_path / "case.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("park.toml", "")
            archive.writestr("manifest.json", json.dumps(told))
        return path

    assert read_archive(written(manifest)).seal == ""
    with pytest.raises(InputError, match="W261"):
        read_archive(written(manifest | {case.split(" ")[0]: MANIFESTS[case]}))
    for other in ([], None, 5, {}, {"format": 2}, {"format": 1}, {"format": 1, "description": none}):
        with pytest.raises(InputError, match="W261"):
            read_archive(written(other))


NO_ROWS = (
    *(b"[]\n", b"5\n", b"{}\n", b"null\n", b"{\n", b"\xff\n", b'{"strange": 1}\n', b"[" * 90_000 + b"\n"),
    *(b'{"id": "x", "key": 1}\n', b'{"id": 1e400}\n', b'{"key": null, "name": null}\n'),
)


def test_rows_that_are_none_end_as_a_damaged_backup(filled: ParkFolder, tmp_path: Path) -> None:
    """Somebody may vouch for a file that holds no rows of its tables: nothing is restored, and it is told."""
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_tables

    path = back_up(filled, tmp_path, "tests").path
    with elsewhere(tmp_path) as alias:
        for line in NO_ROWS:
            tables = json.loads(zipfile.ZipFile(path).read("manifest.json"))["tables"]
            tables["park.enterprise"] |= {"sha256": hashlib.sha256(line).hexdigest(), "rows": 1}
            archive = read_archive(forged(path, {"tables/park.enterprise.jsonl": line}, tables=tables))
            with pytest.raises(InputError, match=r"W26[13]"):
                restore_tables(archive, alias)
        tables["park.enterprise"] |= {
            "sha256": hashlib.sha256(b"").hexdigest(),
            "rows": 0,
            "digest": "0" * 64,
        }
        archive = read_archive(forged(path, {"tables/park.enterprise.jsonl": b""}, tables=tables))
        with pytest.raises(InputError, match="W261"):  # reports of enterprises that are not there
            restore_tables(archive, alias)
        restore_tables(read_archive(path), alias)  # what was left behind is in nobody's way
        assert everything(alias)["park.enterprise"]["rows"] == 3


SECRETS = {
    "utf-16": ("k" * 64).encode("utf-16"),
    "latin-1": b"\xe9" * 64,
    "binary": b"\0" * 64,
    "huge": b"k" * 1_000_001,
}


@pytest.mark.parametrize("case", [*SECRETS, "endless", "folder", "pipe"])
def test_a_secret_or_a_backup_that_is_another_file_is_told(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reader names the file, and none waits for its end."""
    from separatrix_park.accounts.settings import KeyFile, _secret
    from separatrix_park.database import settings_of_database
    from separatrix_park.records.archive import read_keys

    monkeypatch.setattr("separatrix.io.files.PATIENCE", 0.2)
    folder = tmp_path / "park"
    folder.mkdir()
    files = [folder / name for name in ("key", "mail-password", "database-password")]
    for path in files:
        if case == "folder":
            path.mkdir()
        elif case == "pipe":
            os.mkfifo(path)
        elif case == "endless":
            path.symlink_to("/dev/zero")
        else:
            path.write_bytes(SECRETS[case])
    park = ParkFolder(folder, "P", "en", ("localhost",), "postgresql://service@localhost/park")
    for read, code, path in (
        (lambda: KeyFile(files[0]).keys(), "W231", files[0]),
        (lambda: read_keys(files[0]), "W202", files[0]),
        (lambda: _secret(park, "mail-password"), "W233", files[1]),
        (lambda: settings_of_database(park), "W207", files[2]),
        (lambda: read_archive(files[0]), "W261", files[0]),
    ):
        with pytest.raises(InputError) as caught:
            read()
        assert caught.value.code == code and str(path) in str(caught.value.where)


@pytest.mark.parametrize(
    "address",
    [
        *("postgresql://a@h:abc/n", "postgresql://a@h:99999/n", "postgresql://a@[::1/n", "x"),
        "postgresql://a@h",
        *(f"postgresql://a@{'h' * 64}/n", "postgresql://a@x..y/n", f"postgresql://a@h/{'n' * 64}"),
        *("postgresql://a@h/n?pool=1", "postgresql://a@h/n?autocommit=1", "postgresql://a@h/n?bogus=1"),
    ],
)
def test_an_address_that_is_none_of_a_database_is_told(address: str, tmp_path: Path) -> None:
    """Also one whose port, host or options cannot be used."""
    from separatrix_park.database import settings_of_url

    with pytest.raises(InputError, match="W204"):
        settings_of_url(address, tmp_path / "park.toml")


def test_a_byte_order_mark_is_no_part_of_a_secret(tmp_path: Path) -> None:
    """Editors of Windows write one; the key and the description of a park are the same with it."""
    from separatrix_park.accounts.settings import KeyFile
    from separatrix_park.folder import create_park, open_park
    from separatrix_park.records.archive import read_keys

    made = create_park(tmp_path / "park", "P")
    key = made.key_file.read_text("utf-8").strip()
    for path in (made.key_file, made.path / "park.toml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert KeyFile(made.key_file).keys() == (key,) and read_keys(made.key_file) == [key]
    assert open_park(made.path) == made


def test_what_is_changed_after_it_was_read_is_not_restored(filled: ParkFolder, tmp_path: Path) -> None:
    """The rows and files that are written are those whose checksums were looked at."""
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore_evidence, restore_tables

    path = back_up(filled, tmp_path, "tests").path
    archive = read_archive(path)
    name = f"{EVIDENCE}/{archive.manifest['evidence'][0]}"
    shutil.copy(changed(path, name, b"another bill"), path)
    with pytest.raises(InputError, match="W261"):
        restore_evidence(archive, tmp_path / "copy")
    shutil.copy(changed(path, "tables/park.deadline.jsonl", b""), path)
    with elsewhere(tmp_path) as alias, pytest.raises(InputError, match=r"W26[13]"):
        restore_tables(archive, alias)


def test_what_a_killed_backup_or_restore_left_is_gone_after_the_next(
    filled: ParkFolder, tmp_path: Path
) -> None:
    """It holds all values of the park; a folder that nobody claims stays, since it may be anybody's."""
    from separatrix.run.files import CLAIM, CLAIMED, UNFINISHED
    from separatrix_park.records.backup import back_up

    def abandon() -> Path:
        folder = tmp_path / f"{UNFINISHED}dead"
        folder.mkdir()
        (folder / CLAIM).write_bytes(CLAIMED)
        (folder / "copy.sqlite3").write_text("values", "utf-8")
        return folder

    unclaimed = tmp_path / f"{UNFINISHED}of-somebody"
    unclaimed.mkdir()
    left = abandon()
    made = back_up(filled, tmp_path, "tests").path
    assert not left.exists() and made.stat().st_mode & 0o777 == 0o600
    left = abandon()
    with restored_folder(read_archive(made), tmp_path / "park", filled.key_file, None):
        assert not left.exists()
    assert set(tmp_path.iterdir()) == {unclaimed, made, tmp_path / "park"}
    assert not (tmp_path / "park" / CLAIM).exists()
