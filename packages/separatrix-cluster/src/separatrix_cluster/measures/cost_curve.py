"""The marginal abatement cost curve: what each tonne costs, from what pays by itself to what costs most.

Where a measure has a net cost, cost per tonne ranks it: the lower the better. Below zero it does not: of
two measures with the same gain, the one that cuts more has the smaller gain per tonne and would come
second. Taylor (2012, The ranking of negative-cost emissions reduction measures, Energy Policy 48, 430-438)
shows that no other ratio corrects this, and orders such measures by Pareto dominance alone: one is before
another where it neither gains nor cuts less. That leaves many pairs open. Measures that pay by themselves
are therefore ranked by their net benefit at the carbon price, which never contradicts dominance; the order
by Pareto fronts is an alternative.

A measure that requires others cannot be had without them.  Those of them that have no place on the curve yet
stand on it together with the measure, as one bundle: what the bundle cuts and costs decides its place, and
whether it pays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from separatrix_cluster.measures.measures import AbatementMeasure
from separatrix_cluster.measures.target import JointAbatement

__all__ = ["CurveStep", "Order", "acting_bundles", "acting_order", "cost_curve", "net_benefit"]

Order = Literal["benefit", "pareto"]
"""How measures that pay by themselves are ranked: by net benefit, or by Pareto fronts."""


@dataclass(frozen=True)
class CurveStep:
    """One measure on the curve: how wide and how high.

    Attributes
    ----------
    measure : AbatementMeasure
    abatement : Fraction
        t CO2e a year that it adds to those before it.
    net_cost : Fraction
        Currency a year: yearly cost less what it still saves.
    alone : Fraction
        t CO2e a year that it would cut alone.
    low, high : Fraction
        The ends of `abatement` where all measures are at one end of their intervals.
    front : int or None
        Which Pareto front it is on, from 1, where it pays by itself.
    bundle : tuple of str
        Ids of the measures that stand on the curve as one with it, itself among them, what is required first.
    bundle_net_cost, bundle_abatement : Fraction
        Currency and t CO2e a year, of all in `bundle`; they decide its place and whether it pays.
    """

    measure: AbatementMeasure
    abatement: Fraction
    net_cost: Fraction
    alone: Fraction
    low: Fraction
    high: Fraction
    front: int | None
    bundle: tuple[str, ...]
    bundle_net_cost: Fraction
    bundle_abatement: Fraction

    @property
    def cost_per_tonne(self) -> Fraction | None:
        """Currency per t CO2e; None where nothing is cut."""
        return self.net_cost / self.abatement if self.abatement else None

    @property
    def pays(self) -> bool:
        """Whether its savings, with its bundle, cover the cost."""
        return self.bundle_net_cost <= 0

    @property
    def bundle_cost_per_tonne(self) -> Fraction | None:
        """Currency per t CO2e of its bundle; None without abatement."""
        return self.bundle_net_cost / self.bundle_abatement if self.bundle_abatement else None

    @property
    def cost_interval(self) -> tuple[Fraction, Fraction] | None:
        """Currency per t CO2e at the ends of the abatement, the lower first; the saving moves with it."""
        ends = [
            (self.measure.annual_cost - _saved(self.measure, cut)) / cut
            for cut in (self.low, self.high)
            if cut
        ]
        return (min(ends), max(ends)) if len(ends) == 2 else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        ends = self.cost_interval
        return {
            **self.measure.to_dict(),
            "abatement_alone": float(self.alone),
            "abatement": float(self.abatement),
            "abatement_interval": [float(self.low), float(self.high)],
            "net_cost": float(self.net_cost),
            "cost_per_tonne": None if self.cost_per_tonne is None else float(self.cost_per_tonne),
            "cost_per_tonne_interval": None if ends is None else [float(end) for end in ends],
            "pays": self.pays,
            "pareto_front": self.front,
            "bundle": list(self.bundle),
            "bundle_net_cost": float(self.bundle_net_cost),
            "bundle_abatement": float(self.bundle_abatement),
            "bundle_cost_per_tonne": None
            if self.bundle_cost_per_tonne is None
            else float(self.bundle_cost_per_tonne),
        }


def _saved(measure: AbatementMeasure, cut: Fraction) -> Fraction:
    return measure.saving * cut / measure.abatement if measure.abatement else measure.saving


def net_benefit(net_cost: Fraction, abatement: Fraction, carbon_price: Fraction) -> Fraction:
    """Return what a measure earns a year where a tonne is worth the carbon price."""
    return carbon_price * abatement - net_cost


@dataclass(frozen=True)
class _Rank:
    """The rank of a measure, or of a bundle, when its turn comes."""

    net_cost: Fraction
    abatement: Fraction
    carbon_price: Fraction

    @property
    def key(self) -> tuple[int, Fraction]:
        """What pays comes first, the largest benefit before others; then the least cost per tonne."""
        if self.net_cost <= 0:
            return 0, -net_benefit(self.net_cost, self.abatement, self.carbon_price)
        if self.abatement == 0:
            return 2, self.net_cost
        return 1, self.net_cost / self.abatement

    def dominates(self, other: _Rank) -> bool:
        """Return whether it neither earns nor cuts less, and one of them more."""
        mine, its = (-self.net_cost, self.abatement), (-other.net_cost, other.abatement)
        return mine != its and mine[0] >= its[0] and mine[1] >= its[1]


def acting_bundles(
    joint: JointAbatement,
    taken: Collection[str],
    carbon_price: Fraction,
    order: Order = "benefit",
    *,
    apart: bool = False,
) -> tuple[tuple[str, ...], ...]:
    """Return ids in the order of the curve, each ranked by what those before it leave.

    A measure that is ``taken`` is ranked together with what it requires and has no place yet, and with others
    that share a requirement with it as long as that ranks them better; they stand side by side, what is
    required first.  Measures that are not ``taken`` have a place, too, but leave everything for those after
    them.  With ``apart`` each measure is ranked alone, whatever it requires.
    """
    left = [pool.amount for pool in joint.pools]
    open_ = list(range(len(joint.measures)))
    found: list[tuple[str, ...]] = []
    front: list[int] = []
    while open_:
        needs = {i: (i,) if apart else _with_requirements(joint, i, open_, taken) for i in open_}
        grown = {i: _grown(joint, some, needs, left, carbon_price) for i, some in needs.items()}
        ranks = {i: _rank(joint, some, left, carbon_price) for i, some in grown.items()}
        if order == "pareto":
            front = [i for i in front if i in open_ and ranks[i].net_cost <= 0] or _first_front(ranks)
        best = min(front if order == "pareto" else open_, key=lambda i: (*ranks[i].key, i))
        found.append(tuple(joint.measures[i].id for i in grown[best]))
        for i in grown[best]:
            open_.remove(i)
            if joint.measures[i].id in taken:
                left = _remaining_pools(joint, i, left)
    return tuple(found)


def acting_order(
    joint: JointAbatement, taken: Collection[str], carbon_price: Fraction, order: Order = "benefit"
) -> tuple[str, ...]:
    """Return ids in the order of merit: each measure alone, even where it can only be taken with others."""
    return tuple(one for (one,) in acting_bundles(joint, taken, carbon_price, order, apart=True))


def _with_requirements(
    joint: JointAbatement, place: int, open_: Sequence[int], taken: Collection[str]
) -> tuple[int, ...]:
    """Return a measure after its prerequisites without a place yet; alone where it is not taken."""
    if joint.measures[place].id not in taken:
        return (place,)
    found: list[int] = []
    seen: set[int] = set()

    def visit(i: int) -> None:
        seen.add(i)
        for j in open_:
            if j not in seen and joint.measures[j].id in joint.measures[i].requires:
                visit(j)
        found.append(i)

    visit(place)
    return tuple(found)


def _grown(
    joint: JointAbatement,
    some: tuple[int, ...],
    needs: dict[int, tuple[int, ...]],
    left: Sequence[Fraction],
    carbon_price: Fraction,
) -> tuple[int, ...]:
    """Return measures with all others that share a requirement with them and rank the whole better."""
    key = _rank(joint, some, left, carbon_price).key
    grows = True
    while grows:
        grows = False
        for i, others in needs.items():
            if i in some or set(some).isdisjoint(others):
                continue
            more = (*some, *(j for j in others if j not in some))
            its = _rank(joint, more, left, carbon_price).key
            if its < key:
                some, key, grows = more, its, True
    return some


def _remaining_pools(joint: JointAbatement, place: int, left: Sequence[Fraction]) -> list[Fraction]:
    """Return what a measure leaves of each pool."""
    return [
        amount - amount * dict(pool.shares).get(place, Fraction(0))
        for amount, pool in zip(left, joint.pools, strict=True)
    ]


def _rank(
    joint: JointAbatement, places: Sequence[int], left: Sequence[Fraction], carbon_price: Fraction
) -> _Rank:
    """Return the rank of measures that act one after another."""
    net, cut = Fraction(0), Fraction(0)
    for n, place in enumerate(places):
        left = left if n == 0 else _remaining_pools(joint, places[n - 1], left)
        measure = joint.measures[place]
        own = sum(
            (left[k] * share for k, pool in enumerate(joint.pools) for i, share in pool.shares if i == place),
            Fraction(0),
        )
        net, cut = net + measure.annual_cost - _saved(measure, own), cut + own
    return _Rank(net, cut, carbon_price)


def _first_front(ranks: dict[int, _Rank]) -> list[int]:
    """Return which of the measures that pay no other dominates; all where none pays."""
    paying = [i for i, r in ranks.items() if r.net_cost <= 0]
    if not paying:
        return list(ranks)
    return [i for i in paying if not any(ranks[j].dominates(ranks[i]) for j in paying)]


def cost_curve(
    joint: JointAbatement, taken: Collection[str], bundles: Sequence[tuple[str, ...]] = ()
) -> tuple[CurveStep, ...]:
    """Return the curve of a set of measures, in the order in which they act.

    Parameters
    ----------
    joint : JointAbatement
        In the order of `acting_bundles`.
    taken : collection of str
        The ids on the curve: only one of measures that exclude each other.
    bundles : sequence of tuple of str, optional
        Ids of measures in one bundle, from `acting_bundles`; by default each is alone.
    """
    cuts, low, high = joint.cuts(taken), joint.at("low").cuts(taken), joint.at("high").cuts(taken)
    saved = joint.savings(cuts, taken)
    place = {m.id: i for i, m in enumerate(joint.measures)}
    bundle: dict[int, tuple[str, ...]] = {i: (m.id,) for i, m in enumerate(joint.measures) if m.id in taken}
    bundle.update({place[one]: some for some in bundles for one in some if place[one] in bundle})
    ranks = {}
    for i, some in bundle.items():
        members = [place[one] for one in some]
        net = sum((joint.measures[j].annual_cost - saved[j] for j in members), Fraction(0))
        ranks[i] = _Rank(net, sum((cuts[j] for j in members), Fraction(0)), Fraction(0))
    fronts = _fronts({i: r for i, r in ranks.items() if r.net_cost <= 0})
    return tuple(
        CurveStep(
            m,
            cuts[i],
            m.annual_cost - saved[i],
            joint.claims[i].stand_alone,
            min(low[i], cuts[i]),
            max(high[i], cuts[i]),
            fronts.get(i),
            bundle[i],
            ranks[i].net_cost,
            ranks[i].abatement,
        )
        for i, m in enumerate(joint.measures)
        if m.id in taken
    )


def _fronts(ranks: dict[int, _Rank]) -> dict[int, int]:
    """Return the Pareto front of each measure, from 1: no other of the same or a later front dominates it."""
    found: dict[int, int] = {}
    left = dict(ranks)
    while left:
        front = [i for i in left if not any(left[j].dominates(left[i]) for j in left)]
        found.update(dict.fromkeys(front, len(set(found.values())) + 1))
        for i in front:
            del left[i]
    return found
