"""A service that is killed again and again while people work: nothing that it accepted is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from park_set_up import KINDS

KILLS = 50
ENTERPRISES = 4
YEARS = range(2022, 2026)
HISTORY = range(1990, 2022)
PAUSE = 4.5
"""Seconds between imports, so that there are some between all kills."""
SEED = 20

SET_UP = """
import json, sys
from pathlib import Path
from separatrix_park.database import configure
from separatrix_park.folder import open_park
configure(open_park(Path(sys.argv[1])))
from separatrix_park.models import Enterprise, Person
from separatrix_park.scope import whole_park
from separatrix_park.tokens import issue
tokens = []
with whole_park("the soak makes people"):
    office = Person.objects.create_user("desk@x.example", "office")
    tokens.append(issue(office, "soak", 30, reads_only=False)[1])
    for k in range(int(sys.argv[2])):
        enterprise = Enterprise.objects.create(key=f"E{k}", name=f"E{k}")
        person = Person.objects.create_user(f"a{k}@x.example", "entry", enterprise.pk)
        tokens.append(issue(person, "soak", 30, reads_only=False)[1])
print(json.dumps(tokens))
"""

TELL = """
import json, sys
from pathlib import Path
from separatrix_park.database import configure
from separatrix_park.folder import open_park
configure(open_park(Path(sys.argv[1])))
from separatrix_park.models import Report
from separatrix_park.scope import whole_park
with whole_park("the soak looks at what is kept"):
    print(json.dumps([
        [r.enterprise.key, r.table, r.year, r.version, r.rows]
        for r in Report.objects.select_related("enterprise").order_by("version")
    ]))
"""


def run(*command: str | Path) -> str:
    """Run a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def address_of(kind: str) -> Iterator[list[str]]:
    """Yield the options of `init` for a new database of a kind."""
    if kind == "sqlite":
        yield []
        return
    from park_set_up import postgresql

    owner, service = postgresql()
    yield ["--database", service, "--database-owner", owner]


@dataclass
class Service:
    """A service that is started, killed, and started again."""

    folder: Path
    process: subprocess.Popen[str] | None = None
    address: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [sys.executable, "-m", "separatrix", "park", "serve", str(self.folder), "--port", "0"]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip().rstrip("/")
        for _ in range(300):
            try:
                if httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the service did not become ready")

    def kill(self) -> None:
        """Kill it with all its children, as a machine that loses its power would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Load:
    """People at work: what the service has accepted from each of them."""

    service: Service
    tokens: list[str]
    kept: dict[tuple[str, int], int] = field(default_factory=dict)
    imports: list[tuple[str, int]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def enter(self, k: int) -> None:
        """Save drafts of an enterprise, each with another amount, for ever."""
        headers = {"Authorization": f"Bearer {self.tokens[k + 1]}"}
        count = 0
        while not self.service.stopped.is_set():
            year = YEARS[count % len(YEARS)]
            count += 1
            try:
                place = f"{self.service.address}/api/v1/drafts/energy/{year}"
                there = httpx.get(place, headers=headers, timeout=20)
                match = {"If-Match": there.headers["ETag"]} if there.status_code == 200 else {}
                rows = [{"carrier": "natural_gas", "amount": str(count), "unit": "GJ"}]
                saved = httpx.put(place, json={"rows": rows}, headers=headers | match, timeout=20)
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if saved.status_code == 200:
                self.kept[f"E{k}", year] = count
            elif saved.status_code < 500:
                self.problems.append(saved.text[:300])

    def take_in(self) -> None:
        """Take in history of all enterprises at once, each time of another year, while there are years."""
        headers = {"Authorization": f"Bearer {self.tokens[0]}"}
        for count, year in enumerate(HISTORY, 1):
            if self.service.stopped.wait(PAUSE):
                return
            lines = "".join(f"E{k},{year},natural_gas,{count},GJ\n" for k in range(ENTERPRISES))
            file = {"file": ("energy.csv", "enterprise,year,carrier,amount,unit\n" + lines, "text/csv")}
            given = {"year": str(year), "history": "true", "why": "soak"}
            try:
                answer = httpx.post(
                    f"{self.service.address}/api/v1/imports/energy",
                    files=file,
                    data=given,
                    headers=headers,
                    timeout=20,
                )
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if answer.status_code == 201:
                self.imports.append(("energy", year))
            elif answer.status_code < 500:
                self.problems.append(answer.text[:300])


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_no_accepted_entry_is_lost_however_the_service_ends(kind: str, tmp_path: Path) -> None:
    """Killed fifty times: accepted drafts and imports are there, no import is half, the log holds."""
    folder, draw = tmp_path / "park", random.Random(SEED)
    with address_of(kind) as options:
        run("-m", "separatrix", "park", "init", folder, "--name", "Soak", "--email", "o@x.example", *options)
        with (folder / "park.toml").open("a", encoding="utf-8") as description:
            description.write("\n[access]\nsecond_factor = []\n")  # a program of the office has none
        tokens = json.loads(run("-c", SET_UP, folder, str(ENTERPRISES)))
        service = Service(folder)
        service.start()
        load = Load(service, tokens)
        work: list[Any] = [threading.Thread(target=load.enter, args=(k,)) for k in range(ENTERPRISES)]
        work.append(threading.Thread(target=load.take_in))
        for thread in work:
            thread.start()
        try:
            for _ in range(KILLS):
                time.sleep(draw.uniform(0.1, 3.0))
                service.kill()
                service.start()
            time.sleep(1)
        finally:
            service.stopped.set()
            for thread in work:
                thread.join()
            service.kill()
        rows = json.loads(run("-c", TELL, folder))
        newest = {(key, year): told for key, _, year, _, told in rows}
        lost = {
            place: (count, newest.get(place))
            for place, count in load.kept.items()
            if int((newest.get(place) or [{"amount": 0}])[0]["amount"]) < count
        }
        by_year: dict[int, int] = {}
        for _, _, year, _, _ in rows:
            if year < YEARS[0]:
                by_year[year] = by_year.get(year, 0) + 1
        assert load.problems == []
        assert lost == {}
        assert [year for _, year in load.imports if by_year.get(year) != ENTERPRISES] == []
        assert {year: count for year, count in by_year.items() if count != ENTERPRISES} == {}
        print(run("-m", "separatrix", "park", "admin", "verify", folder))
        print(f"{kind}: {KILLS} kills, {len(load.kept)} reports kept, {len(load.imports)} imports accepted")
        assert len(load.kept) > ENTERPRISES and len(load.imports) > 0
