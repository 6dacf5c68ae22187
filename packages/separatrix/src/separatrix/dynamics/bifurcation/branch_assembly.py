"""Branches and named points from the tracks of all stretches and the meetings between them."""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.rest_state_ids import by_number, ids_of, letter
from separatrix.analysis.results import Analysis, Label
from separatrix.dynamics.bifurcation.branch_points import Meeting, Named, name_meeting
from separatrix.dynamics.bifurcation.result import BifurcationBranch, BranchPiece, NamedPoint, Stretch
from separatrix.dynamics.bifurcation.tolerances import NEAR
from separatrix.dynamics.bifurcation.tracks import Track
from separatrix.dynamics.statistics import free_letters
from separatrix.expression.tree import Expression
from separatrix.game.model import Game, apart
from separatrix.sentences import say

__all__ = ["Happening", "Value", "assembled", "label_at"]


@dataclass(frozen=True, eq=False)
class Value:
    """A parameter value at which something may happen.

    Attributes
    ----------
    value, exact, polynomial, bounds
        As in `NamedPoint`.
    analysis : Analysis or None
        At the value itself, where it is rational.
    pole : bool
        Whether a payoff divides by zero there.
    """

    value: float
    exact: Expression | None
    polynomial: Expression | None
    bounds: tuple[Fraction, Fraction]
    analysis: Analysis | None
    pole: bool = False


@dataclass(frozen=True, eq=False)
class Happening:
    """A value, and who meets there."""

    at: Value
    meetings: tuple[Meeting, ...]


Judge = Callable[[Named, Track, Meeting, Value], tuple[Named, float | None, float | None]]
"""What more is known of a Hopf point: its name, frequency and first Lyapunov coefficient."""


def assembled(
    game: Game,
    stretches: Sequence[Sequence[Track]],
    samples: Sequence[tuple[float, float, Fraction, Analysis]],
    happenings: Sequence[Happening],
    judge: Judge,
) -> tuple[tuple[BifurcationBranch, ...], tuple[NamedPoint, ...], tuple[Stretch, ...]]:
    """Return the branches, the named points and the stretches.

    Parameters
    ----------
    game : Game
    stretches : the tracks between neighbouring values
    samples : for each stretch its ends, the sample and its analysis
    happenings : at the values between them
    judge : what more is known of a Hopf point
    """
    chains = _chains(stretches, happenings)
    called = _branches_with_ids(game, stretches, chains)
    names = {id(track): name for name, chain in called for track in chain}
    branches = tuple(_branch(name, chain) for name, chain in called)
    points = [
        point for happening in happenings for point in _points(happening, lambda t: names[id(t)], judge)
    ]
    points.sort(key=lambda p: (p.bounds[0], [by_number(b) for b in p.branches]))
    letters = free_letters(game, string.ascii_lowercase)
    lettered = tuple(replace(p, id=next(letters)) for p in points)
    return branches, lettered, tuple(_stretches(stretches, samples, names, lettered))


# --------------------------------------------------------------------------- branches


def _chains(stretches: Sequence[Sequence[Track]], happenings: Sequence[Happening]) -> list[list[Track]]:
    follows = {id(a): b for h in happenings for m in h.meetings for a, b in m.joined}
    continued = {id(b) for b in follows.values()}
    chains = []
    for tracks in stretches:
        for track in tracks:
            if id(track) in continued:
                continue
            chain = [track]
            while id(chain[-1]) in follows:
                chain.append(follows[id(chain[-1])])
            chains.append(chain)
    return chains


def _branches_with_ids(
    game: Game, stretches: Sequence[Sequence[Track]], chains: Iterable[list[Track]]
) -> list[tuple[str, list[Track]]]:
    """The branches with the ids of their rest points, in order.

    States of one support that never occur twice at a time form one branch, which may vanish in between.
    Several at a time are distinguished by letters, in order of their first values.
    """
    ids = ids_of(game)
    place = {id(track): k for k, tracks in enumerate(stretches) for track in tracks}
    alike: dict[Support, list[list[Track]]] = {}
    for chain in chains:
        alike.setdefault(chain[0].support, []).append(chain)
    result = []
    for support in sorted(alike, key=ids.order):
        branches = sorted(alike[support], key=lambda c: (place[id(c[0])], _middle(c[0])))
        name, together = ids.point(support), list(itertools.chain.from_iterable(branches))
        if len({place[id(track)] for track in together}) == len(together):
            result.append((name, together))
            continue
        result += [(name + letter(k), chain) for k, chain in enumerate(branches)]
    return result


def _middle(track: Track) -> list[float]:
    return [float(x) for x in track.states[len(track.states) // 2]]


def _branch(id: str, chain: Sequence[Track]) -> BifurcationBranch:
    pieces: list[BranchPiece] = []
    for track in chain:
        values = [float(v) for v in track.values]
        states = [tuple(float(x) for x in row) for row in track.states]
        last = pieces[-1] if pieces else None
        if (
            last is not None
            and last.high == values[0]
            and (last.stability, last.signs) == (track.label, track.signs)
        ):
            pieces[-1] = replace(
                last,
                high=values[-1],
                values=(*last.values, *values[1:]),
                states=(*last.states, *states[1:]),
            )
            continue
        pieces.append(
            BranchPiece(
                values[0],
                values[-1],
                track.label,
                track.point.reason,
                track.signs,
                tuple(values),
                tuple(states),
            )
        )
    formulas = {track.formula for track in chain}
    formula = next(iter(formulas)) if len(formulas) == 1 else None
    return BifurcationBranch(id, chain[0].point.support, tuple(pieces), formula)


def _stretches(
    stretches: Sequence[Sequence[Track]],
    samples: Sequence[tuple[float, float, Fraction, Analysis]],
    names: Mapping[int, str],
    points: Sequence[NamedPoint],
) -> Iterable[Stretch]:
    """Stretches between named points; those that nothing separates are one."""
    result: list[Stretch] = []
    happened = {p.value for p in points}
    for tracks, (low, high, sample, analysis) in zip(stretches, samples, strict=True):
        stable = tuple(
            sorted((names[id(t)] for t in tracks if t.label == "asymptotically stable"), key=by_number)
        )
        apart = result and any(result[-1].high <= value <= low for value in happened)
        if result and not apart and result[-1].stable == stable:
            result[-1] = replace(result[-1], high=high)
            continue
        result.append(Stretch(low, high, sample, stable, analysis.rest_sets))
    return result


# --------------------------------------------------------------------------- points


def _points(happening: Happening, called: Callable[[Track], str], judge: Judge) -> Iterable[NamedPoint]:
    at = happening.at
    if at.pole:
        why = say("a payoff divides by zero here, or a speed vanishes")
        everybody = dict.fromkeys(called(t) for m in happening.meetings for t in (*m.before, *m.after))
        yield _point(at, Named("pole", why), (), tuple(everybody))
        return
    for meeting in happening.meetings:
        named = name_meeting(meeting, called) or _differs(meeting, at, called)
        if named is None:
            continue
        frequency = lyapunov = None
        if named.hopf is not None:
            named, frequency, lyapunov = judge(named, named.hopf[0], meeting, at)
        everybody = dict.fromkeys(called(t) for t in (*meeting.before, *meeting.after))
        states = tuple(tuple(float(x) for x in place) for place in meeting.places)
        point = _point(at, named, states, tuple(sorted(everybody, key=by_number)))
        label = None if len(states) > 1 else label_at(at.analysis, states[0])
        edges = () if meeting.resting is None else meeting.resting.edges
        names = tuple(_names(meeting, edge) for edge in edges)
        yield replace(point, label=label, frequency=frequency, lyapunov=lyapunov, edges=names)


def _point(
    at: Value, named: Named, states: tuple[tuple[float, ...], ...], branches: tuple[str, ...]
) -> NamedPoint:
    return NamedPoint(
        id="",
        kind=named.kind,
        criticality=named.criticality,
        value=at.value,
        exact=at.exact,
        polynomial=at.polynomial,
        bounds=at.bounds,
        states=states,
        branches=branches,
        reason=named.reason,
    )


def _names(meeting: Meeting, edge: tuple[tuple[int, ...], ...]) -> tuple[tuple[str, ...], ...]:
    game = meeting.game
    return tuple(
        tuple(population.strategies[a].name for a in played)
        for population, played in zip(game.populations, edge, strict=True)
    )


def label_at(analysis: Analysis | None, state: Sequence[float]) -> Label | None:
    """Return the label that an isolated rest point has in an analysis; None where there is none."""
    if analysis is None:
        return None
    for point in analysis.rest_points:
        if point.state is None or not point.isolated:
            continue
        if apart(point.state, state) < NEAR:
            return point.stability
    return None


def _differs(meeting: Meeting, at: Value, called: Callable[[Track], str]) -> Named | None:
    """Whether at the value alone a branch has another label than on both sides."""
    if len(meeting.joined) != 1:
        return None
    before, _ = meeting.joined[0]
    here = label_at(at.analysis, [float(x) for x in before.end])
    if here is None or here == before.label:
        return None
    told = say("an eigenvalue of {branch} reaches the imaginary axis and turns back", branch=called(before))
    return Named("unnamed", say("unnamed, because {why}", why=told))
