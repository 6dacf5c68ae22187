"""Random clusters, their complete tables, and the same tables with random gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cluster.folders import DESCRIPTION, write

__all__ = ["RandomCluster", "random_cluster"]

Row = tuple[Any, ...]

# carrier, unit, t CO2 per unit for the size of amounts
CARRIERS = (
    ("raw_coal", "t", 1.9),
    ("natural_gas", "1e4 m3", 21.6),
    ("diesel", "t", 3.1),
    ("electricity", "MWh", 0.55),
    ("heat", "GJ", 0.11),
)
_POWER = 3
HEADS = {
    "enterprises": "id,sector,opened,closed",
    "energy": "enterprise,year,carrier,amount,unit",
    "emissions": "enterprise,year,kind,amount,unit",
    "accounts": "enterprise,year,output,value_added,staff",
}


@dataclass(frozen=True)
class RandomCluster:
    """Rows of every table, whole and with gaps, and which share of those of energy and emissions is lost."""

    whole: dict[str, list[Row]]
    gapped: dict[str, list[Row]]
    lost: float

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both and return their folders."""
        return tuple(  # type: ignore[return-value]
            write(folder / name, DESCRIPTION, **{t: _text(t, rows) for t, rows in tables.items()})
            for name, tables in (("whole", self.whole), ("gapped", self.gapped))
        )


def _text(table: str, rows: Iterable[Row]) -> str:
    return "\n".join([HEADS[table], *(",".join(map(str, row)) for row in rows)]) + "\n"


def random_cluster(seed: int) -> RandomCluster:
    """Return a cluster of 5 to 40 enterprises over 2 to 8 years, and gaps in 2 to 40 % of its rows."""
    rng = np.random.default_rng(np.random.SeedSequence([20261128, seed]))
    whole = _tables(rng)
    gapped, lost = _with_gaps(rng, whole)
    return RandomCluster(whole, gapped, lost)


def _tables(rng: np.random.Generator) -> dict[str, list[Row]]:
    count, span = int(rng.integers(5, 41)), int(rng.integers(2, 9))
    years = list(range(2023 - span + 1, 2024))
    sectors = int(rng.integers(1, 5))
    intensity, spread = np.exp(rng.normal(0, 0.8, sectors)), rng.uniform(0.3, 1.0)
    swing, drift = rng.uniform(0.02, 0.25), rng.normal(0.02, 0.04)
    tables: dict[str, list[Row]] = {name: [] for name in HEADS}
    for i in range(count):
        name, sector = f"E{i:02d}", int(rng.integers(sectors))
        opened = int(rng.integers(years[0], 2024)) if rng.random() < 0.08 else years[0]
        closed = int(rng.integers(opened, 2024)) if rng.random() < 0.08 else 2023
        said = rng.random() < 0.7
        tables["enterprises"].append(
            (
                name,
                f"C{20 + sector}",
                opened if said and opened > years[0] else "",
                closed if said and closed < 2023 else "",
            )
        )
        size = np.exp(rng.normal(8, 1.2))
        level = size * np.exp(np.cumsum(rng.normal(drift, swing / 2, span)))
        carbon = intensity[sector] * np.exp(rng.normal(0, spread))
        chosen = rng.permutation(len(CARRIERS))[: int(rng.integers(1, 5))]
        if _POWER not in chosen:  # nobody makes anything without it
            chosen[-1] = _POWER
        shares = rng.dirichlet(np.ones(len(chosen)))
        for k, share in zip(chosen.tolist(), shares, strict=True):
            carrier, unit, factor = CARRIERS[k]
            start = int(rng.integers(opened, closed + 1)) if rng.random() < 0.06 else opened
            end = int(rng.integers(start, closed + 1)) if rng.random() < 0.06 else closed
            zeros = rng.random() < 0.6
            for y, year in enumerate(years):
                if start <= year <= end:
                    amount = level[y] * carbon * share / factor * np.exp(rng.normal(0, swing))
                    tables["energy"].append((name, year, carrier, f"{amount:.3f}", unit))
                elif opened <= year <= closed and zeros:
                    tables["energy"].append((name, year, carrier, 0, unit))
        if rng.random() < 0.15:
            for y, year in enumerate(years):
                if opened <= year <= closed:
                    amount = level[y] * carbon * 0.4 * np.exp(rng.normal(0, swing))
                    tables["emissions"].append((name, year, "process", f"{amount:.3f}", "t"))
        rate = rng.uniform(0.15, 0.4)
        for y, year in enumerate(years):
            if opened <= year <= closed:
                output = level[y] * np.exp(rng.normal(0, swing / 2))
                value = output * rate * np.exp(rng.normal(0, swing / 2))
                staff = max(1, round(level[y] / 40))
                tables["accounts"].append((name, year, f"{output:.2f}", f"{value:.2f}", staff))
    return tables


def _with_gaps(rng: np.random.Generator, whole: dict[str, list[Row]]) -> tuple[dict[str, list[Row]], float]:
    """Return the tables with rows, years, carriers and cells made unreadable, and enterprises dropped."""
    gapped = {name: list(rows) for name, rows in whole.items()}
    share = rng.uniform(0.02, 0.4)
    style = rng.choice(["scattered", "scattered", "carrier", "year", "enterprises"])
    years = sorted({row[1] for row in whole["energy"]})
    carrier, year = rng.choice([c[0] for c in CARRIERS]), rng.choice(years)
    dropped = {row[0] for row in whole["enterprises"] if rng.random() < share}
    lost = 0
    for table in ("energy", "emissions", "accounts"):
        rows: list[Row] = []
        for row in whole[table]:
            # A style puts the gaps where it says, and as many again are scattered everywhere.
            hit = rng.random() < (share if style == "scattered" else share / 2)
            if style == "carrier" and table == "energy":
                hit |= row[2] == carrier and row[1] == year
            elif style == "year":
                hit |= row[1] == year and rng.random() < share
            elif style == "enterprises" and table != "accounts":
                hit |= row[0] in dropped and rng.random() < 0.9
            if not hit:
                rows.append(row)
                continue
            lost += table != "accounts"
            spoilt = _spoilt(rng, row, style, table)
            if spoilt is not None:
                rows.append(spoilt)
        gapped[table] = rows
    count = len(whole["energy"]) + len(whole["emissions"])
    return gapped, lost / count


def _spoilt(rng: np.random.Generator, row: Row, style: str, table: str) -> Row | None:
    """Return the row as it cannot be taken, or None where it is not there at all."""
    if style == "enterprises" or rng.random() < 0.35:
        return None
    cells = list(row)
    if table == "accounts":
        cells[int(rng.integers(2, 5))] = "n/a"
        return tuple(cells)
    if style == "carrier" and table == "energy":
        cells[2] = _misspelt(rng, str(cells[2]))
        return tuple(cells)
    place = int(rng.integers(5))
    match place:
        case 0:
            cells[0] = f"{cells[0]}x"
        case 1:
            cells[1] = "last year"
        case 2 if table == "energy":
            cells[2] = _misspelt(rng, str(cells[2]))
        case 4:
            cells[4] = "carts"
        case _:
            cells[3] = rng.choice(["", "many", f"-{cells[3]}", "1e40"])
    return tuple(cells)


def _misspelt(rng: np.random.Generator, carrier: str) -> str:
    if rng.random() < 0.4:
        return "something else"
    at = int(rng.integers(1, len(carrier) - 1))
    return carrier[:at] + carrier[at + 1] + carrier[at] + carrier[at + 2 :]
