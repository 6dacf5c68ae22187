"""Tables of the documentation that are generated from the program's data and from the list of threats.

A page writes ```` ```{cluster} tables ```` (or units, carriers, factors, processes, standards), or
```` ```{threats} uploads ```` (a section of `tests/threats.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from separatrix_cluster.accounts.emission_factors import FactorRegistry, shipped_factors
from separatrix_cluster.accounts.factor import Factor, process_factors
from separatrix_cluster.frame.standards import standard_named, standards
from separatrix_cluster.tables.carriers import carrier_spellings
from separatrix_cluster.tables.description import FACTOR_SETS
from separatrix_cluster.tables.layout import FieldLayout, TableLayout, layouts
from separatrix_cluster.tables.units import BASE, known_units

__all__ = ["MAKERS", "THREATS", "ClusterTable", "ThreatTable"]

THREATS = Path(__file__).resolve().parent.parent / "tests" / "threats.toml"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [tuple(head), ("---",) * len(head), *rows]
    return ["", *(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in row)} |" for row in cells), ""]


def _kind(column: FieldLayout) -> str:
    if column.choices:
        return ", ".join(f"`{c}`" for c in column.choices)
    told = {"id": "id", "enterprise": "id of `enterprises`", "yes": "yes or no", "share": "share or %"}
    bounds = ""
    if column.kind in ("number", "quantity", "money") and column.low is not None:
        bounds = f" from {column.low:g}" + ("" if column.high is None else f" to {column.high:g}")
    return told.get(column.kind, column.kind) + bounds


def _columns(layout: TableLayout) -> Iterable[Sequence[str]]:
    for column in layout.columns.values():
        needed = " (needed)" if column.required else ""
        names = ", ".join(column.names)
        yield f"`{column.name}`{needed}", column.meaning, _kind(column), names
    for pattern in layout.patterns:
        yield f"`{pattern.name}…`", pattern.meaning, _kind(pattern), ", ".join(pattern.names)


def tables() -> list[str]:
    """Return every table of a cluster folder with its columns."""
    lines = []
    for layout in layouts().values():
        lines += ["", f"**`{layout.name}`**: {layout.meaning} ({layout.meaning_zh})."]
        lines += _table(("column", "what it holds", "kind", "also understood"), _columns(layout))
    return lines


def units() -> list[str]:
    """Return every unit that is understood, with how many of the base unit one of it is."""
    found: dict[str, list[str]] = {}
    for unit in known_units():
        found.setdefault(unit.dimension, []).append(f"`{unit.name}` {unit.factor:.12g}")
    rows = ((dimension, BASE[dimension], ", ".join(names)) for dimension, names in found.items())
    return _table(("of", "base unit", "spelling, and how many of the base unit it is"), rows)


def carriers() -> list[str]:
    """Return the carriers with other names, and which shipped set has a factor for each."""
    rows = []
    for carrier, names in carrier_spellings().items():
        sets = [
            s for s in FACTOR_SETS if not isinstance(FactorRegistry(s, "").fuel(carrier, "energy", 2024), str)
        ]
        told = {"electricity": "grid", "heat": "default"}.get(carrier, ", ".join(f"`{s}`" for s in sets))
        rows.append((f"`{carrier}`", ", ".join(names), told))
    return _table(("carrier", "also understood", "factor in"), rows)


def factors() -> list[str]:
    """Return the shipped factors: of each set of fuels, of grids, and of bought heat."""
    lines = []
    for name, publication in FACTOR_SETS.items():
        mine = [f for f in shipped_factors() if f.source.startswith(publication)]
        mark = "verified" if all(f.verified for f in mine) else "**not verified**"
        lines += ["", f"**`{name}`**: {publication}; {mark}."]
        lines += _table(("carrier", "by amount", "by energy", "note"), _fuels(mine))
    bought = [f for f in shipped_factors() if f.carrier in ("electricity", "heat")]
    lines += ["", "**Bought electricity and heat**"]
    by_area: dict[tuple[str, str, bool], list[Factor]] = {}
    for f in bought:
        by_area.setdefault((f.area or "any", f"{f.carrier}, {f.kind}", f.verified), []).append(f)
    lines += _table(
        ("area", "kind", "factor by year", "verified"),
        (
            (
                area,
                kind,
                ", ".join(f"{f.year}: {_factor(f)}" if f.year else _factor(f) for f in mine),
                "yes" if verified else "**no**",
            )
            for (area, kind, verified), mine in by_area.items()
        ),
    )
    lines += ["", "Publications: " + "; ".join(dict.fromkeys(f.source for f in bought)) + "."]
    return lines


def processes() -> list[str]:
    """Return the processes whose CO2 is computed by stoichiometry."""
    rows = (
        (
            f"`{f.carrier}`",
            ", ".join(names),
            f"{f.value:.3f} tCO2/t" + ("" if content == 1 else f" ({content:.0%} {of})"),
            f.source,
            "yes" if f.verified else "**no**",
        )
        for f, content, of, names in process_factors()
    )
    return _table(("activity", "also understood", "factor", "source", "verified"), rows)


def _fuels(factors: Iterable[Factor]) -> Iterable[Sequence[str]]:
    found: dict[str, dict[bool, Factor]] = {}
    for factor in factors:
        found.setdefault(factor.carrier, {})[factor.dimension == "energy"] = factor
    for carrier, both in found.items():
        source = both[True].source
        note = source.rpartition("guidelines (")[2].removesuffix(")") if "guidelines (" in source else ""
        yield f"`{carrier}`", _factor(both.get(False)), _factor(both[True]), note


def _factor(factor: Factor | None) -> str:
    if factor is None:
        return ""
    scale, unit = 1.0, f"tCO2/{BASE[factor.dimension]}"
    if factor.carrier == "electricity":
        scale, unit = 3.6, "kgCO2/kWh"
    elif factor.dimension == "volume":
        scale, unit = 1e4, "tCO2/1e4 m3"
    low, value, high = (f"{v * scale:.4g}" for v in (factor.low, factor.value, factor.high))
    return f"{value} {unit}" if low == high else f"{value} {unit} ({low}–{high})"


def park_standards() -> list[str]:
    """Return every requirement of the shipped park standards."""
    lines = []
    for name in standards():
        card = standard_named(name)
        mark = "compared with this publication" if card.verified else "**not verified**"
        lines += ["", f"**`{name}`**: {card.title}. {card.source}; {mark}."]
        lines += _table(
            ("requirement", "kind", "threshold", "for", "measured as"),
            (
                (
                    r.text,
                    r.kind,
                    f"{'≤' if r.op == '<=' else '≥'} {r.value:g} {r.unit}",
                    r.applies_if.replace("energy", "tce"),
                    f"`{r.measure}`",
                )
                for r in card.requirements
            ),
        )
    return lines


def threats(section: str) -> list[str]:
    """Return the threats of a section, the protection against each, and its tests."""
    rows = (
        (
            one["attacker"],
            one["threat"],
            one["protection"],
            " ".join(f"`{test.partition('::')[2]}`" for test in one["tests"]),
        )
        for one in tomllib.loads(THREATS.read_text("utf-8"))[section]
    )
    return _table(("attacker or cause", "threat", "protection", "tests"), rows)


MAKERS: Mapping[str, Callable[[], list[str]]] = {
    "tables": tables,
    "units": units,
    "carriers": carriers,
    "factors": factors,
    "processes": processes,
    "standards": park_standards,
}


class ClusterTable(SphinxDirective):
    """Insert a table of the cluster's data."""

    required_arguments = 1

    def lines(self) -> list[str]:
        """Return the table in Markdown."""
        return MAKERS[self.arguments[0]]()

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the table."""
        box = nodes.container()
        box.document = self.state.document
        self.state.nested_parse(StringList(self.lines(), self.arguments[0]), self.content_offset, box)
        return box.children


class ThreatTable(ClusterTable):
    """Insert a table of threats to the platform."""

    def lines(self) -> list[str]:
        """Return the table in Markdown."""
        return threats(self.arguments[0])
