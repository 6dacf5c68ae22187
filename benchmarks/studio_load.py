"""Fifty people at the studio at once, dragging levers and asking for what takes long; no peer serves games.

`python benchmarks/studio_load.py` measures once and prints what it found.  Each client drags for a while,
asks for the labels where its lever rests, then for the basins, and gives these up when it drags on.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from timing import Plan, Row

__all__ = ["WORKLOADS", "Load", "measured"]

CLIENTS = 50
SECONDS = 20.0
GAME = "wang-2023"
PATIENCE = 2.0
"""Seconds that a client waits for basins before it drags on."""


@dataclass
class Load:
    """What a run saw: times in seconds, memory in bytes."""

    cheap: list[float] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    basins: int = 0
    given_up: int = 0
    errors: list[str] = field(default_factory=list)
    server: int = 0
    workers: dict[int, int] = field(default_factory=dict)


class Client:
    """One browser: a connection that stays open, with the cookie that the server knows."""

    def __init__(self, address: str, load: Load) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.token = parts.query.partition("=")[2]
        self.load = load
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, data: object = None, *, cheap: bool = True) -> Any:
        """Return the answer to one request, and note how long it took where it should be quick."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._streams
        name = f"{self.host}:{self.port}"
        body = b"" if data is None else json.dumps(data).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: {name}", f"Origin: http://{name}"]
        head += [f"Cookie: separatrix-{self.port}={self.token}", f"Content-Length: {len(body)}", "", ""]
        begun = time.perf_counter()
        writer.write("\r\n".join(head).encode() + body)
        status = int((await reader.readline()).split()[1])
        length = 0
        while line := (await reader.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        content = await reader.readexactly(length)
        if cheap:
            self.load.cheap.append(time.perf_counter() - begun)
        if status >= 400:
            self.load.errors.append(f"{method} {path}: {status} {content[:200]!r}")
        return json.loads(content)

    async def drag(self, until: float, chance: random.Random) -> None:
        """Drag and ask until it is late."""
        model = (await self.ask("GET", "/api/start", cheap=False))["hash"]
        while time.perf_counter() < until:
            await asyncio.sleep(chance.uniform(0.3, 1.5))
            await self.ask("GET", "/api/alive")
            place = {"parameters": {"PA": f"{chance.randrange(1, 10_000)}/1000"}}
            begun = time.perf_counter()
            news = await self.task(model, "labels", place)
            while news["state"] in ("queued", "running"):
                news = await self.news(news, 20)
            self.load.labels.append(time.perf_counter() - begun)
            if news["state"] == "failed":
                self.load.errors.append(f"labels: {news['error']}")
            news = await self.task(model, "basins", {**place, "cells": 64})
            late = time.perf_counter() + PATIENCE
            while news["state"] in ("queued", "running") and (left := late - time.perf_counter()) > 0:
                news = await self.news(news, left)
            if news["state"] == "done":
                self.load.basins += 1
            elif news["state"] == "failed":
                self.load.errors.append(f"basins: {news['error']}")
            else:
                self.load.given_up += 1
                await self.ask("DELETE", f"/api/jobs/{news['id']}")

    async def task(self, model: str, task: str, arguments: object) -> Any:
        """Ask for a task."""
        return await self.ask("POST", "/api/jobs", {"model": model, "task": task, "arguments": arguments})

    async def news(self, news: Any, wait: float) -> Any:
        """Wait for news of a task."""
        path = f"/api/jobs/{news['id']}?wait={wait:.3f}&seen={news['progress']}"
        return await self.ask("GET", path, cheap=False)


def memory_of(process: int) -> int:
    """Return the bytes that a process holds; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


def children_of(process: int) -> list[int]:
    """Return the processes that a process started; none where the system does not tell."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
        own = [int(child) for child in text.split()]
        threads = Path(f"/proc/{process}/task").iterdir()
        return sorted({*own, *(int(c) for t in threads for c in (t / "children").read_text("ascii").split())})
    except OSError:
        return []


async def watch(server: int, load: Load) -> None:
    """Note the most memory that the server and its workers hold."""
    while True:
        load.server = max(load.server, memory_of(server))
        for child in children_of(server):
            load.workers[child] = max(load.workers.get(child, 0), memory_of(child))
        await asyncio.sleep(0.25)


async def _all(address: str, server: int, load: Load) -> None:
    watching = asyncio.create_task(watch(server, load))
    until = time.perf_counter() + SECONDS
    clients = [Client(address, load).drag(until, random.Random(k)) for k in range(CLIENTS)]
    await asyncio.gather(*clients)
    watching.cancel()


def measured() -> Load:
    """Start a studio as a user would, and let the clients at it."""
    command = [sys.executable, "-m", "separatrix", "studio", GAME, "--no-browser"]
    load = Load()
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        try:
            asyncio.run(_all(address, server.pid, load))
        finally:
            server.terminate()
    return load


def quantile(times: list[float], part: float) -> float:
    """Return the time within which a part of all requests was answered."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


def fifty_clients(plan: Plan) -> list[Row]:
    """Tell how quickly cheap requests are answered, and what memory all of it takes."""
    load = measured()
    none = "– (no peer serves games)"
    work = f"studio, {CLIENTS} people dragging on {GAME} and asking for labels and basins for {SECONDS:.0f} s"
    workers = max(load.workers.values(), default=0)
    return [
        Row(
            f"{work}: cheap requests, 95 % of {len(load.cheap):,} within",
            f"{1000 * quantile(load.cheap, 0.95):.0f} ms",
            none,
            "–",
            "≤ 200 ms",
        ),
        Row(
            f"the same: labels from the server, 95 % of {len(load.labels):,} within",
            f"{1000 * quantile(load.labels, 0.95):.0f} ms",
            none,
            "–",
        ),
        Row("the same: errors", f"{len(load.errors)}", none, "–", "0"),
        Row("the same: memory of the server", f"{load.server / 1e6:.0f} MB", none, "–", "≤ 300 MB"),
        Row("the same: memory of the larger worker", f"{workers / 1e6:.0f} MB", none, "–", "≤ 500 MB"),
    ]


WORKLOADS = (fifty_clients,)

if __name__ == "__main__":
    for row in fifty_clients(Plan("", 1, 1, 1.0)):
        print(f"{row.work}: {row.ours} {row.goal and f'(goal {row.goal})'}")
