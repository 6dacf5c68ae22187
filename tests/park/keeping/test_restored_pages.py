"""A restored park shows what the original shows, on every page that its people can reach."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from park_set_up import empty_park, postgresql
from separatrix_park.folder import CLUSTER, DATABASE, DESCRIPTION, KEY, ParkFolder
from separatrix_park.records.archive import EVIDENCE, read_archive, require_authentic, restored_folder

HREF = re.compile(r'\b(?:href|action|hx-get|src)="(/[^"#]*)"')
PASSING = re.compile(
    r"(?i:csrf-?(?:middleware)?token)[^>]*>|\d\d:\d\d(?::\d\d)?|\bmin-\w+|nonce-[\w-]+|data-job=\S+|\?v=\w+"
)
"""What differs between two visits of one page: secrets of forms, and the time of day."""

ASIDE = ("/log/", "/status/", "/account/", "/static/", "/api/", "/export/")
"""The log and the status tell of the backup and of the restore themselves; the rest are no pages of data."""

A_JOB = re.compile(r"/answers/(\d|$)")
"""An answer that is being worked out, and how far it is, belong to the service: it is worked out anew."""

MOST_OF_A_KIND = 12
"""Pages that differ in numbers alone, such as those of reports: so many of each are compared."""


READERS = (("office", ""), ("auditor", ""), ("entry", "E01"), ("approval", "E01"))
"""Who looks: the role, and the enterprise of those who speak for one."""


@pytest.fixture
def folder(park: ParkFolder) -> Iterator[ParkFolder]:
    """Return the park as it is served, and put its folder and the settings back."""
    from django.conf import settings

    shutil.rmtree(park.path / EVIDENCE, ignore_errors=True)
    yield park
    settings.PARK = park
    shutil.rmtree(park.path / EVIDENCE, ignore_errors=True)
    (park.path / CLUSTER).unlink(missing_ok=True)


def all_pages() -> dict[tuple[str, str], dict[str, tuple[int, str]]]:
    """Return the pages of all readers; all sign in first, since a page tells when somebody was last there."""
    clients = {reader: signed_in(*reader) for reader in READERS}
    return {reader: pages(client) for reader, client in clients.items()}


def signed_in(role: str, key: str) -> Any:
    """Return the browser of somebody with a role, of the enterprise with a key."""
    from django.test import Client

    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    client = Client(SERVER_NAME="localhost")
    with whole_park("the tests sign somebody in"):
        person = Person.objects.filter(role=role, **({"enterprise__key": key} if key else {})).order_by("pk")[
            0
        ]
        client.force_login(person)
    return client


def pages(client: Any) -> dict[str, tuple[int, str]]:
    """Return every page that somebody reaches from the first one, by its address."""
    found: dict[str, tuple[int, str]] = {}
    kinds: dict[str, int] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "N", address.partition("?")[0])
        if (
            address in found
            or kinds.get(kind, 0) >= MOST_OF_A_KIND
            or address.startswith(ASIDE)
            or A_JOB.match(address)
        ):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer: Any = client.get(address, follow=False)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode("utf-8", "replace") if "text" in answer.get("Content-Type", "") else ""
        found[address] = (answer.status_code, PASSING.sub("", text) or answer.get("Location", ""))
        if answer.status_code in (301, 302):
            waiting.append(answer["Location"])
        waiting += [link.replace("&amp;", "&") for link in HREF.findall(text)]
    return found


@pytest.mark.soak
def test_every_page_of_a_restored_park_is_that_of_the_original(folder: ParkFolder, tmp_path: Path) -> None:
    """Each role reads the same texts and numbers, of the same money, grid and factors."""
    from django.conf import settings

    from separatrix_park.answers.approved_data import approved
    from separatrix_park.answers.enterprise_accounts import outdated, rework
    from separatrix_park.models import Person
    from separatrix_park.park import fill_with_example
    from separatrix_park.records.backup import back_up
    from separatrix_park.records.restore import restore
    from separatrix_park.scope import whole_park

    fill_with_example(folder)
    with whole_park("the tests work out what a job would"):
        Person.objects.create_user("office@own.example", "office")
        Person.objects.create_user("auditor@own.example", "auditor")
        data = approved()
        rework(data, outdated(data))
    original = all_pages()
    assert min(map(len, original.values())) >= 10
    archive = read_archive(back_up(folder, tmp_path, "tests").path)
    key = folder.key_file.read_text("utf-8").split()
    assert require_authentic(archive, key, accept=False)

    empty_park(folder)
    owner = postgresql()[0] if folder.database != "sqlite" else None
    with ExitStack() as until, restored_folder(archive, tmp_path / "copy", folder.key_file, None) as made:
        copy = dataclasses.replace(folder, path=made)
        restore(archive, copy, owner, "tests", until, print, second_factors=True)
    kept = {path.name for path in folder.path.iterdir()} - {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"}
    assert kept == {DESCRIPTION, CLUSTER, KEY, EVIDENCE}
    for name in sorted(kept - {EVIDENCE}):
        assert (tmp_path / "copy" / name).read_bytes() == (folder.path / name).read_bytes()
    settings.PARK = dataclasses.replace(folder, path=tmp_path / "copy")
    restored = all_pages()
    for reader, found in original.items():
        again = restored[reader]
        assert sorted(found.keys() ^ again.keys()) == []
        differ = {
            address: [*unified_diff(page[1].splitlines(), again[address][1].splitlines(), n=0)]
            for address, page in found.items()
            if page != again[address]
        }
        assert differ == {}, reader
