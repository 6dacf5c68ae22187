"""All differences between an answer and what the exact oracle and theory say of the same game."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from core.oracles.answers import Answer, Piece, Point
from core.oracles.at_point import allowed_labels, averages, is_ess, is_nash, is_nss, is_strict, jacobian
from core.oracles.exact_supports import Continuum, RestStates
from core.oracles.inertia import Inertia, characteristic_polynomial, inertia
from core.oracles.share_games import ShareGame, value

__all__ = ["Tally", "differences", "nash_missing", "show"]

State = Sequence[Fraction]


@dataclass
class Tally:
    """What was seen over many games: points, how many undecided, and how many of these without excuse."""

    games: int = 0
    incomplete: int = 0
    points: int = 0
    undecided: int = 0
    undecided_hyperbolic: int = 0
    pieces: int = 0
    pieces_undecided: int = 0
    pieces_undecided_normal: int = 0
    nash_open: int = 0
    plain: int = 0
    incomplete_plain: int = 0
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The counts in one line."""
        return (
            f"{self.games} games ({self.plain} without zero eigenvalues), {self.incomplete} incomplete "
            f"({self.incomplete_plain} of the plain ones); {self.points} points, {self.undecided} undecided "
            f"({self.undecided_hyperbolic} hyperbolic), {self.nash_open} with ties left open; "
            f"{self.pieces} pieces, {self.pieces_undecided} undecided "
            f"({self.pieces_undecided_normal} normally hyperbolic); "
            f"{len(self.wrong)} differences"
        )


def differences(name: str, answer: Answer, truth: RestStates, tally: Tally) -> None:
    """Add every difference between an answer and the exact rest states to ``tally.wrong``."""
    game = answer.game
    wrong: list[str] = []
    if not answer.complete:
        tally.incomplete += 1
    remaining = list(answer.points)
    plain = True
    for state, isolated in [(p, True) for p in truth.isolated] + [(p, False) for p in truth.pure_on_continua]:
        match = [p for p in remaining if p.exact == state]
        if len(match) != 1:
            if len(match) > 1 or answer.complete:
                wrong.append(f"{show(state)} is listed {len(match)} times")
            continue
        remaining.remove(match[0])
        signs = inertia(jacobian(game, state))
        plain &= signs.hyperbolic
        tally.points += 1
        if match[0].label == "undecided":
            tally.undecided += 1
            tally.undecided_hyperbolic += signs.hyperbolic
        wrong += point_differences(game, state, match[0], isolated, signs)
    wrong += [f"{show(p.state)} ({p.entry['id']}) is no isolated rest point" for p in remaining]
    wrong += _continua_differences(name, answer, truth, tally)
    wrong += nash_missing(answer)
    plain &= not truth.continua
    tally.games += 1
    tally.plain += plain
    tally.incomplete_plain += plain and not answer.complete
    tally.wrong += [f"{name}: {text}" for text in wrong]


def nash_missing(answer: Answer) -> Iterator[str]:
    """Yield that no Nash equilibrium is listed; every finite game has one (Nash 1951)."""
    entries = [p.entry for p in answer.points] + [p.entry for p in answer.pieces]
    if answer.complete and not any(e["nash"] for e in entries):
        yield "no state is said to be a Nash equilibrium"


def show(state: Sequence[Any]) -> str:
    """A state in a line."""
    return "(" + ", ".join(str(v) if isinstance(v, Fraction) else f"{v:.6g}" for v in state) + ")"


# --------------------------------------------------------------------------- points


def point_differences(
    game: ShareGame, state: State, given: Point, isolated: bool, signs: Inertia
) -> Iterator[str]:
    """Yield what is wrong with the entry of a rest point that is known exactly."""
    name = f"{show(state)} ({given.entry['id']})"
    if given.entry["isolated"] is not isolated:
        yield f"{name}: isolated is {given.entry['isolated']}, should be {isolated}"
    if max(abs(float(a) - b) for a, b in zip(state, given.state, strict=True)) > 1e-12:
        yield f"{name}: state is {show(given.state)}"
    allowed, decided = allowed_labels(game, state, isolated=isolated, signs=signs)
    if given.label not in allowed and (decided or given.label != "undecided"):
        yield f"{name}: {given.label}, should be {' or '.join(sorted(allowed))}"
    elif given.label not in allowed and signs.hyperbolic:
        yield f"{name}: undecided though no eigenvalue has zero real part"
    if not given.entry["reason"]:
        yield f"{name}: {given.label} without a reason"
    for key, expected in _flags(game, state).items():
        if given.entry[key] is not expected:
            yield f"{name}: {key} is {given.entry[key]}, should be {expected}"
    if given.entry["ess"] and given.label != "asymptotically stable":
        yield f"{name}: an ESS is {given.label}"
    if given.entry["nss"] and given.label in ("saddle", "source", "unstable"):
        yield f"{name}: neutrally stable, but {given.label}"
    yield from _eigenvalue_differences(game, state, given, name)


def _flags(game: ShareGame, state: State) -> dict[str, bool | None]:
    flags: dict[str, bool | None] = {"nash": is_nash(game, state), "strict_nash": is_strict(game, state)}
    if len(game.sizes) == 1:
        flags |= {"ess": is_ess(game, state), "nss": is_nss(game, state)}
    elif not game.own_play:
        flags |= {"ess": flags["strict_nash"], "nss": None}
    return flags


def _eigenvalue_differences(game: ShareGame, state: State, given: Point, name: str) -> Iterator[str]:
    matrix = jacobian(game, state)
    listed = given.entry["eigenvalues"]
    if listed is None:
        return
    if len(listed) != len(matrix):
        yield f"{name}: {len(listed)} eigenvalues, the tangent space has dimension {len(matrix)}"
        return
    # the values themselves are ill-conditioned where they coincide; their polynomial is not
    ours = np.array([float(c) for c in characteristic_polynomial(matrix)[::-1]])
    theirs = np.poly([complex(re, im) for re, im in listed]) if listed else np.ones(1)
    scale = max(1.0, float(np.abs(np.array(listed, float)).max(initial=0.0)))
    weights = scale ** np.arange(len(ours))
    if np.abs((ours - theirs) / weights).max() > 1e-7:
        yield f"{name}: eigenvalues {listed}, but the characteristic polynomial is {ours}"


# --------------------------------------------------------------------------- continua


def _continua_differences(name: str, answer: Answer, truth: RestStates, tally: Tally) -> Iterator[str]:
    rng = random.Random(name)
    known = {c.support: c for c in truth.continua}
    thick = [p for p in answer.pieces if p.dimension > 0]
    tally.pieces += len(answer.pieces)
    tally.pieces_undecided += sum(p.label == "undecided" for p in answer.pieces)
    for piece in thick:
        if piece.support not in known:
            yield f"{piece.entry['id']}: no continuum on its support {sorted(piece.support)}"
        elif piece.dimension > known[piece.support].dimension:
            yield f"{piece.entry['id']}: dimension {piece.dimension}, not {known[piece.support].dimension}"
        if piece.label in ("asymptotically stable", "source"):
            yield f"{piece.entry['id']}: single points of a continuum cannot be {piece.label}"
    for piece in answer.pieces:
        yield from _corner_differences(answer.game, piece)
    places = [c for p in answer.pieces for c in p.corners] + [p.state for p in answer.points]
    for continuum in truth.continua:
        where = f"continuum on {sorted(continuum.support)}"
        mine = [p for p in thick if p.support == continuum.support]
        if answer.complete and max((p.dimension for p in mine), default=0) != continuum.dimension:
            yield f"{where}: dimension {continuum.dimension}, listed {[p.dimension for p in mine]}"
            continue
        for corner in continuum.corners:
            if answer.complete and not any(_close(corner, place) for place in places):
                yield f"{where}: its corner {show(corner)} is nowhere listed"
        yield from _label_differences(answer, continuum, rng, tally, where)


def _corner_differences(game: ShareGame, piece: Piece) -> Iterator[str]:
    for corner in piece.corners:
        # a piece may end at an irrational state, where an eigenvalue changes its sign
        mean = averages(game, corner)
        rates = (
            v * (value(u, corner) - mean[game.owner[k]])
            for k, (v, u) in enumerate(zip(corner, game.flat, strict=True))
        )
        if max(abs(r) for r in rates) > 1e-9:
            yield f"{piece.entry['id']}: its corner {show(corner)} is not a rest point"


def _close(exact: Sequence[Any], state: Sequence[float]) -> bool:
    return max(abs(float(a) - b) for a, b in zip(exact, state, strict=True)) < 1e-9


def _label_differences(
    answer: Answer, continuum: Continuum, rng: random.Random, tally: Tally, where: str
) -> Iterator[str]:
    """Look at random states of a continuum: each is on one piece, with a label that theory allows."""
    game = answer.game
    for _ in range(3):
        state = continuum.middle([rng.randint(1, 97) for _ in continuum.corners])
        found = [p for p in answer.pieces if p.support == continuum.support and p.holds(state)]
        if len(found) != 1:
            if found or answer.complete:
                yield f"{where}: {show(state)} is on {[p.entry['id'] for p in found]}"
            continue
        allowed, decided = allowed_labels(game, state, isolated=False, dimension=continuum.dimension)
        label = found[0].label
        tally.pieces_undecided_normal += decided and label == "undecided"
        if label not in allowed and label != "undecided":
            yield f"{where}: {found[0].entry['id']} is {label}, should be {' or '.join(sorted(allowed))}"
        if found[0].entry["nash"] is not is_nash(game, state) and found[0].entry["nash"] is not None:
            yield f"{where}: nash of {found[0].entry['id']} is {found[0].entry['nash']} at {show(state)}"
        if found[0].entry["nash"] is None and label != "undecided":
            yield f"{where}: nash of {found[0].entry['id']} is left open"
