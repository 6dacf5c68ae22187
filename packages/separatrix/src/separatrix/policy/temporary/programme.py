"""The cheapest temporary programme: how strong and how long, then switched off, and whether it lasts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.analyze import analyze
from separatrix.dynamics.basins.exact_outcomes import attracting
from separatrix.dynamics.basins.outcomes import start_of
from separatrix.errors import InputError
from separatrix.game.instruments import game_at_idle
from separatrix.game.model import PAYERS, Game
from separatrix.policy.permanent.problem import TOGETHER
from separatrix.policy.temporary.bang_bang import safety_margin
from separatrix.policy.temporary.control_problem import ControlProblem, control_problem
from separatrix.policy.temporary.results import TemporaryProgramme
from separatrix.policy.temporary.search import Search
from separatrix.policy.temporary.target_set import target_point, target_set
from separatrix.sentences import say

__all__ = ["temporary_programme"]

Array = NDArray[np.float64]

DRAWS = 500
"""Draws of uncertain parameters in which the cheapest programme is followed."""

MARGIN = 0.01
"""The distance in shares by which a programme clears the basin boundary, by default."""


def temporary_programme(
    game: Game,
    instruments: Sequence[str] | None = None,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    *,
    start: Mapping[str, object] | Sequence[object] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    held: Mapping[str, object] | None = None,
    limits: Mapping[str, tuple[object, object]] | None = None,
    payer: str = PAYERS[0],
    margin: float = MARGIN,
    horizon: float | None = None,
    discount: float = 0.0,
    draws: int = DRAWS,
    seed: int = 0,
) -> TemporaryProgramme:
    """Return the cheapest programme of support that ends once the target comes about by itself.

    Parameters
    ----------
    game : Game
        With `instruments`; up to three free shares.
    instruments : names, optional
        Those that may be used; by default all.
    target : str, mapping or sequence, optional
        The id of the rest point that should be the outcome, or a pure state as the names of strategies, in
        the order of the populations or by the names of these; by default the first strategy of each.
    start : mapping of share to number, or one number for each share, optional
        By default the state of the cluster today, as given by the game.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    held : mapping of instrument to level, optional
        Constant levels: only their duration is optimised.
    limits : mapping of instrument to (lowest, highest), optional
        Levels that are allowed, within the range of the instrument; either end may be None.
    payer : str
        Whose cost counts: ``public``, ``enterprises``, or ``together``.
    margin : float
        How far beyond the basin boundary the state is when support ends, as a distance in shares.
    horizon : float, optional
        The latest end of support.
    discount : float
        The rate per unit of time at which later costs count less; needs a horizon.
    draws, seed : int
        Of the parameters that are uncertain, in which the programme is followed.

    Returns
    -------
    TemporaryProgramme

    Raises
    ------
    ComesLater
        P140 for payoffs that cannot follow levels; for games that `separatrix.analyze` cannot analyse.
    InputError
        P121 for the target; P129 for support that earns if no latest end is given; P141 for
        instruments without cost; P145 for more than three free shares, P146 where outcomes are
        undecided; P147 for a start without a strategy of the target; P148 for a
        level without limit where one is needed; P149 for an invalid margin, horizon or discount;
        P124 for a game without instruments; P150 for a level out of its range.
    NameProblem
        P120 for an unknown target, V308 for an unknown instrument.

    References
    ----------
    Those of the methods: `one_population`, `stepped_levels`, `pontryagin`, `hamilton_jacobi_bellman`.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load(
    ...     {
    ...         "payoff_functions": {"Firms": {"join": "r + 60*x - 30", "stay": "0"}},
    ...         "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
    ...         "parameters": {"r": 0},
    ...         "today": {"x": 0.2},
    ...         "instruments": {
    ...             "reward": {
    ...                 "range": [0, 30],
    ...                 "changes": {"r": "r + reward"},
    ...                 "cost": {"public": "reward*x"},
    ...             }
    ...         },
    ...     }
    ... )
    >>> found = temporary_programme(game)
    >>> round(found.infimum, 10), round(found.cheapest.cost, 6), found.cheapest.after.arrives
    (0.6931471806, 0.71315, True)
    """
    _refuse(margin, horizon, discount, payer)
    names = list(game.instruments) if instruments is None else list(instruments)
    if held is not None:
        names = list(dict.fromkeys([*(instruments or ()), *held]))
    if not names:
        raise InputError(
            "P124",
            say("the game describes no instruments"),
            hint=say(
                "describe them under `instruments` in the game file; `separatrix explain P124` shows one"
            ),
        )
    analysis = analyze(game_at_idle(game, names, values, scenario), values, scenario)
    point = target_point(analysis, target)
    state = start_of(game, start)
    problem = control_problem(game, names, values, scenario, payer=payer, discount=discount, limits=limits)
    search = Search(
        analysis,
        problem,
        point.id,
        np.array(state),
        target_set(analysis, point),
        margin,
        horizon,
        payer,
    )
    if not attracting(analysis, point.id):
        return search.answer(
            "not lasting",
            say(
                "{target} does not attract without support ({label}): the effect of any "
                "programme fades when it ends",
                target=point.id,
                label=point.stability or "undecided",
            ),
        )
    if search.basin.holds(search.state):
        return search.already_there()
    _refuse_faces(problem, search.state, game)
    if held is None:
        search.refuse_earning()
    if held is not None:
        found = search.of_held(held)
    elif search.closed_form:
        found = search.on_line()
    else:
        search.refuse_boundless()
        found = search.on_line_in_time() or search.in_general()
    best = found.cheapest
    if best is None or not draws:
        return found
    goal, state_now = np.array(point.state), np.array(state)
    safety = safety_margin(
        game, problem, state_now, goal, best.steps, values, scenario, draws=draws, seed=seed
    )
    return replace(found, safety=safety)


def _refuse(margin: float, horizon: float | None, discount: float, payer: str) -> None:
    if not (0 <= margin < 1):
        raise InputError(
            "P149",
            say("the margin is {margin}; it is a distance in shares, at least 0 and below 1", margin=margin),
            hint=say("give a number such as 0.01"),
        )
    if horizon is not None and not (0 < horizon < math.inf):
        raise InputError(
            "P149",
            say("the horizon is {horizon}; it is a time after the start", horizon=horizon),
            hint=say("give a number above 0"),
        )
    if not (0 <= discount < math.inf):
        raise InputError(
            "P149",
            say("the discount rate is {rate}; it is at least 0 per unit of time", rate=discount),
            hint=say("give a number such as 0.05"),
        )
    if discount > 0 and horizon is None:
        raise InputError(
            "P149",
            say("a discount rate requires a horizon: otherwise acting later is always cheaper"),
            hint=say("give the latest end, as in --by 10"),
        )
    if payer not in (*PAYERS, TOGETHER):
        raise InputError(
            "P126",
            say("unknown payer `{payer}`", payer=payer),
            hint=say("known are {known}", known=", ".join((*PAYERS, TOGETHER))),
        )


def _refuse_faces(problem: ControlProblem, state: Array, game: Game) -> None:
    if np.isfinite(problem.coordinates(state)).all():
        return
    gone = [f"{share} = {v:g}" for share, v in zip(game.shares, state, strict=True) if v in (0.0, 1.0)]
    raise InputError(
        "P147",
        say(
            "the start has {gone}: an unused strategy is never imitated, however strong the support",
            gone=", ".join(gone),
        ),
        hint=say("give the unused strategy a small share, such as 0.001, or recruit leaders first"),
    )
