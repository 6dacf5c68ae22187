"""What a programme is judged by: one record for each objective.

What programmes cost and bring over a horizon: integrals along the trajectory from today's state.

Each stretch of constant levels is divided into panels with the rule of Gauss and Kronrod, whose difference
from the rule of Gauss on the same panels bounds the error in practice (Piessens, R. et al. (1983), QUADPACK).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.tolerances import ARRIVAL_DISTANCE
from separatrix.dynamics.fields.payoffs import compiled
from separatrix.dynamics.integration.tolerances import ONE
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import followed, shares_at
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.fitness import folded
from separatrix.game.instruments import cost_of, instruments_of
from separatrix.game.model import AdvantageForm, ReplicatorForm
from separatrix.game.values import expand
from separatrix.policy.uncertain_programmes import MOST_STEPS, Lanes, ProgrammeCase, pushed, stretches, today
from separatrix.sentences import Sentence, say

__all__ = [
    "OBJECTIVES",
    "Objective",
    "ProgrammeValues",
    "objectives_of",
    "payoff_weight",
    "programme_values",
    "to_minimise",
    "usual_objectives",
]

Array = NDArray[np.float64]

PANELS, PER_SCALE = 24, 4.0
"""The most panels of a stretch, and how much of the time in which the fastest log-odds change by one the
first ones take."""

AGREED = 1e-3
"""How near transfers must be to each other, relative, to be the same: games hold rounded numbers."""

HALVINGS = 40
"""For a stretch of time in which a trajectory reaches the target."""

AT_ONCE = 4_000
"""Lanes whose states are held at once."""

_NODES = np.array(
    [
        0.991455371120812639206854697526329,
        0.949107912342758524526189684047851,
        0.864864423359769072789712788640926,
        0.741531185599394439863864773280788,
        0.586087235467691130294144691693130,
        0.405845151377397166906606412076961,
        0.207784955007898467600689403773245,
        0.0,
    ]
)
_KRONROD = np.array(
    [
        0.022935322010529224963732008058970,
        0.063092092629978553290700663189204,
        0.104790010322250183839876322541518,
        0.140653259715525918745189590510238,
        0.169004726639267902826583426598550,
        0.190350578064785409913256402421014,
        0.204432940075298892414161999234649,
        0.209482141084727828012999174891714,
    ]
)
_GAUSS = np.array(
    [
        0.0,
        0.129484966168869693270611432679082,
        0.0,
        0.279705391489276667901467771423780,
        0.0,
        0.381830050505118944950369775488975,
        0.0,
        0.417959183673469387755102040816327,
    ]
)
"""QUADPACK, dqk15: nodes from 0 to 1 and both weights."""


@dataclass(frozen=True, eq=False)
class ProgrammeValues:
    """What programmes cost and bring: arrays (lanes,).

    Attributes
    ----------
    values : mapping of objective to array (lanes,)
        Those that the game supports; NaN where a trajectory was lost.
    errors : mapping of objective to array (lanes,)
        Of the quadrature.
    """

    values: Mapping[str, Array]
    errors: Mapping[str, Array]


def programme_values(
    case: ProgrammeCase, lanes: Lanes, horizon: float, discount: float = 0.0
) -> ProgrammeValues:
    """Return what programmes cost and bring over a horizon.

    Parameters
    ----------
    case : ProgrammeCase
    lanes : Lanes
    horizon : float
        From now on; later costs do not count.
    discount : float
        The rate per unit of time at which later costs and earnings count less; emissions are not discounted.

    Raises
    ------
    InputError
        P188 for a horizon or a rate that cannot be.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.policy.uncertain_programmes import lanes_of, programme_case
    >>> from separatrix.policy.uncertain_programmes import Programme
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "today": {"x": 0.5},
    ...         "instruments": {
    ...             "grant": {"range": [0, 4], "changes": {"C": "C - grant"}, "cost": {"public": "grant*x"}}
    ...         },
    ...     }
    ... )
    >>> case = programme_case(game, uncertain=False)
    >>> found = programme_values(case, lanes_of(case, [Programme({"grant": 3.0})], {}), 10.0)
    >>> {name: round(float(own[0]), 3) for name, own in found.values.items()}
    {'public_cost': 27.921, 'welfare': 9.307, 'cooperation': 0.931, 'time': 3.33}
    """
    if not (np.isfinite(horizon) and horizon > 0 and np.isfinite(discount) and discount >= 0):
        raise InputError(
            "P188",
            say(
                "a horizon of {horizon} at a rate of {discount}; expected a time above 0 and a rate of 0 "
                "or more",
                horizon=horizon,
                discount=discount,
            ),
            hint=say("as in a horizon of 10 and a rate of 0.03"),
        )
    parts = [
        _chunk(case, lanes.select(rows), horizon, discount)
        for rows in np.array_split(np.arange(lanes.count), max(1, -(-lanes.count // AT_ONCE)))
    ]
    return ProgrammeValues(
        {name: np.concatenate([p.values[name] for p in parts]) for name in parts[0].values},
        {name: np.concatenate([p.errors[name] for p in parts]) for name in parts[0].errors},
    )


def _chunk(case: ProgrammeCase, lanes: Lanes, horizon: float, discount: float) -> ProgrammeValues:
    rates = _rates_of(case)
    totals = {name: np.zeros((2, lanes.count)) for name in rates}
    arrival = np.full(lanes.count, np.nan)
    at = today(case, lanes)
    for begin, end, levels in stretches(case, lanes, horizon):
        rows = np.flatnonzero(end > begin)
        if not rows.size:
            continue
        own, span = lanes.select(rows), (end - begin)[rows]
        field = case.field(own.draws, levels[rows])
        nodes, weights = _rule(float(span.max()) * (field.scale or 1.0))
        samples, ends, whole = followed(
            field,
            at[:, rows],
            1.0,
            rows=np.arange(len(rows)),
            times=nodes,
            factor=span,
            tolerance=ONE,
            most_steps=MOST_STEPS,
        )
        samples[~whole], ends[~whole] = np.nan, np.nan
        times = begin[rows, None] + span[:, None] * nodes
        here = _expression_values(case, own, levels[rows], field, samples)
        for name, rate in rates.items():
            decay = np.exp(-discount * times) if name in DISCOUNTED else 1.0
            with np.errstate(invalid="ignore"):
                flow = np.broadcast_to(np.asarray(rate(here, field), dtype=float), times.shape) * decay
            with np.errstate(all="ignore"):  # a cost may be infinite at some levels
                totals[name][:, rows] += (flow @ weights).T * span
        unmet = np.flatnonzero(np.isnan(arrival[rows]))
        found = _arrivals(
            case,
            own.select(unmet),
            levels[rows][unmet],
            at[:, rows[unmet]],
            samples[unmet],
            nodes * span[unmet, None],
        )
        arrival[rows[unmet]] = begin[rows[unmet]] + found
        at[:, rows] = ends.T
    values = {name: own[0] for name, own in totals.items()}
    with np.errstate(invalid="ignore"):
        errors = {name: np.abs(own[0] - own[1]) for name, own in totals.items()}
    values["cooperation"] = values["cooperation"] / horizon
    errors["cooperation"] = errors["cooperation"] / horizon
    values["time"] = arrival
    return ProgrammeValues(values, errors)


DISCOUNTED = ("public_cost", "enterprise_cost", "welfare")
"""What counts less the later it comes."""

Rate = Callable[[Mapping[str, Any], DrawnField], Any]


def _rates_of(case: ProgrammeCase) -> dict[str, Rate]:
    """Return what flows per unit of time, by objective, as functions of a state; emissions as they are."""
    from separatrix.game.model import AdvantageForm, ReplicatorForm

    game, acting = case.game, case.acting
    costs = cost_of(game, case.names)
    written = {
        objective: compiled(folded(expand(game, costs[payer])))
        for objective, payer in (("public_cost", "public"), ("enterprise_cost", "enterprises"))
        if payer in costs
    }
    rates: dict[str, Rate] = {name: _of_state(function) for name, function in written.items()}
    if acting.emissions is not None:
        rates["emissions"] = _of_state(compiled(folded(expand(acting, acting.emissions))))
    weight = payoff_weight(case)
    if weight is not None and not isinstance(game.form, AdvantageForm | ReplicatorForm):
        public = written.get("public_cost")

        def welfare(here: Mapping[str, Any], field: DrawnField) -> Any:
            earned = weight * _earned(case, here, field)
            return earned - (public(here) if public is not None else 0.0)

        rates["welfare"] = welfare

    def cooperation(here: Mapping[str, Any], _: DrawnField) -> Any:
        parts = [
            _weights(population.shares, len(population.strategies), here)[played]
            for population, played in zip(game.populations, case.profile, strict=True)
        ]
        return sum(parts) / len(parts)

    rates["cooperation"] = cooperation
    return rates


def _earned(case: ProgrammeCase, here: Mapping[str, Any], field: DrawnField) -> Any:
    """Return the sum of the mean payoffs of all populations."""
    return sum(
        share * payoff(here)
        for population, row in zip(case.game.populations, field.formulas[0], strict=True)
        for share, payoff in zip(_weights(population.shares, len(row), here), row, strict=True)
    )


def payoff_weight(case: ProgrammeCase) -> float | None:
    """Return how many enterprises of each population costs refer to, if payoffs are those of one.

    A transfer of an instrument from the public purse to enterprises, or back, moves payoffs by the same
    amount: this gives the number. None if the transfers are inconsistent, and one without transfers.
    """
    game = case.game
    found: list[float] = []
    target = np.array(game.space.corner(case.profile), dtype=float)
    states = np.array([np.array(case.start), (np.array(case.start) + target) / 2])
    for k, instrument in enumerate(instruments_of(game, case.names)):
        if not {"public", "enterprises"} <= set(instrument.cost):
            continue
        levels = np.tile(case.idle, (2, 1))
        low, high = np.where(np.isfinite(case.ranges[k]), case.ranges[k], case.idle[k])
        levels[1, k] = case.idle[k] + 0.5 * ((high if high != case.idle[k] else low) - case.idle[k] or 1.0)
        field = case.field({}, levels)
        here = {
            **case.base,
            **{name: own[:, None] for name, own in zip(case.names, levels.T, strict=True)},
            **{name: states[None, :, j] for j, name in enumerate(game.shares)},
        }
        public, enterprises = (
            np.broadcast_to(compiled(folded(expand(game, instrument.cost[payer])))(here), (2, len(states)))
            for payer in ("public", "enterprises")
        )
        size = np.abs(enterprises[1])
        if not (np.abs(public + enterprises)[1] <= AGREED * size.max()).all() or not size.max():
            continue  # it uses something up
        earned = np.broadcast_to(_earned(case, here, field), (2, len(states)))
        moved, rows = earned[1] - earned[0], size > AGREED * size.max()
        with np.errstate(divide="ignore", invalid="ignore"):
            found += (-enterprises[1] / moved)[rows].tolist()
    if not found:
        return 1.0
    first = found[0]
    same = np.isfinite(first) and first > 0 and np.allclose(found, first, rtol=AGREED, atol=0.0)
    return float(f"{first:.9g}") if same else None


def _of_state(function: Callable[[Mapping[str, Any]], Any]) -> Rate:
    return lambda here, _: function(here)


def _weights(shares: tuple[str, ...], size: int, here: Mapping[str, Any]) -> list[Any]:
    if size == 2:
        return [here[shares[0]], 1 - here[shares[0]]]
    return [here[name] for name in shares]


def _expression_values(
    case: ProgrammeCase, lanes: Lanes, levels: Array, field: DrawnField, samples: Array
) -> dict[str, Any]:
    """Return what expressions may hold, each a number or an array that broadcasts to (lanes, points)."""
    states = shares_at(field, samples)
    return {
        **case.base,
        **{name: values[:, None] for name, values in lanes.draws.items()},
        **{name: own[:, None] for name, own in zip(case.names, levels.T, strict=True)},
        **{name: states[..., k] for k, name in enumerate(case.game.shares)},
    }


def _rule(pace: float) -> tuple[Array, Array]:
    """Return nodes from 0 to 1, and the weights of both rules (nodes, 2), finer where a stretch begins.

    `pace` is how often the fastest log-odds change by one while it lasts.
    """
    count = int(np.clip(np.ceil(pace / PER_SCALE), 2, PANELS))
    edges = np.linspace(0.0, 1.0, count + 1)
    if count * PER_SCALE < pace:  # panels that grow in the same ratio
        first = PER_SCALE / pace
        low, high = 1.0, 1.0 / first
        for _ in range(200):
            ratio = (low + high) / 2
            total = first * np.expm1(count * np.log(ratio)) / (ratio - 1)
            low, high = (ratio, high) if total < 1 else (low, ratio)
        widths = first * low ** np.arange(count)
        edges = np.concatenate([[0.0], np.cumsum(widths / widths.sum())])
    own = np.concatenate([-_NODES, _NODES[-2::-1]])
    both = np.stack([np.concatenate([w, w[-2::-1]]) for w in (_KRONROD, _GAUSS)], axis=-1)
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    nodes = (middle[:, None] + half[:, None] * own).reshape(-1)
    return np.clip(nodes, 0.0, 1.0), (half[:, None, None] * both).reshape(-1, 2)


def _arrivals(
    case: ProgrammeCase, lanes: Lanes, levels: Array, at: Array, samples: Array, times: Array
) -> Array:
    """Return how long after the start of a stretch every share is within 0.01 of the target; NaN for never.

    Parameters
    ----------
    at : array (m, lanes)
        Coordinates at the start of the stretch.
    samples : array (lanes, points, m)
    times : array (lanes, points)
        Since the start of the stretch.
    """
    result = np.full(lanes.count, np.nan)
    states = np.concatenate([at.T[:, None], samples], axis=1)
    near = _near_target(case, np.moveaxis(states, -1, 0))
    whens = np.concatenate([np.zeros((lanes.count, 1)), times], axis=1)
    result[near[:, 0]] = 0.0
    rows = np.flatnonzero(near.any(axis=1) & ~near[:, 0])
    if not rows.size:
        return result
    after = near[rows].argmax(axis=1)
    low, high = whens[rows, after - 1], whens[rows, after]
    here = states[rows, after - 1].T
    own = lanes.select(rows)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        there = pushed(case, own, levels[rows], here, middle - low)
        came = _near_target(case, there)
        low, high = np.where(came, low, middle), np.where(came, middle, high)
        here = np.where(came, here, there)
        if ((high - low) <= 1e-9 * high).all():
            break
    result[rows] = high
    return result


def _near_target(case: ProgrammeCase, at: Array) -> NDArray[np.bool_]:
    """Return where coordinates (m, ...) are within 0.01 of the target, in every share."""
    near, place = np.ones(at.shape[1:], dtype=bool), 0
    with np.errstate(all="ignore"):
        for population, played in zip(case.game.populations, case.profile, strict=True):
            size = len(population.strategies)
            if size == 2:
                odds = at[place] if played == 0 else -at[place]
                near &= 1 / (1 + np.exp(-odds)) >= 1 - ARRIVAL_DISTANCE
                place += 1
            else:
                own = at[place : place + size]
                weights = np.exp(own - own.max(axis=0))
                near &= weights[played] / weights.sum(axis=0) >= 1 - ARRIVAL_DISTANCE
                place += size
    return near


@dataclass(frozen=True)
class Objective:
    """A quantity that a programme should minimise or maximise.

    Attributes
    ----------
    name : str
    what : Sentence
        For people.
    better : str
        ``less`` or ``more``.
    """

    name: str
    what: Sentence
    better: Literal["less", "more"]

    def lacking(self, case: ProgrammeCase) -> Sentence | None:
        """Return why a game has no such objective, or None where it has."""
        match self.name:
            case "public_cost" | "enterprise_cost":
                payer = "public" if self.name == "public_cost" else "enterprises"
                if not any(payer in i.cost for i in instruments_of(case.game, case.names)):
                    return say("no instrument has a cost to {payer}", payer=PAYER_WORDS[payer])
            case "tonnes_avoided":
                if case.game.emissions is None:
                    return say("the game has no `emissions`")
            case "welfare":
                if isinstance(case.game.form, AdvantageForm | ReplicatorForm):
                    return say("the game gives payoff differences between strategies, not payoffs")
                if payoff_weight(case) is None:
                    return say(
                        "the transfers are inconsistent about the number of enterprises that payoffs refer to"
                    )
            case "probability":
                if not case.uncertainty.names:
                    return say("no parameter is uncertain")
        return None


PAYER_WORDS: Mapping[str, Sentence] = {
    "public": say("the public purse"),
    "enterprises": say("enterprises"),
}

OBJECTIVES: Mapping[str, Objective] = {
    o.name: o
    for o in (
        Objective("public_cost", say("what the public purse pays, discounted"), "less"),
        Objective("enterprise_cost", say("what enterprises pay for the instruments, discounted"), "less"),
        Objective(
            "welfare",
            say("what enterprises earn, less what the public purse pays, discounted: transfers cancel"),
            "more",
        ),
        Objective("tonnes_avoided", say("emissions avoided against no programme"), "more"),
        Objective("time", say("time until every share is within 0.01 of the target"), "less"),
        Objective("probability", say("the share of the draws in which it works"), "more"),
        Objective("cooperation", say("the mean share of the target's strategies over the horizon"), "more"),
    )
}
"""Every objective."""


def objectives_of(case: ProgrammeCase, names: Sequence[str]) -> tuple[Objective, ...]:
    """Return objectives by name.

    Raises
    ------
    NameProblem
        P186 for an unknown objective.
    InputError
        P187 for an objective without data in the game, and for one that is given twice.
    """
    found: list[Objective] = []
    for name in names:
        if name not in OBJECTIVES:
            close = nearest(name, list(OBJECTIVES))
            raise NameProblem(
                "P186",
                say("no objective `{name}`; there are {known}", name=name, known=", ".join(OBJECTIVES)),
                hint=say("did you mean `{close}`?", close=close) if close else say("as in public_cost"),
            )
        objective = OBJECTIVES[name]
        if objective in found:
            raise InputError(
                "P187",
                say("the objective {name} is given twice", name=f"`{name}`"),
                hint=say("give each objective once"),
            )
        why = objective.lacking(case)
        if why is not None:
            raise InputError(
                "P187",
                say("{name} cannot be computed: {why}", name=f"`{name}`", why=why),
                hint=say("complete the game file, or choose another objective"),
            )
        found.append(objective)
    if not found:
        raise InputError(
            "P187", say("no objective is given"), hint=say("as in public_cost and tonnes_avoided")
        )
    return tuple(found)


def usual_objectives(case: ProgrammeCase) -> tuple[str, ...]:
    """Return the objectives that are meant where none is named: of what is known, cost against effect."""
    order = ("public_cost", "enterprise_cost", "probability", "tonnes_avoided", "welfare", "time")
    known = [name for name in order if OBJECTIVES[name].lacking(case) is None]
    cost = [name for name in known if name.endswith("_cost")][:1]
    effects = [name for name in known if not name.endswith("_cost")]
    return (*cost, *effects[: 2 if cost else 3])


def to_minimise(objectives: Sequence[Objective], values: Mapping[str, Array]) -> Array:
    """Return values (programmes, objectives) to be minimised; infinite where a value is missing."""
    columns = []
    for objective in objectives:
        own = np.asarray(values[objective.name], dtype=float)
        signed = own if objective.better == "less" else -own
        columns.append(np.where(np.isnan(signed), np.inf, signed))
    return np.stack(columns, axis=1)
