"""Plans of exchanges at a prompt and in a notebook: summary and table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import percent
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix_cluster.documents.words import amount

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan

__all__ = ["FRAMES", "SUMMARIES"]


def _summary(found: ExchangePlan) -> Summary:
    """Return the exchanges of a plan in one screen."""
    currency = found.problem.currency or "money"
    facts = [
        ("net benefit a year", f"{amount(found.net_benefit)} {currency}"),
        ("gap to the solver's bound", percent(found.gap, 2)),
        ("t CO2e avoided a year", amount(found.abatement)),
        ("investment", f"{amount(found.investment)} {currency}"),
    ]
    if found.facilities:
        facts.append(("facilities", ", ".join(found.facilities)))
    facts += [("cannot be met", str(sentence)) for sentence in found.shortfalls]
    rows = tuple(
        (f.giver, f.taker, f.stream, f"{f.amount:,.12g} {f.unit}", f.facility or "", amount(f.benefit))
        for f in found.flows
    )
    heads = ("from", "to", "stream", "a year", "through", f"benefit, {currency}")
    return Summary("Exchanges", tuple(facts), (SummaryTable(heads, rows),))


def _frame(found: ExchangePlan) -> pandas.DataFrame:
    """Return a row for each exchange."""
    import pandas as pd

    heads = ("from", "to", "stream", "facility", "amount", "received", "unit", "benefit", "paid", "abatement")
    rows = [
        (
            f.giver,
            f.taker,
            f.stream,
            f.facility,
            f.amount,
            f.received,
            f.unit,
            f.benefit,
            f.paid,
            f.abatement,
        )
        for f in found.flows
    ]
    return pd.DataFrame(rows, columns=list(heads))


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {"ExchangePlan": _summary}
FRAMES: Mapping[str, Callable[[Any], Any]] = {"ExchangePlan": _frame}
