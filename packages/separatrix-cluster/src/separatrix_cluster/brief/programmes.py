"""The policy section of a brief: which price or support tips a game from today's state, how long support
has to last, and the public cost of an additional tonne."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
from separatrix.errors import InputError
from separatrix.game.model import Instrument
from separatrix.game.values import evaluate_in, with_lets
from separatrix.policy.objectives import programme_values
from separatrix.policy.robust_programme import RobustProgramme
from separatrix.policy.temporary.bang_bang import WISHED
from separatrix.policy.temporary.results import ShapedProgramme, TemporaryProgramme
from separatrix.policy.tipping.results import InstrumentTipping, TippingValues
from separatrix.policy.uncertain_programmes import IDLE, Programme, lanes_of, programme_case
from separatrix.sentences import Sentence, listed, say
from separatrix_cluster.brief.statements import Locate, Provenance, SourcedValue

__all__ = [
    "comparison_sentences",
    "matter_named",
    "public_cost",
    "robustness_sentences",
    "safety_sentences",
    "spending",
    "temporary_support_sentences",
    "tipping_sentences",
    "tonnes_saved",
]

YEARS = 20
"""The years from today over which the cost of support that ends is spread on the tonnes that it avoids."""
MATTER = 3
"""So many parameters are named."""
NAMED = 4
"""So many instruments are named."""

Money = tuple[float, bool]
"""How many of the currency one unit of payoff is, and whether it is money."""


def tipping_sentences(found: TippingValues, money: Money, source: Locate) -> Iterator[Sentence]:
    """Yield the level from which each instrument alone brings today's state to the target."""
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
                instrument=SourcedValue("instrument", instrument, source(f"instruments[{k}].instrument")),
                level=level_of(instrument, condition.tipping.value, money, source(place)),
            )
        )
    if tipping:
        yield say(
            "Any one of these tips it, beyond: {instruments}.", instruments=listed(tipping[:NAMED], "or")
        )
    more = len(tipping) - NAMED
    if more == 1:
        yield say("{count} more tips it too.", count=SourcedValue("count", 1, source("")))
    elif more > 1:
        yield say("{count} more tip it too.", count=SourcedValue("count", more, source("")))
    if others == 1:
        yield say("{count} other is not enough at any level.", count=SourcedValue("count", 1, source("")))
    elif others:
        yield say(
            "{count} others are not enough at any level.", count=SourcedValue("count", others, source(""))
        )


def level_of(instrument: Instrument, value: float, money: Money, source: Provenance) -> SourcedValue:
    """Return a level of an instrument: without a unit a share where it goes from 0 to 1, else a payoff."""
    if instrument.unit:
        return SourcedValue("level", value, source, instrument.unit)
    if instrument.range == (Fraction(0), Fraction(1)):
        return SourcedValue("share", value, source)
    return (
        SourcedValue("money", value * money[0], source) if money[1] else SourcedValue("level", value, source)
    )


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


def comparison_sentences(found: TippingValues, source: Locate) -> Iterator[Sentence]:
    """Yield which instruments tip at no public cost at the target, and the cheapest of the rest."""
    free, paying = [], 0
    for k, one in enumerate(found.instruments):
        condition = one.condition(one.goal)
        if one.cost is None or condition.idle or condition.tipping is None:
            continue
        if one.cost.get("public", 0) > 0:
            paying += 1
        else:
            named = source(f"instruments[{k}].instrument")
            instrument = found.game.instruments[one.name]
            free.append(say("“{instrument}”", instrument=SourcedValue("instrument", instrument, named)))
    if len(free) == 1:
        yield say("At the target {instruments} costs the public nothing.", instruments=listed(free))
    elif free:
        more = len(free) - NAMED
        told = free[:NAMED]
        if more > 0:
            told.append(say("{count} more", count=SourcedValue("count", more, source(""))))
        yield say("At the target {instruments} cost the public nothing.", instruments=listed(told))
    cheapest = spending(found)
    if cheapest is not None and paying > 1:
        k, one = cheapest
        instrument = found.game.instruments[one.name]
        yield say(
            "Of the {count} that cost the public something at the target, none costs less than "
            "“{instrument}”.",
            count=SourcedValue("count", paying, source("")),
            instrument=SourcedValue("instrument", instrument, source(f"instruments[{k}].instrument")),
        )


def tonnes_saved(
    found: TippingValues, left_alone: Sequence[float] | None, target: Sequence[float]
) -> float | None:
    """Return by how much less is emitted a unit of time at the target than where today's state leads.

    None where the game has no emissions, or where they do not decrease.
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
    """Yield the yearly public cost of permanent support, in total and per tonne."""
    if one.cost is None:
        return
    cost = one.cost["public"] * money[0]
    place = f"instruments[{k}].cost_at_target.public"
    values = {
        "instrument": SourcedValue("instrument", instrument, source(f"instruments[{k}].instrument")),
        "cost": SourcedValue("money" if money[1] else "number", cost, source(place)),
    }
    if not money[1]:
        yield say(
            "If permanent, “{instrument}” costs the public {cost} per unit of time at the "
            "target, in units of payoff.",
            **values,
        )
    elif saved is None:
        yield say("If permanent, “{instrument}” costs the public {cost} a year once all act.", **values)
    else:
        yield say(
            "If permanent, “{instrument}” costs the public {cost} a year once all act, {price} "
            "for each additional tonne.",
            **values,
            price=SourcedValue("money", cost / saved, source("")),
        )


def robustness_sentences(found: RobustProgramme, money: Money, source: Locate) -> Iterator[Sentence]:
    """Yield the level that works in most draws of the uncertain parameters, and the most influential
    parameter."""
    if found.programme is None:
        yield say(
            "If permanent, the best level found works in {share} of the draws of the uncertain parameters.",
            share=SourcedValue("share", found.share.value, source("works.share")),
        )
        return
    for name, level in found.programme.levels.items():
        instrument = found.game.instruments[name]
        yield say(
            "If permanent, “{instrument}” requires {level} to work in {wished} of the draws of "
            "the uncertain parameters.",
            instrument=SourcedValue("instrument", instrument, source("programme")),
            level=level_of(instrument, float(level), money, source(f"programme.levels.{name}")),
            wished=SourcedValue("share", found.wished, source("wished_share")),
        )
    if found.drivers is not None and found.drivers.total is not None:
        places = {name: source(f"inputs[{k}].parameter") for k, name in enumerate(found.drivers.names)}
        names = matter_named(found.drivers, places)
        if len(found.drivers.leaders) > 1:
            yield say(
                "The most influential parameter could not be determined; candidates: {names}.", names=names
            )
        else:
            yield say("What matters most for that: {names}.", names=names)


def matter_named(found: Sensitivity, places: Mapping[str, Provenance]) -> str:
    """Return the parameters that may be the most influential, naming only a few."""
    leaders = found.leaders
    named = [
        say("{name}", name=SourcedValue("parameter", found.game.parameters[name], places[name]))
        for name in leaders[:MATTER]
    ]
    if len(leaders) > MATTER:
        more = SourcedValue("count", len(leaders) - MATTER, places[leaders[MATTER]])
        named.append(say("{count} more", count=more))
    return listed(named)


def safety_sentences(found: TemporaryProgramme, source: Locate) -> Iterator[Sentence]:
    """Yield the share of draws in which temporary support works, and how long it would have to last."""
    safety = found.safety
    if safety is None or found.answer != "found":
        return
    share = SourcedValue("share", safety.share, source("safety.share"))
    if safety.longer is None:
        yield say("Support that ends works in {share} of the draws.", share=share)
    else:
        yield say(
            "Support that ends works in {share} of the draws; for {wished} it would have to last {time}.",
            share=share,
            wished=SourcedValue("share", WISHED, source("")),
            time=SourcedValue(
                "time", safety.longer, source("safety.end_for_95_percent"), found.game.time_unit or ""
            ),
        )


def avoided(found: TemporaryProgramme, best: ShapedProgramme) -> tuple[float, float] | None:
    """Return what support that ends costs the public over `YEARS`, and the tonnes it avoids by then.

    Both from trajectories with and without it; None where the game has no emissions, is not in years, or
    avoids none.
    """
    game = found.game
    if game.emissions is None or game.time_unit != "year" or len(best.steps.levels) != 1:
        return None
    programme = Programme(dict(zip(found.instruments, best.steps.levels[0], strict=True)), end=best.end)
    try:
        case = programme_case(game, found.instruments, start=found.start, uncertain=False)
        values = programme_values(case, lanes_of(case, [programme, IDLE], {}), float(YEARS)).values
    except InputError:
        return None
    tonnes = float(values["emissions"][1] - values["emissions"][0])
    return (float(values["public_cost"][0]), tonnes) if tonnes > 0 else None


def temporary_support_sentences(
    found: TemporaryProgramme, money: Money, source: Locate, brief: Provenance
) -> Iterator[Sentence]:
    """Yield the level and duration of temporary support, its cost, and the cost per tonne."""
    if found.answer == "not lasting":
        yield say("It has to be kept: without it the outcome does not last.")
    best = found.programmes.get("constant", found.cheapest)
    if found.answer != "found" or best is None or not best.after.arrives:
        return
    j = list(found.programmes.values()).index(best)
    yield say(
        "At {levels} for {time} and then ended it costs {cost} in all, and the outcome stays.",
        levels=listed(list(_levels(found, best, j, money, source))),
        time=SourcedValue("time", best.end, source(f"programmes[{j}].end"), found.game.time_unit or ""),
        cost=SourcedValue(
            "money" if money[1] else "number", best.cost * money[0], source(f"programmes[{j}].cost")
        ),
    )
    bought = avoided(found, best) if money[1] else None
    if bought is not None:
        yield say(
            "Over {years} years from today that is {price} for each additional tonne.",
            years=SourcedValue("count", YEARS, brief),
            price=SourcedValue("money", bought[0] * money[0] / bought[1], brief),
        )
    if found.game.speed_basis == "assumed":
        yield say("The duration, and therefore the cost, depends on an assumed speed of change.")


def _levels(
    found: TemporaryProgramme, best: ShapedProgramme, j: int, money: Money, source: Locate
) -> Iterator[Sentence]:
    """Yield the levels of the step that lasts longest."""
    steps = best.steps
    longest = max(range(len(steps.durations)), key=lambda i: steps.durations[i])
    for name, level in zip(found.instruments, steps.levels[longest], strict=True):
        place = f"programmes[{j}].steps[{longest}].levels.{name}"
        told = level_of(found.game.instruments[name], float(level), money, source(place))
        yield say("{level}", level=told)
