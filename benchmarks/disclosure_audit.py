"""What a park's publications give away, and what to withhold, beside pytauargus.

The park of 400 enterprises has published ten tables of two years, one of them again after 24 enterprises had
corrected their values; the pages of all tell averages of their sector and in which half of it they are, some
have feedback sheets, and everybody knows the order of the six largest.  pytauargus protects one table by
suppression; it has no audit over several releases, nor against enterprises that collude.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from separatrix_cluster.disclosure.audit import EarlierReleases, audit
from separatrix_cluster.disclosure.cell_suppression import suppress
from separatrix_cluster.disclosure.released_figure import Cell, Release, average, place, ranking, total
from timing import Plan, Row, seconds, shown

__all__ = ["WORKLOADS", "releases"]

PEER_SUPPRESSION = Path(__file__).with_name("peer_suppression.py")
ENTERPRISES = 400
SECTORS = (0.18, 0.14, 0.12, 0.1, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04, 0.035, 0.025)
LEAST = 8
"""Groups of fewer are put together."""

Values = dict[Cell, float]
Pick = Callable[[int], Iterable[Cell]]


def _groups(kinds: Any) -> list[list[int]]:
    found = [np.flatnonzero(kinds == kind).tolist() for kind in np.unique(kinds)]
    small = [k for group in found if len(group) < LEAST for k in group]
    return [group for group in found if len(group) >= LEAST] + ([small] if small else [])


def releases(count: int = ENTERPRISES, seed: int = 1) -> tuple[Values, list[Release]]:
    """Return the values of a park and all that was ever released of them."""
    numbers = np.random.default_rng(seed)
    sector = numbers.choice(len(SECTORS), count, p=SECTORS)
    district = numbers.integers(0, 5, count)
    size = np.exp(numbers.normal(7, 1.1, count))
    scale = np.digitize(size, np.quantile(size, [0.4, 0.75]))
    values: Values = {}
    for year in (2023, 2024):
        for name, per_size in (
            ("scope 1", 1.0),
            ("scope 2", 0.6),
            ("energy", 14.0),
            ("output", 0.4),
            ("water", 3.0),
        ):
            amounts = np.round(size * per_size * np.exp(numbers.normal(0, 0.4, count)), 1)
            values |= {_cell(k, f"{name} {year}"): float(v) for k, v in enumerate(amounts)}
    corrected = set(numbers.choice(count, 24, replace=False).tolist())
    for k in sorted(corrected):
        for name in ("scope 1 2023", "energy 2023"):
            error = float(np.exp(numbers.normal(0, 0.5)))
            values[_cell(k, f"{name}, version 2")] = round(values[_cell(k, name)] * error, 1)

    def again(name: str) -> Pick:
        return lambda k: [_cell(k, f"{name}, version 2" if k in corrected else name)]

    everybody = np.zeros(count, dtype=int)
    carbon = {
        y: (_of(f"scope 1 {y}"), _of(f"scope 2 {y}"), _of(f"scope 1 {y}", f"scope 2 {y}"))
        for y in (2023, 2024)
    }
    tables: list[tuple[Any, Sequence[Pick]]] = [
        (sector, carbon[2023]),
        (district, carbon[2023]),
        (sector, [_of("energy 2023")]),
        (everybody, [again("scope 1 2023"), again("energy 2023")]),
        (sector, carbon[2024]),
        (sector, [_of("energy 2024")]),
        (scale, carbon[2024]),
        (district, [_of("energy 2024")]),
        (sector, [_of("output 2024")]),
        (5 * sector + district, [_of("water 2024")]),
    ]
    told: list[Release] = []
    for number, (kinds, columns) in enumerate(tables, 1):
        for line, members in enumerate(_groups(kinds)):
            for column, pick in enumerate(columns):
                cells = [c for k in members for c in pick(k)]
                told.append(total(f"table {number}, {line}, {column}", cells, values, rounding=1.0))
    return values, [*told, *_pages(values, _groups(sector)), *_sheets(values, size, numbers)]


def _cell(enterprise: int, quantity: str) -> Cell:
    return Cell(f"E{enterprise:03}", quantity)


def _of(*quantities: str) -> Pick:
    return lambda k: [_cell(k, q) for q in quantities]


def _pages(values: Values, groups: Sequence[Sequence[int]]) -> list[Release]:
    """Return what the page of each enterprise tells: averages, and in which half of its group it is."""
    told: list[Release] = []
    for name in ("scope 1 2024", "energy 2024"):
        for members in groups:
            pairs = {k: (_cell(k, name), _cell(k, "output 2024")) for k in members}
            ratio = {k: values[a] / values[b] for k, (a, b) in pairs.items()}
            told += average(f"average {name}", pairs.values(), values, digits=2)
            for k in members:
                others = [j for j in members if j != k]
                better = 2 * sum(ratio[j] < ratio[k] for j in others)
                half = "middle" if better == len(others) else "worse half"
                told.append(
                    place(
                        f"page of {k}",
                        ratio[k],
                        [pairs[j] for j in others],
                        "better half" if better < len(others) else half,  # type: ignore[arg-type]
                        reader=f"E{k:03}",
                    )
                )
    return told


def _sheets(values: Values, size: Any, numbers: np.random.Generator) -> list[Release]:
    """Return feedback sheets, sums of the twelve nearest in size, and the order of six that lie far apart."""
    told: list[Release] = []
    for k in numbers.choice(len(size), len(size) // 10, replace=False).tolist():
        peers = np.argsort(np.abs(np.log(size / size[k])))[:12].tolist()
        cells = [_cell(j, "energy 2024") for j in peers]
        told.append(total(f"sheet of {k}", cells, values, rounding=10.0, reader=f"E{k:03}"))
    ordered = sorted((_cell(k, "energy 2024") for k in range(len(size))), key=lambda c: -values[c])
    apart = ordered[:1]
    for cell in ordered:
        if len(apart) < 6 and values[cell] < 0.6 * values[apart[-1]]:
            apart.append(cell)
    return [*told, *ranking("order of the largest", apart, values)]


def audited(plan: Plan) -> list[Row]:
    """Time the audit of all that was released, against anybody and against two that collude."""
    del plan
    rows = []
    values, told = releases()
    for colluders, goal in ((0, ""), (2, "≤ 60 s")):
        found = None

        def run(colluders: int = colluders) -> None:
            nonlocal found
            found = audit(values, told, colluders=colluders)

        taken = seconds(run)
        assert found is not None
        work = (
            f"audit of ten tables and the pages of {ENTERPRISES} enterprises, {colluders} colluding: "
            f"{found.cells:,} values, {found.programmes:,} programmes, "
            f"{len(found.disclosures)} known too narrowly"
        )
        rows.append(Row(work, shown(taken), "no peer", "", goal))
    return rows


def audited_again(plan: Plan) -> list[Row]:
    """Time what further figures tell of a value that each two of thirty knew before, once and again."""
    del plan
    values = {Cell("large", "heat"): 1000.0} | {Cell(f"E{k:02}", "heat"): 5.3 for k in range(30)}
    earlier = EarlierReleases(values, [total("all", values, values)])
    rows = []
    for number, rounding in (("first", 50.0), ("second", 100.0)):
        told = [total("all, rounded", values, values, rounding=rounding)]
        taken = seconds(partial(earlier.new_disclosures, told))
        work = f"a value that 435 pairs knew before: the {number} table audited beside it"
        rows.append(Row(work, shown(taken), "no peer", ""))
    return rows


def withheld(plan: Plan) -> list[Row]:
    """Compare what is withheld of tables by sector and district, by value, with pytauargus's optimum."""
    rows = []
    for count, sectors, districts in ((120, 6, 4), (400, 12, 5)):
        numbers = np.random.default_rng(2)
        micro = [
            (f"E{k:03}", f"S{s:02}", f"D{d}", float(v))
            for k, (s, d, v) in enumerate(
                zip(
                    numbers.integers(0, sectors, count).tolist(),
                    numbers.integers(0, districts, count).tolist(),
                    np.round(np.exp(numbers.normal(5, 1, count))).tolist(),
                    strict=True,
                )
            )
        ]
        values = {Cell(e, "heat"): v for e, _, _, v in micro}
        groups: dict[str, list[Cell]] = {}
        for e, s, d, _ in micro:
            for name in (f"{s}|{d}", f"{s}|Total", f"Total|{d}", "Total|Total"):
                groups.setdefault(name, []).append(Cell(e, "heat"))
        table = [total(name, cells, values) for name, cells in groups.items()]
        cost = {f.name: f.low for f in table}
        taken = seconds(partial(suppress, values, table, cost=cost))
        ours = suppress(values, table, cost=cost)
        mine = sum(cost[f.name] for f in ours.withheld)
        work = (
            f"{len(table)} figures of {count} enterprises: {len(ours.withheld)} withheld, {mine:,.0f} in all"
        )
        done = subprocess.run(
            [plan.peer, str(PEER_SUPPRESSION)],
            input=json.dumps(micro),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            rows.append(Row(work, shown(taken), "pytauargus: not installed", "", "≤ 2× withheld"))
            continue
        reply = json.loads(done.stdout.splitlines()[-1])
        theirs = sum(cost[name] for name in reply["withheld"])
        left = audit(values, [f for f in table if f.name not in reply["withheld"]])
        told = (
            f"pytauargus, p % rule against two and optimal suppression: {shown(reply['seconds'])}, "
            f"{len(reply['withheld'])} withheld, {theirs:,.0f} in all, "
            f"{len(left.disclosures)} known too narrowly"
        )
        rows.append(Row(work, shown(taken), told, f"{mine / theirs:.2f}× withheld", "≤ 2× withheld"))
    return rows


WORKLOADS = (audited, audited_again, withheld)
