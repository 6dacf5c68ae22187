"""Fifty people of enterprises at work in a large park, and an office that looks at page one after approvals.

`python benchmarks/park_load.py [KIND ENTERPRISES SECONDS]` measures once and prints what it found.  People
look at the page of their enterprise, at their lists and forms, and save drafts; beside them reports are
approved, and the office opens page one until it rests on the approval.  No peer is known to measure beside.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from park_data import LAST_YEAR, accounts_of
from park_server import RunningPark, running_park
from studio_load import children_of, memory_of, quantile
from timing import Plan, Row

__all__ = ["WORKLOADS", "Work", "measured"]

SECONDS = 20.0
APPROVALS = 5
OWN_PAGE, PAGE_ONE, API = "/enterprise/", "/answers/", "/api/v1/"
OTHERS = ("/", "/reports/", f"/reports/energy/{LAST_YEAR}/")
VERSION = re.compile(r'class="version">.*?<code>([0-9a-f]+)</code>', re.DOTALL)
PAUSE = (1.0, 5.0)
"""Seconds for which somebody reads a page before they open another."""
PATIENCE = 60.0
SETTLED, IDLE = 20.0, 20.0
"""Seconds until what people left behind is done, and in which nobody does anything."""


@dataclass
class Work:
    """What a run saw: seconds by kind of request, what went wrong, and what the server took for it.

    ``processor`` is the processor time of the server's process while people worked, ``idle`` that of it and
    of the queue's process in a second in which nobody did anything.
    """

    own_page: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    saved: list[float] = field(default_factory=list)
    page_one: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    filled: float = 0.0
    worked_out: float = 0.0
    memory: int = 0
    processor: float = 0.0
    idle: float = 0.0


@dataclass
class Answer:
    """The status, the headers and the text that came back, and after how many seconds."""

    status: int
    headers: dict[str, str]
    text: str
    taken: float


class Browser:
    """A connection that stays open, with the session of one person and a token of theirs."""

    def __init__(self, park: RunningPark, session: dict[str, str], work: Work) -> None:
        self.park, self.work = park, work
        self.role, self.enterprise = session["role"], session["enterprise"]
        self.cookie, self.token = f"{session['name']}={session['cookie']}", session["token"]
        self.there = {f"drafts/accounts/{LAST_YEAR}"}  # of which there is a version already
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def look(self, path: str) -> Answer:
        """Ask for a page as a browser does."""
        return await self._ask("GET", path, {"Cookie": self.cookie})

    async def send(self, method: str, path: str, data: Any = None) -> Any:
        """Send data as a program does, whichever version there is now."""
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if method != "PUT" or path in self.there:
            head["If-Match"] = "*"
        self.there.add(path)
        answer = await self._ask(method, API + path, head, json.dumps(data).encode() if data else b"")
        return json.loads(answer.text) if answer.status < 400 and answer.text else None

    async def _ask(self, method: str, path: str, more: dict[str, str], body: bytes = b"") -> Answer:
        head = {"Host": f"{self.park.host}:{self.park.port}", "Content-Length": str(len(body)), **more}
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in head.items()), "", ""]
        begun, first = time.perf_counter(), b""
        while not first:  # a connection that was idle too long is closed, and another one opened
            if self._streams is None or self._streams[0].at_eof():
                self._streams = await asyncio.open_connection(self.park.host, self.park.port)
            reader, writer = self._streams
            try:
                writer.write("\r\n".join(lines).encode() + body)
                first = await reader.readline()
            except ConnectionResetError:  # it was closed while this was on its way
                self._streams = None
        status = int(first.split()[1])
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        text = (await _content(reader, headers)).decode("utf-8", "replace")
        if status >= 400:
            self.work.errors.append(f"{method} {path}: {status} {text[:200]!r}")
        return Answer(status, headers, text, time.perf_counter() - begun)


async def _content(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


async def at_work(browser: Browser, until: float, chance: random.Random) -> None:
    """Look about and save a draft now and then, with the pauses of somebody who reads."""
    work, number = browser.work, int(browser.enterprise[1:])
    while time.perf_counter() < until:
        await asyncio.sleep(chance.uniform(*PAUSE))
        draw = chance.random()
        if draw < 0.5:
            work.own_page.append((await browser.look(OWN_PAGE)).taken)
        elif draw < 0.95:
            work.others.append((await browser.look(chance.choice(OTHERS))).taken)
        else:
            begun = time.perf_counter()
            await browser.send(
                "PUT", f"drafts/awareness/{LAST_YEAR}", {"rows": [{"trained": f"{number % 90} %"}]}
            )
            work.saved.append(time.perf_counter() - begun)


async def approvals(office: Browser, pairs: list[tuple[Browser, Browser]], until: float) -> None:
    """Correct and approve a report, then look at page one until it rests on that; again and again."""
    turn = 0
    while time.perf_counter() < until:
        entry, judge = pairs[turn % len(pairs)]
        turn += 1
        before = VERSION.search((await office.look(PAGE_ONE)).text)
        if before is None:
            office.work.errors.append(f"{PAGE_ONE}: no version of the data is told")
            return
        await approved(entry, judge, turn)
        begun = time.perf_counter()
        while time.perf_counter() - begun < PATIENCE:
            now = VERSION.search((await office.look(PAGE_ONE)).text)
            if now is not None and now[1] != before[1]:
                office.work.page_one.append(time.perf_counter() - begun)
                break
        await asyncio.sleep(1.0)


async def approved(entry: Browser, judge: Browser, turn: int) -> None:
    """Correct the output of a year, with a reason for each doubt, and have a second person approve it."""
    path = f"drafts/accounts/{LAST_YEAR}"
    (row,) = accounts_of(int(entry.enterprise[1:]), LAST_YEAR)
    row = {**row, "staff": str(int(row["staff"]) + turn)}
    draft = {"rows": [row], "why": "counted again"}
    told = await entry.send("PUT", path, draft)
    reasons = {f["key"]: "it is so" for f in (told or {}).get("findings", ()) if f["severity"] == "warning"}
    await entry.send("PUT", path, {**draft, "reasons": reasons})
    sent = await entry.send("POST", f"{path}/submit")
    if sent is not None:
        await judge.send("POST", f"reports/{sent['id']}/approve")


async def _all(park: RunningPark, work: Work, seconds: float) -> None:
    people = [Browser(park, session, work) for session in park.sessions]
    office = next(b for b in people if b.role == "office")
    judges = {b.enterprise: b for b in people if b.role == "approval"}
    entries = [b for b in people if b.role == "entry"]
    # The program of an enterprise that sends corrections is not the browser of those who work there.
    programs = [Browser(park, session, work) for session in park.sessions if session["role"] == "entry"]
    pairs = [(b, judges[b.enterprise]) for b in programs if b.enterprise in judges]
    begun = time.perf_counter()
    while "<progress" in (await office.look(PAGE_ONE)).text and time.perf_counter() - begun < 2 * PATIENCE:
        await asyncio.sleep(1.0)  # what is worked out once after a park was filled from outside
    work.worked_out = time.perf_counter() - begun
    until, before = time.perf_counter() + seconds, processor_of([park.process])
    tasks = [at_work(b, until, random.Random(k)) for k, b in enumerate(entries)]
    await asyncio.gather(*tasks, approvals(office, pairs, until))
    work.processor = processor_of([park.process]) - before


def processor_of(processes: list[int]) -> float:
    """Return the seconds of processor time that processes have used; 0 where the system does not tell."""
    found = 0
    for process in processes:
        try:
            told = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
        except OSError:
            continue
        found += int(told[11]) + int(told[12])
    return found / os.sysconf("SC_CLK_TCK") if found else 0.0


def measured(kind: str, enterprises: int, seconds: float = SECONDS) -> Work:
    """Let people work in a park of a size on one of the databases."""
    work = Work()
    with running_park(kind, enterprises) as park:
        work.filled = park.filled
        asyncio.run(_all(park, work, seconds))
        work.memory = memory_of(park.process)
        time.sleep(SETTLED)
        processes = [park.process, *children_of(park.process)]
        before = processor_of(processes)
        time.sleep(IDLE)
        work.idle = (processor_of(processes) - before) / IDLE
    return work


def rows_of(kind: str, enterprises: int, goals: tuple[str, str]) -> list[Row]:
    """Return what is told of one size on one database."""
    found = measured(kind, enterprises)
    none = "– (no peer known)"
    work = f"{enterprises:,} enterprises × 5 years by month on {kind}, 50 people with a page every 3 s each"
    worst = max(found.page_one, default=float("nan"))
    return [
        Row(
            f"{work}: page one after an approval, {len(found.page_one)} times within",
            f"{worst:.2f} s",
            none,
            "–",
            goals[0],
        ),
        Row(
            f"the same: an enterprise's page, 95 % of {len(found.own_page):,} within",
            f"{1000 * quantile(found.own_page, 0.95):.0f} ms",
            none,
            "–",
            goals[1],
        ),
        Row(
            f"the same: other pages, 95 % of {len(found.others):,} within",
            f"{1000 * quantile(found.others, 0.95):.0f} ms",
            none,
            "–",
        ),
        Row("the same: errors", str(len(found.errors)), none, "–", "0"),
        Row("the same: memory of the server", f"{found.memory / 1e6:.0f} MB", none, "–"),
    ]


def many_people(plan: Plan) -> list[Row]:
    """Tell how quickly pages come in large parks."""
    usual, large = ("≤ 1 s", "≤ 200 ms"), ("≤ 5 s", "≤ 500 ms")
    return [
        *rows_of("SQLite", 400, usual),
        *rows_of("PostgreSQL", 400, usual),
        *rows_of("PostgreSQL", 4_000, large),
    ]


WORKLOADS = (many_people,)

if __name__ == "__main__":
    kind, size, length = sys.argv[1:4] if len(sys.argv) > 3 else ("SQLite", "400", str(SECONDS))
    seen = measured(kind, int(size), float(length))
    for name in ("own_page", "others", "saved", "page_one"):
        times = getattr(seen, name)
        print(
            f"{name}: {len(times)}, median {quantile(times, 0.5):.3f} s, 95 % {quantile(times, 0.95):.3f} s"
        )
    print(f"filled in {seen.filled:.1f} s, worked out in {seen.worked_out:.1f} s")
    print(f"memory {seen.memory / 1e6:.0f} MB; {len(seen.errors)} errors")
    print(f"processor time of the server {seen.processor:.1f} s, idle {100 * seen.idle:.1f} % of a core")
    print(*dict.fromkeys(e[:160] for e in seen.errors), sep="\n")
