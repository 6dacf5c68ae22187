"""What a brief tells of policy: which price or support tips a game from today's state, for how long support
has to last, and what an additional tonne costs the public purse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from separatrix.errors import InputError
from separatrix.game.model import Instrument
from separatrix.game.values import evaluate_in, with_lets
from separatrix.policy.tipping_values.result import InstrumentTipping, TippingValues
from separatrix.sentence import Sentence, listed, say
from separatrix.study.brief.statement import Locate, Quantity, Source

__all__ = ["public_cost", "spending", "tipping_told", "tonnes_saved"]

NAMED = 4
"""So many instruments are named."""

Money = tuple[float, bool]
"""How many of the currency one unit of payoff is, and whether it is money."""


def tipping_told(found: TippingValues, money: Money, source: Locate) -> Iterator[Sentence]:
    """Tell from which level on each instrument alone brings today's state to the target."""
    tipping, others = [], 0
    for k, one in enumerate(found.instruments):
        condition = one.condition(one.goal)
        instrument = found.game.instruments.get(one.name)
        if instrument is None or condition.idle:
            continue
        if condition.tipping is None:
            others += 1
            continue
        place = f"instruments[{k}].conditions.{one.goal}.tipping_value.value"
        tipping.append(
            say(
                "{instrument} ({level})",
                instrument=Quantity("instrument", instrument, source(f"instruments[{k}].instrument")),
                level=level_of(instrument, condition.tipping.value, money, source(place)),
            )
        )
    if tipping:
        yield say("One alone is enough beyond: {instruments}.", instruments=listed(tipping[:NAMED], "or"))
    if others == 1:
        yield say("{count} other is not enough at any level.", count=Quantity("count", 1, source("")))
    elif others:
        yield say("{count} others are not enough at any level.", count=Quantity("count", others, source("")))


def level_of(instrument: Instrument, value: float, money: Money, source: Source) -> Quantity:
    """Return a level of an instrument: without a unit a share where it goes from 0 to 1, else a payoff."""
    if instrument.unit:
        return Quantity("level", value, source, instrument.unit)
    if instrument.range == (Fraction(0), Fraction(1)):
        return Quantity("share", value, source)
    return Quantity("money", value * money[0], source) if money[1] else Quantity("level", value, source)


def spending(found: TippingValues) -> tuple[int, InstrumentTipping] | None:
    """Return the instrument that tips for the least that the public has to pay; None where none costs it."""
    paying = [
        (float(one.cost["public"]), k, one)
        for k, one in enumerate(found.instruments)
        if one.cost is not None
        and one.cost.get("public", 0) > 0
        and not one.condition(one.goal).idle
        and one.condition(one.goal).tipping is not None
    ]
    if not paying:
        return None
    _, k, cheapest = min(paying, key=lambda entry: entry[:2])
    return k, cheapest


def tonnes_saved(
    found: TippingValues, left_alone: Sequence[float] | None, target: Sequence[float]
) -> float | None:
    """Return by how much less is emitted a unit of time at the target than where today's state leads.

    None where the game does not tell of emissions, or where they are no less.
    """
    game = found.game
    if game.emissions is None or left_alone is None:
        return None
    idle = {name: instrument.idle for name, instrument in game.instruments.items()}
    amounts = []
    for state in (left_alone, target):
        shares = {s: Fraction(v).limit_denominator(10**9) for s, v in zip(game.shares, state, strict=True)}
        values = with_lets(game, {**found.values, **idle, **shares})
        try:
            amounts.append(evaluate_in(game, "emissions", game.emissions, values))
        except InputError:
            return None
    saved = float(amounts[0] - amounts[1])
    return saved if saved > 0 else None


def public_cost(
    k: int, one: InstrumentTipping, instrument: Instrument, saved: float | None, money: Money, source: Locate
) -> Iterator[Sentence]:
    """Tell what support costs the public each year where it is never ended, and that per tonne."""
    if one.cost is None:
        return
    cost = one.cost["public"] * money[0]
    place = f"instruments[{k}].cost_at_target.public"
    values = {
        "instrument": Quantity("instrument", instrument, source(f"instruments[{k}].instrument")),
        "cost": Quantity("money" if money[1] else "number", cost, source(place)),
    }
    if not money[1]:
        yield say(
            "Kept for ever ({instrument}), it costs the public {cost} a unit of time, in units of payoff.",
            **values,
        )
    elif saved is None:
        yield say("Kept for ever ({instrument}), it costs the public {cost} a year.", **values)
    else:
        yield say(
            "Kept for ever ({instrument}), it costs the public {cost} a year: {price} per additional tonne.",
            **values,
            price=Quantity("price", cost / saved, source("")),
        )
