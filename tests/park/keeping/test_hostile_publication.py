"""Publications under attack by whoever reads them all and knows the values of two, by another way."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from park.footprints.makers import described
from park.keeping.filled_park import account, fill
from park_reports import approve
from park_set_up import park_on

YEAR = 2025
PROTECTION = 0.15
PARTS: Mapping[str, tuple[str, ...]] = {
    "scope_1": ("scope_1",),
    "scope_2": ("scope_2",),
    "total": ("scope_1", "scope_2"),
    "energy": ("energy",),
}


def _bills(chance: random.Random) -> list[dict[str, str]]:
    gas, power = chance.lognormvariate(8, 1), chance.lognormvariate(6, 1)
    return [
        {"carrier": "natural_gas", "amount": f"{gas:.0f}", "unit": "GJ"},
        {"carrier": "electricity", "amount": f"{power:.0f}", "unit": "MWh"},
    ]


def _events(chance: random.Random) -> None:
    """Let some correct what they told, one move to another sector, or another one join."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    keys = [f"E{k}" for k in range(8)]
    kind = chance.choice(["one corrects", "some correct", "moves", "joins"])
    if kind == "moves":
        with whole_park("the tests move a member to another sector"):
            moving = Enterprise.objects.get(key=chance.choice(keys))
            Enterprise.objects.filter(pk=moving.pk).update(sector="C31" if moving.sector == "C22" else "C22")
        return
    many = {"one corrects": 1, "some correct": 3, "joins": 0}[kind]
    for key in chance.sample(keys, many) if many else [f"N{secrets.token_hex(2)}"]:
        approve(key, "energy", YEAR, _bills(chance), sector=chance.choice(["C31", "C22", "C26"]))


def _truth() -> dict[tuple[str, str], float]:
    """Return what each enterprise has now, by its key and quantity."""
    from separatrix_park.models import AccountYear
    from separatrix_park.scope import whole_park

    with whole_park("the tests know what is true"):
        rows = AccountYear.objects.filter(year=YEAR).select_related("enterprise")
        return {
            (row.enterprise.key, quantity): value
            for row in rows
            for quantity, value in (
                ("scope_1", row.scope_1 or 0.0),
                ("scope_2", (row.scope_2 or 0.0) - row.inside),
                ("energy", (row.energy or 0.0) - row.energy_inside),
            )
        }


def _sectors() -> dict[str, str]:
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("everybody knows who is in which sector"):
        return dict(Enterprise.objects.values_list("key", "sector"))


def _published(by: Any) -> Any:
    """Return what is published now, by a way out where the table itself would not pass; None for nothing."""
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish

    account()
    checked = figures(Wish(YEAR)).checked
    wish = checked.wish if checked.passes else checked.merging or checked.withholding
    return None if wish is None else publish(wish, "of the year", by)


class _Reader:
    """Somebody who keeps all that was published, and knows who corrected something in between."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.owners: list[str] = []
        self.quantities: list[str] = []
        self.rows: list[np.ndarray] = []
        self.told: list[float] = []
        self._now: dict[tuple[str, str], int] = {}

    def reads(self, content: Mapping[str, Any], truth: Mapping[tuple[str, str], float]) -> None:
        """Take in a publication, and whose values are others than before."""
        for name, value in truth.items():
            if name not in self._now or abs(self.values[self._now[name]] - value) > 1e-9 * max(value, 1.0):
                self._now[name] = len(self.values)
                self.values.append(value)
                self.owners.append(name[0])
                self.quantities.append(name[1])
        sectors = _sectors()
        for part in (content, *content["groups"]):
            those = {k for k, s in sectors.items() if "sectors" not in part or s in part["sectors"]}
            for quantity, amount in part["amounts"].items():
                if amount is not None:
                    chosen = [i for (k, q), i in self._now.items() if k in those and q in PARTS[quantity]]
                    row = np.zeros(200)
                    row[chosen] = 1.0
                    self.rows.append(row)
                    self.told.append(float(amount))

    def learns(self, known: set[str]) -> Iterator[tuple[str, str, float, float, float]]:
        """Yield what comes out too narrowly of others' values for whoever knows those of some enterprises."""
        from scipy.optimize import linprog

        n = len(self.values)
        rows, told = np.array(self.rows)[:, :n], np.array(self.told)
        values, own = np.array(self.values), np.array([owner in known for owner in self.owners])
        bounds = [(v, v) if mine else (0.0, None) for v, mine in zip(values, own, strict=True)]
        limits = np.concatenate([told + 0.5, 0.5 - told])
        for target in self._targets(own):
            value = float(values[target].sum())
            ends = []
            for sign in (1.0, -1.0):
                cost = np.zeros(n)
                cost[target] = sign
                found = linprog(cost, A_ub=np.vstack([rows, -rows]), b_ub=limits, bounds=bounds)
                assert found.status in (0, 3), found.message
                ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
            slack = 1e-6 * value + 1e-6
            if ends[0] > value * (1 - PROTECTION) + slack or ends[1] < value * (1 + PROTECTION) - slack:
                yield self.owners[target[0]], self.quantities[target[0]], value, *ends

    def _targets(self, own: Any) -> Iterator[list[int]]:
        others = [i for i in range(len(self.values)) if not own[i] and self.values[i] > 0]
        yield from ([i] for i in others)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_two_who_read_everything_come_near_to_nobodys_value(seed: int) -> None:
    """Over corrections, moves between sectors and members that join, whatever was published on the way."""
    chance, reader, count = random.Random(seed), _Reader(), 0
    with park_on("sqlite") as park, described(park):
        from separatrix_park.models import Person
        from separatrix_park.scope import whole_park

        for k in range(8):
            approve(f"E{k}", "energy", YEAR, _bills(chance), sector="C31" if k < 4 else "C22")
        with whole_park("the tests look on"):
            office = Person.objects.create_user("office@example.org", "office")
        for _ in range(4):
            made = _published(office)
            if made is not None:
                count += 1
                reader.reads(made.content, _truth())
            _events(chance)
        pairs = list(combinations(sorted(_sectors()), 2))
        learnt = {pair: found for pair in pairs if (found := list(reader.learns(set(pair))))}
    assert count >= 1
    assert learnt == {}


def test_what_two_could_put_together_before_is_not_told_to_everybody() -> None:
    """Under a protection that was raised: a table is not excused for whom others knew already."""
    from dataclasses import replace

    from django.conf import settings

    with park_on("sqlite") as park:
        from separatrix_park.access import Protection
        from separatrix_park.models import Enterprise, Person
        from separatrix_park.records.publication import figures, publish
        from separatrix_park.releases.publication_table import Wish
        from separatrix_park.scope import whole_park

        fill(park.path)
        with whole_park("the tests look on"):
            office = Person.objects.create_user("office@example.org", "office")
        settings.PARK = replace(settings.PARK, publication=Protection(0.15, 1))
        publish(Wish(YEAR), "by sector", office)
        settings.PARK = replace(settings.PARK, publication=Protection(0.15, 2))
        assert figures(Wish(YEAR)).checked.passes  # as it was, it tells nothing new
        with whole_park("the tests move a member to another sector"):
            moved = Enterprise.objects.get(key="E4")
            Enterprise.objects.filter(pk=moved.pk).update(sector="C31")
        found = figures(Wish(YEAR)).checked
        assert any(d.cell.enterprise == str(moved.pk) and d.attackers == () for d in found.disclosures)
