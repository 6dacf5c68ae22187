"""A thousand events that wait for a partner's node that says nothing, beside others for one that answers.

`python benchmarks/park_outbox.py [KIND]` measures once, on one database or both, and prints what it found.
The nodes are real ones on loopback over TLS, those of the tests; `python benchmarks/park_outbox.py FOLDER
measure` sends in the park of a folder, in a process of its own.  No peer is known to measure beside.
"""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from park_server import KINDS, made_park
from timing import Plan, Row

__all__ = ["WORKLOADS"]

SILENT, ANSWERING = 1_000, 200
"""Events that wait for the node that says nothing, and for the one that answers."""
AFTER = 2.0
"""Seconds that one more event for the node that answers comes about after the first try of the other."""
PATIENCE = 120.0


def sent(folder: Path) -> dict[str, float]:
    """Send what waits in a park, and return the seconds that it took."""
    from separatrix_park.database import configure
    from separatrix_park.folder import open_park

    park = open_park(folder)
    configure(park)
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from django.conf import settings

    from park.footprints.partner_server import LOOPBACK, authority, node_server
    from separatrix_park.access import Access, PartnerNetworks

    settings.PARK = dataclasses.replace(
        park,
        access=Access(address="https://park.example", second_factor=()),
        partners=PartnerNetworks(LOOPBACK, str(authority()[0])),
    )
    with node_server() as node, socket.create_server(("127.0.0.1", 0)) as silent:
        return _sent(node, f"https://127.0.0.1:{silent.getsockname()[1]}")


def _sent(node: Any, silent: str) -> dict[str, float]:
    from separatrix_park.footprints.outbox import enqueue, send_due
    from separatrix_park.footprints.partner_client import PUBLISHED
    from separatrix_park.models import Partner, SentEvent
    from separatrix_park.scope import whole_park

    answering, mute = _partners(node, silent)
    with whole_park("the benchmarks let events wait"):
        for partner, count in ((mute, SILENT), (answering, ANSWERING)):
            for _ in range(count):
                enqueue(partner, PUBLISHED, {"pfIds": ["1"]})
    told: dict[str, float] = {}

    def one_more() -> None:
        time.sleep(AFTER)
        with whole_park("the benchmarks let an event wait"):
            enqueue(answering, PUBLISHED, {"pfIds": ["2"]})

    begun, used = time.perf_counter(), time.process_time()
    thread = threading.Thread(target=one_more)
    thread.start()
    waiting = ANSWERING
    while (waiting or thread.is_alive()) and time.perf_counter() - begun < PATIENCE:
        send_due()
        with whole_park("the benchmarks look"):
            waiting = SentEvent.objects.filter(partner=answering, state="waiting").count()
        told.setdefault("first", time.perf_counter() - begun)
        time.sleep(0 if waiting else 0.1)
    told["all"] = time.perf_counter() - begun
    told["processor"] = time.process_time() - used
    with whole_park("the benchmarks look"):
        kept = SentEvent.objects.filter(partner=mute, state="waiting", next_try__isnull=False).count()
        told["tried"] = sum(SentEvent.objects.filter(partner=mute).values_list("tries", flat=True))
        told["trouble"] = float(bool(Partner.objects.get(pk=mute.pk).trouble))
    return told | {"kept": kept, "arrived": len(node.events)}


def _partners(node: Any, silent: str) -> list[Any]:
    """Return a partner whose node answers, and one whose node says nothing, each wanted by two people."""
    from separatrix_park.footprints.partners import approve, propose, read_connection
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.models.people import scope_of
    from separatrix_park.scope import scoped, whole_park

    with whole_park("the benchmarks admit a member"):
        enterprise = Enterprise.objects.create(key="E01", name="River Steel")
        entry, approval = (
            Person.objects.create_user(f"{role}@example.org", role, enterprise.pk)
            for role in ("entry", "approval")
        )
    found = []
    for name, text in (
        ("Answers", node.connection()),
        ("Mute", node.connection().replace(node.address, silent)),
    ):
        with scoped(scope_of(entry)):
            proposed = propose(name, read_connection(text), entry)
        with scoped(scope_of(approval)):
            found.append(approve(proposed, approval)[0])
    return found


def measured(kind: str) -> dict[str, float]:
    """Send within a process of its own, on one of the databases."""
    with made_park(kind) as folder:
        command = [sys.executable, __file__, str(folder), "measure"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    told: dict[str, float] = json.loads(done.stdout)
    return told


def outbox(plan: Plan) -> list[Row]:
    """Tell how long events wait for a node that answers beside a thousand for one that says nothing."""
    none = "– (no peer known)"
    rows = []
    for kind in KINDS:
        told = measured(kind)
        work = f"{ANSWERING} events to a node beside {SILENT:,} to one that says nothing, on {kind}"
        rows.append(Row(f"{work}: all sent within", f"{told['all']:.1f} s", none, "–"))
        rows.append(Row("the same: processor time", f"{told['processor']:.1f} s", none, "–"))
    return rows


WORKLOADS = (outbox,)

if __name__ == "__main__":
    if len(sys.argv) > 2:
        json.dump(sent(Path(sys.argv[1])), sys.stdout)
    else:
        for name in sys.argv[1:] or KINDS:
            print(name, {key: round(value, 2) for key, value in measured(name).items()})
