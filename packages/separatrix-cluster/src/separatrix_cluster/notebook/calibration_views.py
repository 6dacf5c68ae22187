"""A calibrated game at a prompt and in a notebook: one screen, and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.languages.number_text import rounded
from separatrix.notebook.summary import Summary, SummaryTable

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.calibration.calibration import Calibration

__all__ = ["FRAMES", "SUMMARIES"]

DIGITS = 5


def _summary(found: Calibration) -> Summary:
    """The parameters, who acts today, and the basis of the speed."""
    rows = tuple(
        (
            p.name,
            rounded(float(p.estimate.value), DIGITS),
            "" if p.estimate.certain else rounded(float(p.estimate.low), DIGITS),
            "" if p.estimate.certain else rounded(float(p.estimate.high), DIGITS),
            p.estimate.basis,
        )
        for p in found.parameters
    )
    facts = [("pair", found.pair), ("unit", found.unit)]
    for side in found.sides:
        acting = "not known" if side.today is None else f"{100 * float(side.today.value):.0f} %"
        facts.append((f"{side.name} who act today", acting))
    facts.append(("answers in years", "none" if found.speed is None else found.speed.basis))
    table = SummaryTable(("parameter", "value", "from", "to", "basis"), rows)
    return Summary(f"Calibration: {found.cluster.name}", tuple(facts), (table,))


def _frame(found: Calibration) -> pandas.DataFrame:
    """A row for each parameter."""
    import pandas as pd

    rows = [
        {
            "name": p.name,
            "value": float(p.estimate.value),
            "low": float(p.estimate.low),
            "high": float(p.estimate.high),
            "unit": found.unit,
            "basis": p.estimate.basis,
            "source": "; ".join((str(p.estimate.how), *p.estimate.sources)),
        }
        for p in found.parameters
    ]
    return pd.DataFrame(rows).set_index("name")


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {"Calibration": _summary}
FRAMES: Mapping[str, Callable[[Any], Any]] = {"Calibration": _frame}
