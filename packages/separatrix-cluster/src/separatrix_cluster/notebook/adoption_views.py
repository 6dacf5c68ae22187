"""Fits to a history of adoption at a prompt and in a notebook: summaries, tables and the figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import percent
from separatrix.languages import language_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix_cluster.documents.adoption import SYMBOLS, drawn_curves
from separatrix_cluster.figures.rival_curves import paint_rival_curves

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.adoption.adoption_fit import AdoptionFit, FittedAdvantage
    from separatrix_cluster.adoption.rival_models import AdoptionRivals

__all__ = ["FRAMES", "PLOTS", "SUMMARIES"]


def _fit(found: AdoptionFit) -> Summary:
    """Return the advantages of each group in one screen."""
    rows = []
    for group in found.groups:
        for name, advantage in _advantages(found, group.history.name):
            interval = f"{advantage.low:.3g} to {advantage.high:.3g}"
            bound = advantage.bound
            value = (
                f"{advantage.value:.3g}"
                if bound is None
                else f"{'below' if bound < 0 else 'above'} {bound:g}"
            )
            rows.append((group.history.name or "all", name, value, interval))
    years = found.history.groups[0].years
    facts = [
        ("years", f"{years[0]} to {years[-1]}, {len(years)} with data"),
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


def _fit_frame(found: AdoptionFit) -> pandas.DataFrame:
    """Return a row for each group and advantage."""
    import pandas as pd

    rows = [
        {"group": g.history.name, "advantage": key, **getattr(g, key).to_dict()}
        for g in found.groups
        for key in ("advantage_when_all", "advantage_when_none")
    ]
    return pd.DataFrame(rows).set_index(["group", "advantage"])


def _rivals(found: AdoptionRivals) -> Summary:
    """Return the curves, the best first, in one screen."""
    best = found.curves[0].aicc
    rows = tuple(
        (
            str(c.curve.title),
            ", ".join(f"{SYMBOLS[name]} {value:.3g}" for name, (value, _, _) in c.values.items()),
            f"{c.aicc - best:.1f}",
            "" if c.missed is None else percent(c.missed, 1),
        )
        for c in found.curves
    )
    heads = ("curve", "values", "AICc", f"last {found.held_back} years")
    facts = (
        ("history", f"{found.group.years[0]} to {found.group.years[-1]}"),
        ("verdict", str(found.verdict)[:88]),
    )
    return Summary("Curves of adoption", facts, (SummaryTable(heads, rows),))


def _rivals_frame(found: AdoptionRivals) -> pandas.DataFrame:
    """Return a row for each curve and year."""
    import pandas as pd

    rows = [
        {"curve": c.curve.key, "year": year, "share": share, "path": path, "low": low, "high": high}
        for c in found.curves
        for year, share, path, low, high in zip(
            found.group.years, found.group.shares, c.path, c.quantiles[0], c.quantiles[-1], strict=True
        )
    ]
    return pd.DataFrame(rows).set_index(["curve", "year"])


def _plot_rivals(found: AdoptionRivals, ax: Any) -> Any:
    """Draw the history and the curves."""
    from separatrix.notebook.axes import HIGH, WIDE, single_axes

    axes = single_axes(ax, (WIDE, HIGH))
    curves = drawn_curves(found, language_of("en"))
    paint_rival_curves(axes, found.group.years, found.group.shares, curves)
    axes.set_xlabel("year")
    axes.set_ylabel("share that cooperates")
    return axes


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {"AdoptionFit": _fit, "AdoptionRivals": _rivals}
FRAMES: Mapping[str, Callable[[Any], Any]] = {
    "AdoptionFit": _fit_frame,
    "AdoptionRivals": _rivals_frame,
}
PLOTS: Mapping[str, Callable[..., Any]] = {"AdoptionRivals": _plot_rivals}
"""By the name of the class."""
