"""Fits to a history of adoption at a prompt and in a notebook: summary and table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.present.notebook.summary import Summary, SummaryTable
from separatrix.present.wording.numbers import percent

if TYPE_CHECKING:
    import pandas

    from separatrix.cluster.adoption.adoption_fit import AdoptionFit, FittedAdvantage

__all__ = ["adoption_frame", "adoption_summary"]


def adoption_summary(found: AdoptionFit) -> Summary:
    """Return the advantages of each group in one screen."""
    rows = []
    for group in found.groups:
        for name, advantage in _advantages(found, group.history.name):
            interval = f"{advantage.low:.3g} to {advantage.high:.3g}"
            rows.append((group.history.name or "all", name, f"{advantage.value:.3g}", interval))
    years = found.history.groups[0].years
    facts = [
        ("years", f"{years[0]} to {years[-1]}, {len(years)} told"),
        *(
            (f"regime{f' of {g.history.name}' if g.history.name else ''}", _regime(g.regime, g.threshold))
            for g in found.groups
        ),
    ]
    if found.remarks:
        facts.append(("remarks", ", ".join(sorted({remark.code for remark in found.remarks}))))
    heads = ("group", "advantage of cooperating, per year", "value", f"{percent(found.level, 0)} interval")
    title = found.history.title
    return Summary(
        f"Fit to history: {title}" if title else "Fit to history",
        tuple(facts),
        (SummaryTable(heads, tuple(rows)),),
    )


def _regime(regime: str, threshold: float | None) -> str:
    return regime if threshold is None else f"{regime}, at a share of {percent(threshold, 0)} of the others"


def _advantages(found: AdoptionFit, name: str) -> tuple[tuple[str, FittedAdvantage], ...]:
    group = next(g for g in found.groups if g.history.name == name)
    return (
        ("where all others cooperate", group.advantage_when_all),
        ("where none of them does", group.advantage_when_none),
    )


def adoption_frame(found: AdoptionFit) -> pandas.DataFrame:
    """Return a row for each group and advantage."""
    import pandas as pd

    rows = [
        {"group": g.history.name, "advantage": key, **getattr(g, key).to_dict()}
        for g in found.groups
        for key in ("advantage_when_all", "advantage_when_none")
    ]
    return pd.DataFrame(rows).set_index(["group", "advantage"])
