"""A park served as a user would serve it: a process of its own, with the one that works on its queue."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from commands import park_command

__all__ = ["ServedPark", "park_made", "served", "served_park"]

OURS = (sys.executable, "-m", "separatrix", "park")
LINK = re.compile(r"\S+/join/[\w-]+/")


@dataclass(frozen=True)
class ServedPark:
    """A park: its folder, where it is served, and the links that its making printed, by address.

    The link of the first person of the office stands under ``""``.
    """

    folder: Path
    address: str
    links: dict[str, str]

    def at(self, link: str) -> str:
        """Return a printed link as this server has it; the printed one names the usual port."""
        return self.address.rstrip("/") + urlsplit(link).path


@contextmanager
def served_park(folder: Path, *, name: str = "Test park", filled: bool = False) -> Iterator[ServedPark]:
    """Make a park, fill it with the example if asked for, and serve it for the length of a block."""
    links = park_made(folder, name)
    if filled:
        told = _printed("admin", "seed", folder)
        links |= {line.split()[0]: line.split()[1] for line in told.splitlines() if "/join/" in line}
    with served(folder) as address:
        yield ServedPark(folder, address, links)


def park_made(folder: Path, name: str) -> dict[str, str]:
    """Make a park, and return the link of the first person of its office under ``""``."""
    asked = ("--name", name, "--email", "office@park.example", "--country", "CN")
    return {"": LINK.findall(_printed("init", folder, *asked))[-1]}


@contextmanager
def served(folder: Path, *options: str, port: int = 0) -> Iterator[str]:
    """Serve a park for the length of a block, and yield its address."""
    command = [*OURS, "serve", str(folder), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _printed(*arguments: str | Path) -> str:
    done = park_command(*arguments)
    assert done.code == 0, done.errors
    return done.printed
