"""Difficulty 4, weak technology and innovation: research, patents, new products, projects.

Shi & Chen (2018), section 3.1 (4).  Steps of OECD & JRC (2008): indicators, scaling, weights, sum, and how
far the ranks depend on the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.known_amounts import column_of, column_year
from separatrix_cluster.diagnosis.composite_indicator import Ranks, entropy_weights, rank_intervals, scaled
from separatrix_cluster.diagnosis.indicator import Indicator, Measured, Rule
from separatrix_cluster.diagnosis.intensity_quotient import quotient
from separatrix_cluster.tables.cell_values import Floats, Texts
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.description import CRITERIA
from separatrix_cluster.tables.panel import by_enterprise

__all__ = ["RULES", "Innovation", "innovation"]


@dataclass(frozen=True)
class Innovation:
    """The composite of innovation over the enterprises with data.

    Attributes
    ----------
    year : int
        Of the accounts.
    enterprises : array of str
        Those that take part.
    criteria : tuple of str
        The criteria that are known of at least two of them.
    values : array, shape (enterprises, criteria)
        `nan` where not known.
    weights : mapping of str to array
        ``equal``, ``entropy`` and ``given``, as far as each is defined.
    ranks : mapping of str to Ranks
        By weights.
    notes : tuple of Sentence
        Why some weights are not there.
    """

    year: int
    enterprises: Texts
    criteria: tuple[str, ...]
    values: Floats
    weights: dict[str, Floats]
    ranks: dict[str, Ranks]
    notes: tuple[Sentence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "year": self.year,
            "enterprises": self.enterprises.tolist(),
            "criteria": list(self.criteria),
            "values": [[None if np.isnan(v) else float(v) for v in row] for row in self.values],
            "weights": {k: w.tolist() for k, w in self.weights.items()},
            "ranks": {k: r.to_dict() for k, r in self.ranks.items()},
            "notes": [str(n) for n in self.notes],
        }


_COLUMNS = ("value_added", "output", "staff", "rd_spend", "rd_staff", "patents", "new_product_sales")


def _criteria(cluster: Cluster, year: int) -> Floats:
    get = {c: by_enterprise(cluster, "accounts", c, year) for c in _COLUMNS}
    with np.errstate(divide="ignore", invalid="ignore"):

        def per(top: str, bottom: str) -> Floats:
            return np.asarray(np.where(get[bottom] > 0, get[top] / get[bottom], np.nan))

        joint = np.full(len(cluster.enterprises), np.nan)
        links = cluster.table("links")
        chosen = links.texts("kind") == "joint project"
        if chosen.any():
            ends = np.r_[links.texts("from")[chosen], links.texts("to")[chosen]]
            place = {name: i for i, name in enumerate(cluster.enterprises)}
            joint = np.bincount([place[end] for end in ends], minlength=len(place)).astype(float)
        return np.column_stack(
            [
                per("rd_spend", "value_added"),
                per("rd_staff", "staff"),
                1000 * per("patents", "staff"),
                per("new_product_sales", "output"),
                joint,
            ]
        )


def innovation(cluster: Cluster, books: DataCompleteness) -> Innovation | None:
    """Return the composite of the year of the accounts, or None without data."""
    years = [column_year(cluster, books, name) for name in _COLUMNS]
    year = next((y for y in years if y is not None), None)
    if year is None:
        return None
    values = _criteria(cluster, year)
    accounted = ~np.isnan(values[:, :4]).all(axis=1)
    if not accounted.any():
        return None
    values = values[accounted]
    told = [k for k in range(len(CRITERIA)) if (~np.isnan(values[:, k])).sum() >= min(2, len(values))]
    criteria = tuple(CRITERIA[k] for k in told)
    values = values[:, told]
    left = ~np.isnan(values).all(axis=1)  # some may be known by criteria alone that nobody else tells
    if not left.any():
        return None
    values, names = values[left], cluster.enterprises[accounted][left]
    notes: list[Sentence] = []
    weights = {"equal": np.full(len(criteria), 1 / len(criteria))}
    whole = ~np.isnan(values).any(axis=1)
    try:
        weights["entropy"] = entropy_weights(values[whole])
        if not whole.all():
            notes.append(
                say("entropy weights are based on the {n} enterprises with complete data", n=int(whole.sum()))
            )
    except InputError as problem:
        notes.append(say("no entropy weights: {why}", why=problem.message))
    given = cluster.description.weights
    if given:
        chosen = np.array([given.get(name, 0.0) for name in criteria])
        if chosen.sum() > 0:
            weights["given"] = chosen / chosen.sum()
        else:
            notes.append(say("the weights in cluster.yaml name none of {names}", names=", ".join(criteria)))
    unit = scaled(values)
    ranks = dict(zip(weights, rank_intervals(unit, list(weights.values())), strict=True))
    return Innovation(year, names, criteria, values, weights, ranks, tuple(notes))


def _composite(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return what is spent on and comes of innovation, and how far it is from the best of the cluster."""
    composite = innovation(cluster, books)
    missing = (
        [say("patents, R&D and new products by enterprise (table accounts)")] if composite is None else []
    )
    if not (cluster.table("links").texts("kind") == "joint project").any():
        missing.append(say("who develops with whom (kind joint project in the table links)"))
    if composite is None:
        return Measured(missing=tuple(missing))
    indicators = [*_sums(cluster, books, composite.year), _against_best(composite, len(cluster.enterprises))]
    evidence = list(composite.notes)
    first = composite.ranks["equal"]
    order = np.argsort(first.rank)
    # Nobody is first alone, or first of those who are all alike.
    if len(order) > 1 and first.score[order[0]] > first.score[order[1]] + 1e-12:
        evidence.append(
            say(
                "first of the composite: {name} (rank {low} to {high} over all weights)",
                name=cluster.name_of(str(composite.enterprises[order[0]])),
                low=int(first.low[order[0]]),
                high=int(first.high[order[0]]),
            )
        )
    return Measured(tuple(indicators), tuple(evidence), tuple(missing), {"innovation": composite})


def _sums(cluster: Cluster, books: DataCompleteness, year: int) -> list[Indicator]:
    get = {c: column_of(cluster, books, c, year) for c in _COLUMNS}
    made = [
        quotient(
            cluster,
            "rd-intensity",
            say("R&D spending per value added"),
            get["rd_spend"],
            get["value_added"],
            year,
            usual="R&D intensity",
            worse="low",
        ),
        quotient(cluster, "rd-staff", say("R&D staff per staff"), get["rd_staff"], get["staff"], year),
        quotient(
            cluster,
            "patents",
            say("patents per 1000 staff"),
            get["patents"],
            get["staff"],
            year,
            unit="",
            scale=1000.0,
        ),
        quotient(
            cluster,
            "new-products",
            say("sales of new products per output"),
            get["new_product_sales"],
            get["output"],
            year,
        ),
    ]
    return [indicator for indicator in made if indicator is not None]


_DRAWN = 100
"""So many draws at once: all scores of all draws would fill the memory."""


def _means(unit: Floats, known: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Return the mean composite of the enterprises for each choice of weights."""
    scores = weights @ np.where(known, unit, 0.0).T / (weights @ known.T.astype(float))
    return np.asarray(scores.mean(axis=1))


def _against_best(composite: Innovation, everyone: int) -> Indicator:
    unit = scaled(composite.values)
    known = ~np.isnan(unit)
    if len(unit) < 2 or np.nanmax(unit) == np.nanmin(unit):
        # Nobody differs from anybody, so the best of the cluster is no yardstick.
        return Indicator(
            id="innovation",
            name=say("composite of innovation, mean over enterprises; 1 is the cluster's best in everything"),
            value=None,
            source="OECD & JRC (2008)",
            coverage=len(composite.enterprises) / everyone,
            missing=say("enterprises that differ in what is known of innovation"),
        )
    rng = np.random.default_rng(np.random.SeedSequence(0))
    drawn = rng.dirichlet(np.ones(unit.shape[1]), size=2000)
    means = np.concatenate([_means(unit, known, drawn[k : k + _DRAWN]) for k in range(0, len(drawn), _DRAWN)])
    value = min(1.0, max(0.0, float(composite.ranks["equal"].score.mean())))
    low, high = (min(1.0, max(0.0, float(q))) for q in np.quantile(means, [0.025, 0.975]))
    # Those of whom nothing is known could be anywhere.
    told = len(composite.enterprises) / everyone
    low, high = min(low, value) * told, max(high, value) * told + 1 - told
    return Indicator(
        id="innovation",
        name=say("composite of innovation, mean over enterprises; 1 is the cluster's best in everything"),
        value=value,
        low=low,
        high=high,
        score=1 - value,
        score_low=1 - high,
        score_high=1 - low,
        how=say("the distance to the cluster's own best; interval over all weights"),
        source=say("OECD & JRC (2008), weights drawn from a flat Dirichlet distribution"),
        coverage=len(composite.enterprises) / everyone,
    )


RULES: tuple[Rule, ...] = (_composite,)
"""How weak technology and innovation of the cluster are."""
