"""A quotient of the cluster's sums, such as carbon per value added, scored against the sectors' quartiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.known_amounts import KnownAmounts
from separatrix_cluster.diagnosis.indicator import Indicator
from separatrix_cluster.diagnosis.scores import benchmark, share_that_does_better
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import sectors_of

__all__ = ["quotient"]

_SAME = 1e-9
"""Sums in another order differ by less than this."""


def quotient(
    cluster: Cluster,
    key: str,
    name: Sentence,
    top: KnownAmounts,
    bottom: KnownAmounts,
    year: int,
    *,
    unit: str = "share",
    scale: float = 1.0,
    usual: str = "",
    worse: str = "high",
    once: Floats | None = None,
) -> Indicator | None:
    """Return Σ top / Σ bottom over the enterprises with both known; None where there are none.

    Where something is missing the interval holds the quotient of all enterprises.

    Parameters
    ----------
    cluster : Cluster
    key, name : str, Sentence
        Of the indicator.
    top, bottom : KnownAmounts
        In base units.
    year : int
        Of both, and for which benchmarks are looked up.
    unit, scale : str, float
        How the value is shown.
    usual : str
        The indicator of the table `benchmarks` to score against; '' for none.
    worse : str
        Whether ``high`` or ``low`` values are worse.
    once : array, shape (enterprises,), optional
        `top` without what the enterprises sold to one another, which would count twice in their sum; each of
        them is compared with its sector as a whole.
    """
    both = ~np.isnan(top.value) & ~np.isnan(bottom.value)
    if both.any() and bottom.value[both].sum() > 0:
        value = float((top.value if once is None else once)[both].sum() / bottom.value[both].sum()) * scale
    elif _in_doubt(top, bottom):
        value = top.usual / bottom.usual * scale  # where nobody is beyond doubt, of all as they were counted
    else:
        return None
    ends = _bounds(top, bottom, value, scale)
    if ends is None:
        return Indicator(
            id=key,
            name=name,
            value=None,
            unit=unit,
            source=say("quotient of sums"),
            coverage=float(both.mean()),
            missing=say("what is missing or in doubt, for nothing bounds it"),
            year=year,
        )
    low, high = ends
    plain = Indicator(
        id=key,
        name=name,
        value=value,
        low=low,
        high=high,
        unit=unit,
        source=say("quotient of sums"),
        coverage=float(both.mean()),
        year=year,
    )
    if not usual:
        return plain
    sectors = sectors_of(cluster)
    scores, weights, sources = [], [], []
    scored = np.flatnonzero(both & (bottom.value > 0))
    of_sector = {
        sector: benchmark(cluster, usual, str(sector), year) for sector in set(sectors[scored].tolist())
    }
    for i in scored.tolist():
        quartiles = of_sector[sectors[i]]
        if quartiles is not None:
            own = float(top.value[i] / bottom.value[i])
            scores.append(share_that_does_better(own, quartiles, worse=worse))
            weights.append(float(bottom.value[i]))
            sources.append(quartiles.source)
    if not scores:
        return replace(
            plain,
            missing=say(
                "to score {name}, what is usual in the sectors (`{key}` in the table benchmarks)",
                name=name,
                key=usual,
            ),
        )
    score = min(1.0, max(0.0, float(np.average(scores, weights=weights))))
    # Those without a benchmark, or of which something is missing, could be anywhere in their sectors.
    untold = np.where(both, bottom.value, bottom.high).clip(min=0)
    everyone = float(untold.sum())
    told = min(1.0, sum(weights) / everyone) if np.isfinite(everyone) else 0.0
    return replace(
        plain,
        score=score,
        score_low=score * told,
        score_high=max(score, min(1.0, score * told + 1 - told)),
        how=say("the share of their sectors that does better, weighted by size"),
        source=say(
            "quotients by sector against benchmarks, {sources}", sources=", ".join(dict.fromkeys(sources))
        ),
    )


def _in_doubt(top: KnownAmounts, bottom: KnownAmounts) -> bool:
    """Return whether both are reported for some enterprise, but all comparisons are excluded as suspected
    errors."""
    there = (top.likely > 0) & (bottom.likely > 0) & (top.low > 0)
    finite = np.isfinite([top.usual, bottom.usual]).all()
    return bool(there.any() and finite and bottom.usual > 0 and not (top.whole and bottom.whole))


def _bounds(
    top: KnownAmounts, bottom: KnownAmounts, value: float, scale: float
) -> tuple[float | None, float | None] | None:
    """Return between which ends the quotient of all enterprises lies: no ends where that is the value.

    None where nothing bounds it.
    """
    if not np.isfinite([top.least, top.most, bottom.least, bottom.most]).all() or bottom.least <= 0:
        return (None, None) if top.whole and bottom.whole else None
    ends = [t / b * scale for t in (top.least, top.most) for b in (bottom.least, bottom.most)]
    low, high = min(value, *ends), max(value, *ends)
    return (None, None) if high - low <= _SAME * abs(value) else (low, high)
