"""Claimed outcomes: whether trajectories from the claimed starts end where the paper says.

A trajectory on which every strategy is played can only converge to a Nash equilibrium, and near a strict one
it cannot escape (Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, theorem
7.2.1).  In doubt a claim stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from separatrix.analysis.results import Analysis
from separatrix.audit.checks.equations import judged
from separatrix.audit.checks.stability import zero_directions
from separatrix.audit.claims.claims import FILE_VALUES, OutcomeClaim, StateClaim, knows, label_text
from separatrix.audit.claims.numerals import NoValue
from separatrix.audit.evidence.admissible import PolynomialSign
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.findings import Finding, about, claim_circumstances, state_name, state_text
from separatrix.audit.evidence.points import Located, coordinates_at, free_shares, locate, slack
from separatrix.audit.evidence.trajectories import TrajectoryEvidence, Trap, trajectories_from, traps_of
from separatrix.errors import SeparatrixError
from separatrix.expression.tree import Expression, names_in
from separatrix.game.model import apart
from separatrix.sentences import listed, say, together

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.fields.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["check_outcomes"]

NEAR = 0.02
"""A trajectory that comes this close to its claimed end, and stays, has reached it."""
BRUSH = 1e-3
"""A trajectory that comes this close to a Nash equilibrium may be one of the few that run into it."""
TURNS = 6
"""A trajectory that is said to circle has turned back so often at least."""
MOST_STARTS = 130
MOST_SETTINGS = 4
"""At so many sets of parameter values a claim with conditions is looked at."""


class _Outcome(NamedTuple):
    """What a path does instead of what is claimed: a clause for one path, and for several."""

    does: str
    do: str


DOUBT = _Outcome("", "")
Values = tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True)
class _OutcomeSetting:
    """The dynamics at the values of one claim."""

    values: dict[str, Fraction]
    field: Replicator
    analysis: Analysis | None
    """None where the payoffs are not rational functions of the shares: orbits are integrated all the same."""
    traps: tuple[Trap, ...]
    trajectories: Mapping[tuple[float, ...], TrajectoryEvidence]
    """From each claimed start."""


def check_outcomes(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each claimed outcome that does not happen."""
    claims = [c for c in truth.published.outcomes if knows(*c.to.at, *c.when)]
    settings: dict[Values, _OutcomeSetting] = {}
    for claim in claims:
        # Several ends without starts in one setting: every trajectory ends at one of them.
        ends = [claim.to]
        if not claim.starts:
            rivals = [
                c
                for c in claims
                if not c.starts and c.scenario == claim.scenario and c.when_text == claim.when_text
            ]
            if claim is not rivals[0]:
                continue
            ends = [c.to for c in rivals]
        what = say("The outcome {state}", state=state_name(claim.to))
        found = _judge(truth, claim, ends, claims, settings)
        yield from judged(claim, what, found, pole=say("its end divides by zero"))


def _judge(
    truth: Truth,
    claim: OutcomeClaim,
    ends: Sequence[StateClaim],
    claims: Sequence[OutcomeClaim],
    settings: dict[Values, _OutcomeSetting],
) -> Iterator[Finding]:
    """Yield what is wrong at the first of some parameter values at which anything is."""
    for key in _test_values(truth, claim):
        if key not in settings:
            alike = [c for c in claims if _alike(truth, c, key)]
            settings[key] = _setting(truth, dict(key), [s for c in alike for s in _starts(truth, c)])
        findings = list(_wrong_ends(truth, claim, ends, settings[key]))
        yield from findings
        if findings:
            return


def _test_values(truth: Truth, claim: OutcomeClaim) -> list[Values]:
    """The parameter values at which a claim is looked at: one set, or several that its conditions admit."""
    base = truth.numbers(claim)
    sets = [] if base is None else [base]
    if claim.when and truth.scenario_values(claim) is None:
        context = truth.context(claim)
        sets = [v for v in sets if truth.admissible.true_at(context, v)]
        natural = truth.admissible.natural
        several = truth.admissible.several(context, *natural) or truth.admissible.several(context)
        sets += [v for v in several if _off_edges(truth, v)]
        if not sets and truth.admissible.never(context):
            raise NotChecked(
                say(
                    "the conditions `{conditions}` hold for no admissible parameters",
                    conditions=claim.when_text,
                )
            )
    if not sets:
        raise NotChecked(say("no parameter values are known at which to follow trajectories"))
    return list(dict.fromkeys(tuple(sorted(v.items())) for v in sets))[:MOST_SETTINGS]


def _off_edges(truth: Truth, values: Mapping[str, Fraction]) -> bool:
    """Whether no eigenvalue of a pure state happens to be zero at parameter values."""
    for eigenvalues in truth.pure_eigenvalues.values():
        for _, _, value in eigenvalues:
            polynomial = truth.parameter_ratio(value).sign_polynomial
            if len(polynomial) and not truth.admissible.true_at(PolynomialSign(polynomial, "!="), values):
                return False
    return True


def _alike(truth: Truth, claim: OutcomeClaim, values: Values) -> bool:
    """Whether a claim is looked at at these parameter values too."""
    try:
        return values in _test_values(truth, claim)
    except (NotChecked, SeparatrixError):
        return False


def _starts(truth: Truth, claim: OutcomeClaim) -> list[tuple[float, ...]]:
    return [tuple(float(v) for v in s) for s in claim.starts] or list(_grid(truth))


def _setting(
    truth: Truth, values: dict[str, Fraction], starts: Sequence[tuple[float, ...]]
) -> _OutcomeSetting:
    from separatrix.dynamics.fields.replicator import replicator

    field = replicator(truth.game, dict(values))
    traps = tuple(traps_of(truth, values))
    unique = list(dict.fromkeys(starts))
    trajectories = dict(zip(unique, trajectories_from(field, unique, traps), strict=True))
    try:
        analysis = truth.analysis(values)
    except NotChecked:
        analysis = None
    return _OutcomeSetting(values, field, analysis, traps, trajectories)


# --------------------------------------------------------------------------- judging


def _wrong_ends(
    truth: Truth, claim: OutcomeClaim, ends: Sequence[StateClaim], setting: _OutcomeSetting
) -> Iterator[Finding]:
    import numpy as np

    targets = [_Target(truth, end, setting) for end in ends]
    starts = _starts(truth, claim)

    def distance(states: Array) -> Array:
        return np.asarray(np.min([t.distance(states) for t in targets], axis=0))

    reached = max(NEAR, *(t.slack for t in targets))
    wrong: dict[_Outcome, list[tuple[float, ...]]] = {}
    unclear: list[tuple[float, ...]] = []
    for start in starts:
        possible = [t for t in targets if _possible(setting, t, start)]
        instead = _instead(truth, setting, possible, setting.trajectories[start], distance, reached)
        if instead == DOUBT:
            unclear.append(start)
        elif instead is not None:
            wrong.setdefault(instead, []).append(start)
    if unclear and not wrong:
        raise NotChecked(
            say("trajectories from {starts} had not settled after a long time", starts=_first_few(unclear))
        )
    if not wrong:
        return
    total = sum(map(len, wrong.values()))
    ends_text = listed((state_name(e) for e in ends), "or")
    parts = []
    for outcome, some in wrong.items():
        if len(starts) == 1:
            parts.append(say("it {does}", does=outcome.does))
        elif len(some) == 1:
            parts.append(say("from {starts} it {does}", starts=_first_few(some), does=outcome.does))
        else:
            parts.append(say("from {starts} they {do}", starts=_first_few(some), do=outcome.do))
    said = {
        "outcome": ends_text,
        "where": claim_circumstances(claim) or FILE_VALUES,
        "parts": together(parts, "; "),
    }
    if len(starts) == 1:
        text: str = say(
            "The trajectory from {start} does not end at {outcome} {where}: {parts}.",
            start=state_text(starts[0]),
            **said,
        )
    else:
        kind = say("claimed starts") if claim.starts else say("interior starts on a grid")
        said |= {"count": str(len(starts)), "kind": kind, "wrong": str(total)}
        text = (
            say("None of the trajectories from {count} {kind} ends at {outcome} {where}: {parts}.", **said)
            if total == len(starts)
            else say(
                "Of the trajectories from {count} {kind}, {wrong} do not end at {outcome} {where}: {parts}.",
                **said,
            )
        )
    degenerate = together((zero_directions(truth, e, setting.values) for e in ends), "; ")
    if degenerate:
        text = together((text, say("The claimed outcome is degenerate: {why}.", why=degenerate)))
    first = next(iter(wrong.values()))[0]
    witness = truth.relevant_values(setting.values)
    witness |= {
        s: Fraction(v).limit_denominator(10**6) for s, v in zip(truth.game.shares, first, strict=True)
    }
    yield about(
        claim,
        "P613",
        "error",
        text,
        claim=say("ends at {place}", place=ends_text),
        correct=together((outcome.do for outcome in wrong), "; "),
        witness=witness,
    )


def _first_few(starts: Sequence[tuple[float, ...]]) -> str:
    shown = listed(state_text(s) for s in starts[:3])
    return say("{starts} and others", starts=shown) if len(starts) > 3 else shown


def _ends(place: str) -> _Outcome:
    return _Outcome(say("ends at {place}", place=place), say("end at {place}", place=place))


class _Target:
    """A claimed limit: its coordinates without the free ones."""

    def __init__(self, truth: Truth, end: StateClaim, setting: _OutcomeSetting) -> None:
        self.state = end
        self.free = free_shares(truth, end)
        known = {**setting.values, **dict.fromkeys(self.free, Fraction(1, 2))}
        self.at = [float(c.real.mid()) for c in coordinates_at(truth, end, known)]
        self.fixed = [k for k, c in enumerate(end.at) if not _mentions(c.expression, self.free)]
        self.slack = float(max(slack(end), default=Fraction(0)))
        located = Located()
        if setting.analysis is not None:
            located = locate(truth, end, setting.analysis, setting.values)
        self.attracts = located.label == "asymptotically stable" or setting.analysis is None

    def distance(self, states: Array) -> Array:
        import numpy as np

        if not self.fixed:
            return np.zeros(len(states))
        return np.asarray(np.max([np.abs(states[:, k] - self.at[k]) for k in self.fixed], axis=0))


def _mentions(expression: Expression, names: frozenset[str]) -> bool:
    return bool(names & set(names_in(expression)))


def _grid(truth: Truth) -> Iterator[tuple[float, ...]]:
    """Yield interior starts on a grid."""
    axes: list[list[tuple[float, ...]]] = []
    small = len(truth.coordinates) <= 3
    for population in truth.game.populations:
        k = len(population.strategies)
        if k == 2:
            axes.append([(v,) for v in ((0.1, 0.3, 0.5, 0.7, 0.9) if small else (0.2, 0.5, 0.8))])
        else:
            parts = k + 3
            cells = [c for c in itertools.product(range(1, parts), repeat=k) if sum(c) == parts]
            axes.append([tuple(v / parts for v in c) for c in cells])
    every = itertools.product(*axes)
    size = 1
    for axis in axes:
        size *= len(axis)
    stride = max(1, -(-size // MOST_STARTS))
    for states in itertools.islice(every, 0, None, stride):
        yield tuple(v for part in states for v in part)


def _instead(
    truth: Truth,
    setting: _OutcomeSetting,
    possible: Sequence[_Target],
    orbit: TrajectoryEvidence,
    distance: Callable[[Array], Array],
    reached: float,
) -> _Outcome | None:
    """Return what a trajectory does instead of reaching a target; None where it does, `DOUBT` where unclear.

    ``possible`` are the targets to which the trajectory can converge at all.
    """
    import numpy as np

    nearest, late, later = orbit.away(distance)
    if orbit.trap >= 0:
        corner = _corner_state(truth, setting.traps[orbit.trap].profile)
        if float(distance(np.array([corner]))[0]) <= reached:
            return None
        if possible and nearest <= BRUSH:
            return None
        return _ends(_name(truth, corner, setting))
    if not possible:
        outcome = _describe(truth, setting, orbit)
        if outcome != DOUBT:
            return outcome
        end = state_text([round(float(v), 3) for v in orbit.states[-1]])
        return _Outcome(
            say(
                "is at {place} after a long time, and cannot converge to a state that is not a "
                "Nash equilibrium",
                place=end,
            ),
            say(
                "are at {place} after a long time, and cannot converge to a state that is not a "
                "Nash equilibrium",
                place=end,
            ),
        )
    if later <= reached or nearest <= BRUSH:
        return None
    # A weak attractor draws trajectories in slowly: only one that clearly leaves it is told.
    least = 1.02 if any(t.attracts for t in possible) else 0.98
    moving = orbit.spread > 1e-3 or orbit.speed > 1e-6
    if moving and (later < least * late or orbit.turns < TURNS):
        return DOUBT
    return _describe(truth, setting, orbit)


def _describe(truth: Truth, setting: _OutcomeSetting, orbit: TrajectoryEvidence) -> _Outcome:
    """What a trajectory that does not reach its claimed end does; `DOUBT` where that is unclear."""
    if orbit.spread <= 1e-3 and orbit.speed <= 1e-6:
        return _ends(_name(truth, tuple(orbit.states[-1]), setting))
    if orbit.spread < 0.05:
        return DOUBT
    centres = [
        p
        for p in (() if setting.analysis is None else setting.analysis.rest_points)
        if p.stability == "centre" and len(p.free) == len(truth.game.populations)
    ]
    if centres and len(truth.coordinates) == 2:
        centre = state_text(centres[0].state or ())
        return _Outcome(
            say("runs round the centre {place} on closed orbits", place=centre),
            say("run round the centre {place} on closed orbits", place=centre),
        )
    if orbit.turns >= TURNS:
        return _Outcome(
            say("keeps oscillating and does not converge"),
            say("keep oscillating and do not converge"),
        )
    return _Outcome(
        say("keeps moving and has not settled after a long time"),
        say("keep moving and have not settled after a long time"),
    )


def _possible(setting: _OutcomeSetting, target: _Target, start: Sequence[float]) -> bool:
    """Whether a trajectory from `start` can converge to a target: no strategy that is played gains there."""
    import numpy as np

    if target.free:
        return True
    state = np.array([target.at])
    if (state < -1e-12).any() or (state > 1 + 1e-12).any():
        return False
    own = setting.field.weights(state)
    played = setting.field.weights(np.array([start]))
    for part, present, earned in zip(own, played, setting.field.payoffs(own), strict=True):
        average = (part * earned).sum()
        gains = earned - average
        scale = setting.field.scale or 1.0
        margin = 1e-9 * scale + 10 * target.slack * scale
        if bool(((gains > margin) & (present > 0)).any()):
            return False
    return True


def _corner_state(truth: Truth, profile: Sequence[int]) -> tuple[float, ...]:
    corner = truth.corner(profile)
    return tuple(float(corner[s].value or 0) for s in truth.game.shares)


def _name(truth: Truth, state: Sequence[float], setting: _OutcomeSetting) -> str:
    """A state as a rest point of the analysis or the paper, or in numbers."""
    best = None
    for point in () if setting.analysis is None else setting.analysis.rest_points:
        if point.state is not None:
            gap = apart(point.state, state)
            if gap <= 2e-3 and (best is None or gap < best[0]):
                best = (gap, point)
    if best is not None:
        point = best[1]
        text = state_text(point.state or ())
        for claimed in truth.published.rest_points:
            try:
                where = coordinates_at(truth, claimed, setting.values)
            except NoValue:
                continue
            same = all(
                abs(float(c.real.mid()) - v) < 1e-6 for c, v in zip(where, point.state or (), strict=True)
            )
            if same and claimed.id:
                text = f"{claimed.id} {text}"
        if point.isolated is False:
            return _of_continuum(text)
        return _of_kind(text, point.stability)
    if setting.analysis is not None and setting.analysis.rest_sets:
        return _of_continuum(state_text([round(v, 3) for v in state]))
    return state_text([round(v, 4) for v in state])


def _of_continuum(state: str) -> str:
    return say("{state}, a state of a continuum of equilibria", state=state)


def _of_kind(state: str, label: str | None) -> str:
    if label in ("asymptotically stable", "saddle", "centre", "source"):
        return say("{state}, which is {label}", state=state, label=label_text(label))
    return state
