"""A quotient of the cluster's sums, such as carbon per value added, scored against the sectors' quartiles."""

from __future__ import annotations

import numpy as np

from separatrix.cluster.diagnosis.indicator import Indicator
from separatrix.cluster.diagnosis.scores import benchmark, share_that_does_better
from separatrix.cluster.tables.cell_values import Floats
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.panel import sectors_of
from separatrix.sentence import Sentence, say

__all__ = ["quotient"]


def quotient(
    cluster: Cluster,
    key: str,
    name: Sentence,
    top: Floats,
    bottom: Floats,
    year: int,
    *,
    unit: str = "share",
    scale: float = 1.0,
    usual: str = "",
    worse: str = "high",
    once: Floats | None = None,
) -> Indicator | None:
    """Return Σ top / Σ bottom over the enterprises of which both are known; nothing where there are none.

    Parameters
    ----------
    cluster : Cluster
    key, name : str, Sentence
        Of the indicator.
    top, bottom : array, shape (enterprises,)
        In base units; `nan` where not known.
    year : int
        For which benchmarks are looked up.
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
    both = ~np.isnan(top) & ~np.isnan(bottom)
    if not both.any() or not bottom[both].sum() > 0:
        return None
    value = float((top if once is None else once)[both].sum() / bottom[both].sum()) * scale
    coverage = float(both.mean())
    if not usual:
        return Indicator(
            id=key, name=name, value=value, unit=unit, source=say("quotient of sums"), coverage=coverage
        )
    sectors = sectors_of(cluster)
    scores, weights, sources = [], [], []
    for i in np.flatnonzero(both & (bottom > 0)).tolist():
        quartiles = benchmark(cluster, usual, str(sectors[i]), year)
        if quartiles is not None:
            scores.append(share_that_does_better(float(top[i] / bottom[i]), quartiles, worse=worse))
            weights.append(float(bottom[i]))
            sources.append(quartiles.source)
    if not scores:
        return Indicator(
            id=key,
            name=name,
            value=value,
            unit=unit,
            source=say("quotient of sums"),
            coverage=coverage,
            missing=say("benchmarks of `{name}` to score it", name=usual),
        )
    score = min(1.0, max(0.0, float(np.average(scores, weights=weights))))
    # Those without a benchmark could be anywhere in their sectors.
    told = min(1.0, sum(weights) / float(bottom[both].clip(min=0).sum()))
    return Indicator(
        id=key,
        name=name,
        value=value,
        unit=unit,
        score=score,
        score_low=score * told,
        score_high=max(score, min(1.0, score * told + 1 - told)),
        how=say("the share of their sectors that does better, weighted by size"),
        source=say(
            "quotients by sector against benchmarks, {sources}", sources=", ".join(dict.fromkeys(sources))
        ),
        coverage=coverage,
    )
