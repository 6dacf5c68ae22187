"""The label of a certified rest point, and what the game says of it.

Eigenvalues decide where their signs are certain.  Without own play, and with constant speeds, a point is
asymptotically stable exactly if it is a strict Nash equilibrium (Ritzberger & Weibull 1995, proposition 2).
Zero eigenvalues never decide; where one invariant edge is the centre manifold, the sign of the advantage
beside the point does (reduction principle: Carr 1981, theorem 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from separatrix.analysis.certified.faces import Face
from separatrix.analysis.certified.line import beside_end
from separatrix.analysis.certified.local import Local
from separatrix.analysis.certified.system import FaceSystem
from separatrix.analysis.planar import planar_corner
from separatrix.analysis.stability import Verdict
from separatrix.analysis.surd import sign

__all__ = ["GameWords", "game_words", "label_point"]

System = Callable[[Face], FaceSystem]


@dataclass(frozen=True)
class GameWords:
    """What the game says of a rest point; None where that is not known or not defined."""

    nash: bool | None
    strict_nash: bool | None
    ess: bool | None
    nss: bool | None


def label_point(local: Local, system: System, sides: tuple[int, int] | None = None) -> Verdict:
    """Return the label of a rest point and the reason for it.

    Parameters
    ----------
    local : Local
    system : from a face to its equations
    sides : for a mixed point of an edge, the sign of the advantage just below and just above it
    """
    along = local.along
    turns = [o.turn for o in local.outside]
    negative = along.negative + turns.count(-1)
    positive = along.positive + turns.count(1)
    unknown = along.unknown + turns.count(None)
    zero = along.zero + turns.count(0)
    if negative and positive:
        return Verdict("saddle", "eigenvalues with real parts of both signs")
    if not unknown and not zero:
        if positive:
            return Verdict("source", "every eigenvalue has positive real part")
        return Verdict("asymptotically stable", _sink(local))
    if positive:
        return _unstable(local, sides, unknown)
    if unknown:
        return Verdict("undecided", _unclear(local))
    return _with_zeros(local, system, sides)


def _sink(local: Local) -> str:
    if not local.system.free:
        return "strict Nash equilibrium: every eigenvalue is negative"
    return "every eigenvalue has negative real part"


def _unstable(local: Local, sides: tuple[int, int] | None, unknown: int) -> Verdict:
    if len(local.outside) == 0 and sides is not None:
        return _on_segment(sides)
    return Verdict("unstable", "an eigenvalue with positive real part")


def _unclear(local: Local) -> str:
    if any(o.turn is None for o in local.outside):
        return "the payoff of an unplayed strategy could not be told from that of the played ones"
    return "some eigenvalue could not be told from one with zero real part"


def _on_segment(sides: tuple[int, int]) -> Verdict:
    """A mixed point of one population with two strategies: the flow is one-dimensional."""
    before, after = sides
    if before > 0 > after:
        return Verdict("asymptotically stable", "the advantage drives the share back from both sides")
    if before < 0 < after:
        return Verdict("source", "the advantage drives the share away on both sides")
    return Verdict("unstable", "the advantage drives the share back on one side and away on the other")


def _with_zeros(local: Local, system: System, sides: tuple[int, int] | None) -> Verdict:
    """The eigenvalues are negative or have zero real part."""
    turns = [o.turn for o in local.outside]
    contracting = turns.count(-1)
    rest = "every other direction contracts" if contracting else ""
    if local.along.zero and turns.count(0) == 0:
        return _inside(local, sides, rest)
    if local.along.values:
        return Verdict("undecided", "unplayed strategies that earn the average, at a mixed state")
    neutral = local.edges()
    if len(neutral) == 1:
        return _beside_corner(local, system, neutral[0], rest)
    if local.balanced:
        return _balanced_corner(local, system, neutral, rest)
    return Verdict("undecided", "more than one eigenvalue is zero, and the payoffs depend on the own shares")


def _because(rest: str, why: str) -> str:
    return f"{rest}, and {why}" if rest else why


def _inside(local: Local, sides: tuple[int, int] | None, rest: str) -> Verdict:
    """The face itself is a centre manifold, because all directions out of it contract."""
    if sides is not None:
        verdict = _on_segment(sides)
        label = verdict.label if not rest or verdict.label != "source" else "unstable"
        return Verdict(label, _because(rest, verdict.reason))
    size = len(local.system.free)
    if local.balanced and size == 2 and not _nilpotent(local):
        # Two populations with two strategies each and all others pure: H is conserved in the face.
        why = "the conserved quantity H of its face has a strict extremum at it, so closed orbits surround it"
        if not local.outside:
            return Verdict("centre", why)
        if _others_pure_linear(local):
            return Verdict("stable", _because(rest, why))
    return Verdict("undecided", "eigenvalues along the face with zero real part, and no argument beyond them")


def _nilpotent(local: Local) -> bool:
    return all(v == 0 for v in local.along.values)


def _others_pure_linear(local: Local) -> bool:
    """Whether the two advantages in the face depend on one share each, so that H is conserved."""
    return len({q for q, _ in local.system.free}) == 2


def _beside_corner(local: Local, system: System, edge: tuple[int, int], rest: str) -> Verdict:
    """One zero eigenvalue at a pure profile: its edge is invariant and tangent, so a centre manifold."""
    q, b = edge
    (a,) = local.system.face[q]
    face = tuple(tuple(sorted((a, b))) if p == q else played for p, played in enumerate(local.system.face))
    line = system(face)
    if not line.equations[0]:
        return Verdict(
            "stable", _because(rest, "one edge of rest states leads away from it (normally hyperbolic)")
        )
    end = int(a == face[q][0])  # the free share is that of the first strategy
    drift = beside_end(line, end)
    towards = drift > 0 if end else drift < 0
    if towards:
        return Verdict(
            "asymptotically stable",
            _because(rest, "the advantage beside it drives the share back along the edge of zero eigenvalue"),
        )
    if not local.outside[1:]:
        return Verdict("source", "the advantage beside it drives the share away")
    return Verdict("unstable", "the advantage beside it drives the share away along an edge")


def _balanced_corner(local: Local, system: System, neutral: list[tuple[int, int]], rest: str) -> Verdict:
    """Several zero eigenvalues at a pure profile, without own play."""
    face = tuple(
        tuple(sorted({*played, *(b for q, b in neutral if q == p)}))
        for p, played in enumerate(local.system.face)
    )
    if not any(system(face).equations):
        why = "all states of one face at it are at rest (normally hyperbolic)"
        return Verdict("stable", _because(rest, why))
    if len(neutral) == 2:
        (p, _), (q, _) = neutral
        plane = system(face)
        growth = []
        for r, other in ((p, q), (q, p)):
            k = next(n for n, (population, _) in enumerate(plane.free) if population == r)
            equation = plane.equations[k]
            slope = equation.derivative(plane.variables[1 - k])
            value = local.root.exact_value(slope) if local.root.exact is not None else None
            assert value is not None  # a pure profile is exact
            if equation and sign(value) == 0:
                why = "in the face of the neutral strategies, to lowest order nothing moves"
                return Verdict("undecided", why)
            growth.append(value * _inward(local, face, r) * _inward(local, face, other))
        stable, why = planar_corner(growth[0], growth[1])
        why = f"in the face of the neutral strategies, {why}"
        return Verdict("stable", _because(rest, why)) if stable else Verdict("unstable", why)
    return Verdict("undecided", "more than two eigenvalues are zero")


def _inward(local: Local, face: Face, q: int) -> int:
    (a,) = local.system.face[q]
    return -1 if a == face[q][0] else 1


def game_words(local: Local, verdict: Verdict, sides: tuple[int, int] | None, tabled: bool) -> GameWords:
    """Return whether a rest point is a Nash equilibrium, and evolutionarily stable."""
    turns = [o.turn for o in local.outside]
    pure = not local.system.free
    nash: bool | None = False if 1 in turns else None if None in turns else True
    strict = pure and all(t == -1 for t in turns)
    if not tabled:
        return GameWords(nash, strict, None, None)
    count = len(local.system.field.sizes)
    if count > 1:
        if local.balanced:
            return GameWords(nash, strict, strict, None)
        return GameWords(nash, strict, True if strict else False if nash is False else None, None)
    if local.system.field.sizes == (2,):
        # x·F(y) > y·F(y) for all y beside x is the same as the share moving back to x.
        stable = verdict.label == "asymptotically stable"
        return GameWords(nash, strict, stable, stable or verdict.label == "stable")
    if strict:
        return GameWords(nash, strict, True, True)
    if nash is False:
        return GameWords(nash, strict, False, False)
    return GameWords(nash, strict, None, None)
