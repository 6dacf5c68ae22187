"""Clusters, their carbon accounts and their diagnosis at a prompt and in a notebook: summaries and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.notebook.summary_texts import facts_of

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.accounts.result import CarbonAccounts
    from separatrix_cluster.diagnosis.diagnose import Diagnosis
    from separatrix_cluster.tables.cluster import Cluster

__all__ = ["FRAMES", "SUMMARIES"]


def _cluster(found: Cluster) -> Summary:
    rows = tuple((name, f"{len(table):,}") for name, table in found.tables.items())
    facts = facts_of(
        ("enterprises", len(found.enterprises)),
        ("remarks", len(found.remarks) or None),
        ("unreadable", ", ".join(found.broken)),
    )
    return Summary(f"Cluster: {found.name}", facts, (SummaryTable(("table", "rows"), rows),))


def _accounts(found: CarbonAccounts) -> Summary:
    rows = []
    for year in found.years:
        sums = []
        for scope in (1, 2):
            values = found.by_enterprise(year, scope=scope, internal=False)
            sums.append(float(values[values == values].sum()))
        rows.append((str(year), *(f"{value:,.0f}" for value in sums), f"{sum(sums):,.0f}"))
    facts = facts_of(
        ("enterprises", len(found.enterprises)),
        ("lines", f"{len(found.year):,}"),
        ("remarks", len(found.remarks) or None),
    )
    heads = ("year", "scope 1, t CO2e", "scope 2, t CO2e", "together")
    return Summary("Carbon accounts, location-based", facts, (SummaryTable(heads, tuple(rows)),))


def _diagnosis(found: Diagnosis) -> Summary:
    def two_decimals(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}"

    rows = tuple(
        (d.name, two_decimals(d.score), two_decimals(d.low), two_decimals(d.high)) for d in found.difficulties
    )
    facts = facts_of(
        ("enterprises", len(found.cluster.enterprises)),
        ("binds most", None if found.binding is None else found.binding.name),
        ("remarks", len(found.remarks) or None),
    )
    table = SummaryTable(("difficulty", "score", "from", "to"), rows)
    return Summary(f"Diagnosis: {found.cluster.name}", facts, (table,))


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {
    "CarbonAccounts": _accounts,
    "Cluster": _cluster,
    "Diagnosis": _diagnosis,
}


def _accounts_frame(found: CarbonAccounts) -> pandas.DataFrame:
    """A row for each line of the accounts."""
    import pandas as pd

    return pd.DataFrame(list(found.lines()), columns=list(found.line_names()))


def _diagnosis_frame(found: Diagnosis) -> pandas.DataFrame:
    """A row for each difficulty."""
    import pandas as pd

    rows = [
        {
            "difficulty": d.name,
            "score": d.score,
            "low": d.low,
            "high": d.high,
            "indicators": len(d.indicators),
        }
        for d in found.difficulties
    ]
    return pd.DataFrame(rows).set_index("difficulty")


FRAMES: Mapping[str, Callable[[Any], Any]] = {
    "CarbonAccounts": _accounts_frame,
    "Diagnosis": _diagnosis_frame,
}
