"""Difficulty 1, low understanding: who reports, is certified, is trained, and how far the idea has to travel.

Shi & Chen (2018), section 3.1 (1), name the difficulty; strategy 1 spreads understanding from the leading
enterprises, so their distance on the information network counts.

References
----------
Manski, C. F. (1995). Identification Problems in the Social Sciences. Harvard University Press, ch. 2 (bounds
of a share where some do not answer).
Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley, ch. 2 (finite population correction).
Dijkstra, E. W. (1959). A note on two problems in connexion with graphs. Numer. Math. 1, 269–271.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.bounds import KnownAmounts, column_of, column_year
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.diagnosis.indicators import Indicator, Measured, Rule, mean_bounds, share_interval
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.panel import Cluster, by_enterprise, size_of

__all__ = ["RULES", "leaders_of", "steps_from_leaders"]

_SOURCE = say("share of adopters, with the bounds that those not known leave open, Manski (1995)")
_SHARES = ("reports", "certified", "trained")
_FEW = 10
"""Fewer answers than this get bounds in place of a normal interval."""


def _shares(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return who reports, is certified and is trained."""
    year = column_year(cluster, books, "output")
    output = None if year is None else column_of(cluster, books, "output", year)
    indicators = []
    missing = []
    for column in _SHARES:
        known = by_enterprise(cluster, "awareness", column)
        if np.isnan(known).all():
            missing.append(
                say("{what} (column {column} of the table awareness)", what=_ASKED[column], column=column)
            )
            continue
        indicators.append(_share(column, known, None))
        if column == "reports" and output is not None:
            indicators.append(_share("reports, by output", known, output))
    return Measured(tuple(indicators), (), tuple(missing), {"by_size": _by_size(cluster)})


_ASKED: Mapping[str, Sentence] = {
    "reports": say("which enterprises report their emissions"),
    "certified": say("which have a certified energy or environmental management system"),
    "trained": say("which part of the staff was trained in energy or carbon"),
}

_NAMES: Mapping[str, Sentence] = {
    "reports": say("enterprises that report their emissions"),
    "reports, by output": say("output of those that report their emissions"),
    "certified": say("enterprises with a certified energy or environmental management system"),
    "trained": say("staff trained in energy or carbon, mean over enterprises"),
}


def _share(column: str, known: Floats, weights: KnownAmounts | None) -> Indicator:
    value, low, high = share_interval(known, None if weights is None else weights.value)
    told = ~np.isnan(known)
    if weights is not None and value == value:
        told &= ~np.isnan(weights.value)
        bounds = mean_bounds(
            np.nan_to_num(known), np.nan_to_num(known, nan=1.0), weights.low.clip(0), weights.high.clip(0)
        )
        low, high = (
            (min(value, bounds[0]), max(value, bounds[1])) if np.isfinite(bounds).all() else (0.0, 1.0)
        )
    if value != value:  # no weight is known of those who are known: anything is possible
        return Indicator(
            id=column.replace(", ", "-").replace(" ", "-"),
            name=_NAMES[column],
            value=None,
            unit="share",
            source=_SOURCE,
            missing=say("output of the enterprises for which it is known"),
        )
    return Indicator(
        id=column.replace(", ", "-").replace(" ", "-"),
        name=_NAMES[column],
        value=value,
        unit="share",
        low=low,
        high=high,
        score=1 - value,
        score_low=1 - high,
        score_high=1 - low,
        how=say("the share that does not"),
        source=_SOURCE,
        coverage=float(told.mean()),
    )


def _survey(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return understanding as it was answered."""
    return Measured.of(
        _answered(cluster) or say("answers to a survey (columns survey_… of the table awareness)")
    )


def _answered(cluster: Cluster) -> Indicator | None:
    table = cluster.table("awareness")
    questions = [name for name in table.patterned if name.startswith("survey_")]
    if not questions:
        return None
    low_end, high_end = cluster.description.survey_scale
    answers = np.array([by_enterprise(cluster, "awareness", q) for q in questions])
    with np.errstate(invalid="ignore"):
        told = ~np.isnan(answers).all(axis=0)
        means = np.nanmean(answers[:, told], axis=0)
    if not len(means):
        return None
    unit = (means - low_end) / (high_end - low_end)
    value = float(unit.mean())
    # What was left out of a questionnaire may have been any answer.
    part = (~np.isnan(answers[:, told])).mean(axis=0)
    unsaid = float((unit * (1 - part)).mean()), float(((1 - unit) * (1 - part)).mean())
    # Enterprises are a finite set: of all of them asked, nothing is left to chance.
    missing = 1 - len(unit) / len(cluster.enterprises)
    if len(unit) < _FEW:
        # Too few for a normal interval: those who were not asked may have answered anything.
        value, low, high = share_interval(np.r_[unit, np.full(len(cluster.enterprises) - len(unit), np.nan)])
        low, high = low - unsaid[0] * (1 - missing), high + unsaid[1] * (1 - missing)
    else:
        half = 1.96 * float(unit.std(ddof=1)) / len(unit) ** 0.5 * missing**0.5
        low, high = max(0.0, value - half - unsaid[0]), min(1.0, value + half + unsaid[1])
    return Indicator(
        id="survey",
        name=say("understanding as answered, from 0 to 1"),
        value=value,
        low=low,
        high=high,
        score=1 - value,
        score_low=1 - high,
        score_high=1 - low,
        how=say("the top of the scale"),
        source=_SOURCE
        if len(unit) < _FEW
        else say(
            "mean of {n} questions, normal interval with finite population correction", n=len(questions)
        ),
        coverage=float((~np.isnan(answers)).mean()),
    )


# --------------------------------------------------------------------------- the way from the leaders


def leaders_of(cluster: Cluster) -> Texts:
    """Return the leading enterprises: as marked, else the largest tenth (at least one) by output.

    Empty where neither a mark nor output is known.
    """
    table = cluster.table("enterprises")
    marked = table.numbers("leader") == 1
    if marked.any():
        return np.asarray(cluster.enterprises[marked])
    output = by_enterprise(cluster, "accounts", "output")
    if np.isnan(output).all():
        return np.asarray(cluster.enterprises[:0])
    count = max(1, len(output) // 10)
    return np.asarray(cluster.enterprises)[
        np.argsort(-np.nan_to_num(output, nan=-1.0), kind="stable")[:count]
    ]


def steps_from_leaders(cluster: Cluster) -> Floats:
    """Return how many information links lie between each enterprise and the nearest leader.

    Links are followed in the direction in which information goes; infinite where no way leads.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    names = {name: i for i, name in enumerate(cluster.enterprises)}
    table = cluster.table("links")
    chosen = np.isin(table.texts("kind").astype(str), ["information", "joint project"])
    both = table.texts("kind")[chosen] == "joint project"
    start = np.array([names[n] for n in table.texts("from")[chosen]], dtype=np.int64)
    end = np.array([names[n] for n in table.texts("to")[chosen]], dtype=np.int64)
    rows, columns = np.r_[start, end[both]], np.r_[end, start[both]]
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(names), len(names))).tocsr()
    sources = [names[n] for n in leaders_of(cluster)]
    if not sources:
        return np.full(len(names), np.inf)
    found = dijkstra(graph, indices=sources, unweighted=True, min_only=True)
    return np.asarray(found, dtype=float)


def _reach(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return how far the idea has to travel from the leaders."""
    near = _near_leaders(cluster)
    if near is None:
        return Measured(
            (),
            tuple(_evidence(cluster)),
            (say("who passes on information to whom (kind information in the table links)"),),
        )
    return Measured((near,), tuple(_evidence(cluster)))


def _near_leaders(cluster: Cluster) -> Indicator | None:
    kinds = cluster.table("links").texts("kind")
    if not np.isin(kinds.astype(str), ["information", "joint project"]).any() or not len(leaders_of(cluster)):
        return None
    steps = steps_from_leaders(cluster)
    others = steps > 0
    if not others.any():
        return None
    near = float((steps[others] <= 2).mean())
    # A link more brings nobody farther away.
    links = cluster.table("links")
    most = near if links.given == len(links) else 1.0
    return Indicator(
        id="reach",
        name=say("enterprises within two steps of a leader on the information network"),
        value=near,
        unit="share",
        low=near,
        high=most,
        score=1 - near,
        score_low=1 - most,
        score_high=1 - near,
        how=say("the share that is further away or cut off"),
        source=say("shortest directed paths, Dijkstra (1959)"),
        coverage=1.0,
    )


def _evidence(cluster: Cluster) -> list[Sentence]:
    told = []
    leaders = leaders_of(cluster)
    if len(leaders):
        marked = bool((cluster.table("enterprises").numbers("leader") == 1).any())
        names = ", ".join(cluster.name_of(str(n)) for n in leaders[:5]) + (" …" if len(leaders) > 5 else "")
        told.append(
            say("leading enterprises: {names}", names=names)
            if marked
            else say("the largest by output count as leaders: {names}", names=names)
        )
        if _near_leaders(cluster) is not None:
            cut = int(np.isinf(steps_from_leaders(cluster)).sum())
            if cut:
                told.append(say("enterprises that no information of a leader reaches: {n}", n=cut))
    return told


def _by_size(cluster: Cluster) -> list[dict[str, Any]]:
    sizes = size_of(cluster)
    rows = []
    for size in ("micro", "small", "medium", "large", ""):
        members = sizes == size
        if not members.any():
            continue
        row: dict[str, Any] = {"size": size or "not known", "enterprises": int(members.sum())}
        for column in _SHARES:
            known = by_enterprise(cluster, "awareness", column)[members]
            row[column] = None if np.isnan(known).all() else float(np.nanmean(known))
        rows.append(row)
    return rows


RULES: tuple[Rule, ...] = (_shares, _survey, _reach)
"""How low the understanding of a low-carbon economy is in the cluster."""
