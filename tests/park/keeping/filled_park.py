"""A park that the tests of keeping fill: enterprises with people, reports, evidence and a log."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from separatrix_park.records.archive import EVIDENCE

AMOUNTS = (500, 400, 300, 450, 900, 800, 700, 600)
"""GJ of natural gas that each of them reports, by the order of their ids."""


def fill(folder: Path, amounts: Sequence[float] = AMOUNTS, *, year: int = 2025) -> list[Any]:
    """Put enterprises E0, E1, … into a park, each with an approved report of energy; return them."""
    from django.utils import timezone

    from separatrix_park.models import Enterprise, Evidence, LogEntry, Person, Report
    from separatrix_park.scope import whole_park

    (folder / EVIDENCE).mkdir(exist_ok=True)
    made = []
    with whole_park("the tests fill a park"):
        for k, amount in enumerate(amounts):
            enterprise = Enterprise.objects.create(
                key=f"E{k}", name=f"钢铁 'Stahl' {k}\n", sector="C31" if k < 4 else "C22"
            )
            person = Person.objects.create_user(f"a{k}@e.example", "entry", enterprise.pk)
            judge = Person.objects.create_user(f"b{k}@e.example", "approval", enterprise.pk)
            report = Report.objects.create(
                enterprise=enterprise,
                table="energy",
                year=year,
                version=1,
                state="approved",
                rows=[{"carrier": "natural_gas", "amount": str(amount), "unit": "GJ", "note": f"secret-{k}"}],
                salt=secrets.token_bytes(32),
                author=person,
                judge=judge,
                judged=timezone.now(),
            )
            LogEntry.append(str(judge.pk), "approved", report.digest(), about=enterprise.pk)
            content = f"bill {k} {amount}".encode()
            digest = hashlib.sha256(content).hexdigest()
            (folder / EVIDENCE / digest).write_bytes(content)
            Evidence.objects.create(
                enterprise=enterprise,
                report=report,
                name="账单.pdf",
                media_type="application/pdf",
                size=len(content),
                sha256=digest,
                salt=secrets.token_bytes(32),
            )
            made.append(enterprise)
    account()
    return made


def account() -> None:
    """Work out the accounts of all enterprises, as a job does where they are many."""
    from separatrix_park.answers.approved_data import approved
    from separatrix_park.answers.enterprise_accounts import outdated, rework
    from separatrix_park.scope import whole_park

    with whole_park("the tests work out what a job would"):
        data = approved()
        rework(data, outdated(data))
