"""Who pays whom for what is exchanged, and what remains with each enterprise.

For each flow the taker pays the giver the asking price (negative where the giver pays) if that leaves
neither of them with a loss; otherwise both share the gain of the flow equally. Costs of a facility are
shared by those connected in proportion to their gain through it, so that no one loses where it pays at all.
For other sharing rules see `cluster/benefit_sharing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from separatrix_cluster.symbiosis.exact_plan import ExactPlan, fraction_of

__all__ = ["Payment", "Settlement", "settlements"]


@dataclass(frozen=True)
class Payment:
    """What a flow brings, and what is paid for it, in currency a year.

    Attributes
    ----------
    giver_gain, taker_gain : Fraction
        Before they pay one another.
    paid : Fraction
        From taker to giver; below 0 where the giver pays.
    as_asked : bool
        Whether it is the asking price; otherwise the gain of the flow is halved.
    """

    giver_gain: Fraction
    taker_gain: Fraction
    paid: Fraction
    as_asked: bool


@dataclass(frozen=True)
class Settlement:
    """What an enterprise gains in a year, in currency.

    Attributes
    ----------
    enterprise : str
    gain : float
        What its exchanges save and cost it, the carbon price included, before payments.
    paid : float
        What it pays to others for streams; below 0 where it is paid.
    facilities : float
        Its share of the costs of facilities.
    net : float
        What remains.
    """

    enterprise: str
    gain: float
    paid: float
    facilities: float
    net: float


def settlements(plan: ExactPlan) -> tuple[dict[int, Payment], tuple[Settlement, ...]]:
    """Return the payment for each flow, and what remains with each enterprise that takes part.

    The sum of what remains is the gain of the plan, except for facilities without connections.
    """
    problem = plan.problem
    payments = {m: _payment(plan, m, amount) for m, amount in plan.flows.items()}
    gain: dict[str, Fraction] = {}
    paid: dict[str, Fraction] = {}
    through: dict[int, dict[str, Fraction]] = {}
    for m, payment in payments.items():
        match = problem.matches[m]
        giver, taker = problem.offers[match.offer].enterprise, problem.wants[match.want].enterprise
        for who, own, pays in (
            (giver, payment.giver_gain, -payment.paid),
            (taker, payment.taker_gain, payment.paid),
        ):
            gain[who] = gain.get(who, Fraction(0)) + own
            paid[who] = paid.get(who, Fraction(0)) + pays
            if match.facility is not None:
                parts = through.setdefault(match.facility, {})
                parts[who] = parts.get(who, Fraction(0)) + own - pays
    shares = _shares(plan, through)
    nothing = Fraction(0)
    told = []
    for who in sorted(gain):
        cost = shares.get(who, nothing)
        told.append(
            Settlement(
                who, float(gain[who]), float(paid[who]), float(cost), float(gain[who] - paid[who] - cost)
            )
        )
    return payments, tuple(told)


def _payment(plan: ExactPlan, m: int, amount: Fraction) -> Payment:
    problem, match = plan.problem, plan.problem.matches[m]
    offer = problem.offers[match.offer]
    facility = None if match.facility is None else problem.facilities[match.facility]
    price = fraction_of(problem.carbon_price)
    each = (
        fraction_of(offer.disposal_cost)
        - fraction_of(offer.recovery_cost)
        + price * fraction_of(offer.co2_avoided)
    )
    if facility is not None:
        each -= fraction_of(facility.unit_cost)
    giver = amount * each
    # The rest is the taker's, so that both together are what the match is worth, to the last digit.
    whole = amount * (fraction_of(match.margin) + price * fraction_of(match.abatement))
    whole -= fraction_of(match.yearly_cost)
    taker = whole - giver
    asked = None if offer.price is None else amount * fraction_of(offer.price)
    if asked is not None and giver + asked >= 0 and taker - asked >= 0:
        return Payment(giver, taker, asked, as_asked=True)
    return Payment(giver, taker, (taker - giver) / 2, as_asked=False)


def _shares(plan: ExactPlan, through: Mapping[int, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    problem = plan.problem
    shares: dict[str, Fraction] = {}
    for f in plan.builds:
        gains = through.get(f, {})
        cost = fraction_of(problem.facility_costs[f])
        cost += len(gains) * fraction_of(problem.connection_costs[f])
        whole = sum(gains.values(), Fraction(0))
        for who, own in gains.items():
            part = own / whole if whole > 0 and min(gains.values()) >= 0 else Fraction(1, len(gains))
            shares[who] = shares.get(who, Fraction(0)) + cost * part
    return shares
