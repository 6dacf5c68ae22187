"""Measures of a cluster at a prompt and in a notebook: one screen, and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.notebook.summary import Summary, SummaryTable

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.measures.abatement import Abatement

__all__ = ["FRAMES", "SUMMARIES"]


def _summary(found: Abatement) -> Summary:
    """The curve, and the requested set."""
    rows = tuple(
        (
            step.measure.name,
            f"{float(step.abatement):,.0f}",
            "" if step.cost_per_tonne is None else f"{float(step.cost_per_tonne):,.0f}",
        )
        for step in found.curve
    )
    facts = [
        ("together", f"{float(found.together.abatement):,.0f} t CO2e a year"),
        ("pay by themselves", f"{len(found.paying)} of {len(found.curve)}"),
    ]
    if found.chosen is not None:
        facts.append(("chosen", ", ".join(found.chosen.ids) or "none"))
        if found.chosen.missing:
            facts.append(("missing", f"{float(found.chosen.missing):,.0f} t CO2e a year"))
    if found.path is not None:
        begun = "; ".join(f"{y.year}: {', '.join(y.begun)}" for y in found.path.years if y.begun)
        facts.append(("begun", begun or "nothing"))
    if found.remarks:
        facts.append(("remarks", str(len(found.remarks))))
    currency = found.cluster.description.currency
    heads = ("measure", "t CO2e a year", f"{currency} per t")
    return Summary(f"Measures: {found.cluster.name}", tuple(facts), (SummaryTable(heads, rows),))


def _frame(found: Abatement) -> pandas.DataFrame:
    """A row for each measure on the curve, in its order."""
    import pandas as pd

    told = ("id", "enterprise", "name", "abatement", "cost_per_tonne", "net_cost", "investment", "pays")
    rows = [{name: step.to_dict()[name] for name in told} for step in found.curve]
    return pd.DataFrame(rows, columns=list(told)).set_index("id")


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {"Abatement": _summary}
FRAMES: Mapping[str, Callable[[Any], Any]] = {"Abatement": _frame}
