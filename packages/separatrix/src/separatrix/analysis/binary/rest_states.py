"""All rest states of up to three populations with two strategies each, exactly.

A state is at rest where every population is pure or indifferent.  So on each of the 3**n open faces of
the cube the advantages of the mixing populations vanish.  Each advantage, restricted to the face, is
zero, or without zeros, or a product of factors that are linear in one share, or a Möbius relation of
two shares, which is one-to-one.  Choosing one factor an equation and solving from the known shares to
the unknown finds every rest state: points, curves, surfaces.  Nothing is searched or iterated, so
nothing can be missed; a cycle of three Möbius relations is a quadratic, which has at most two roots or
is an identity.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flint import fmpq

from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.exact.algebraic_numbers import Exact, as_rational, quadratic_roots
from separatrix.expression.constants import Unseparated

__all__ = [
    "AxisFactor",
    "RestBranch",
    "Face",
    "Free",
    "Linked",
    "Mobius",
    "branches",
    "branches_inside",
    "faces",
    "factors_inside",
    "inside",
    "link_intervals",
    "mobius_value",
    "played",
]

Face = tuple[int | None, ...]
"""For each population its pure share, 0 or 1, or None where both strategies are played."""

ZERO, ONE = fmpq(0), fmpq(1)


@dataclass(frozen=True)
class Free:
    """A coordinate that moves freely through (0, 1), or through the branch's interval."""


@dataclass(frozen=True)
class Linked:
    """A coordinate (p + q·t)/(r + s·t), where t is the share of the population `master`."""

    p: fmpq
    q: fmpq
    r: fmpq
    s: fmpq
    master: int


@dataclass(frozen=True)
class RestBranch:
    """An irreducible set of rest states in one open face: a point, a curve, a surface, a volume.

    ``master`` is the population whose share is the parameter t of the linked coordinates, and
    ``interval`` the open interval through which t runs; both are None where nothing is linked.
    """

    face: Face
    coordinates: tuple[Exact | Free | Linked, ...]
    master: int | None = None
    interval: tuple[fmpq, fmpq] | None = None

    @property
    def free(self) -> tuple[int, ...]:
        """The populations that play both strategies."""
        return tuple(i for i, pure in enumerate(self.face) if pure is None)

    @property
    def moving(self) -> tuple[int, ...]:
        """The populations whose shares are free parameters of the branch."""
        return tuple(i for i, c in enumerate(self.coordinates) if isinstance(c, Free))

    @property
    def dimension(self) -> int:
        """0 for a point, 1 for a curve, 2 for a surface, 3 for the whole cube."""
        return len(self.moving)

    def range(self, i: int) -> tuple[fmpq, fmpq]:
        """The open interval of the free parameter i."""
        if i == self.master and self.interval is not None:
            return self.interval
        return ZERO, ONE

    def state(self, parameters: Mapping[int, Exact]) -> tuple[Exact, ...]:
        """Return the state at given values of the free parameters."""
        result: list[Exact] = []
        for i, coordinate in enumerate(self.coordinates):
            if isinstance(coordinate, Free):
                result.append(parameters[i])
            elif isinstance(coordinate, Linked):
                result.append(mobius_value(coordinate, parameters[coordinate.master]))
            else:
                result.append(coordinate)
        return tuple(result)

    def contains(self, state: tuple[Exact, ...], closed: bool = False) -> bool:
        """Return whether a state lies on the branch, or with `closed` on its closure."""
        for i, coordinate in enumerate(self.coordinates):
            value = state[i]
            if isinstance(coordinate, Free):
                low, high = self.range(i)
                if not (low <= value <= high if closed else low < value < high):
                    return False
            elif isinstance(coordinate, Linked):
                t = state[coordinate.master]
                left = value * (coordinate.r + coordinate.s * t)
                if left != coordinate.p + coordinate.q * t:
                    return False
            elif value != coordinate:
                return False
        return True


def mobius_value(link: Linked, t: Exact) -> Exact:
    """Return (p + q·t)/(r + s·t)."""
    return (link.p + link.q * t) / (link.r + link.s * t)


def played(face: Face) -> Support:
    """Return the strategies played on an open face."""
    return tuple((0, 1) if pure is None else (1 - pure,) for pure in face)


def faces(n: int) -> Iterator[Face]:
    """Yield the 3**n faces, the pure profiles first, then by the number of mixing populations."""
    every = itertools.product((0, 1, None), repeat=n)
    yield from sorted(every, key=lambda f: (f.count(None), [2 if p is None else p for p in f]))


def inside(value: Exact) -> bool:
    """Return whether 0 < value < 1."""
    return bool(value > 0) and bool(value < 1)


@dataclass(frozen=True)
class AxisFactor:
    variable: int
    value: fmpq


@dataclass(frozen=True)
class Mobius:
    """p + q·u + (r + s·u)·v = 0 with q·r - p·s not 0, so that each share determines the other."""

    u: int
    v: int
    p: fmpq
    q: fmpq
    r: fmpq
    s: fmpq

    def solved_for(self, unknown: int) -> Linked:
        if unknown == self.v:
            return Linked(-self.p, -self.q, self.r, self.s, self.u)
        return Linked(-self.p, -self.r, self.q, self.s, self.v)

    def opposite(self, variable: int) -> int:
        return self.v if variable == self.u else self.u


Factor = AxisFactor | Mobius | None  # None: no restriction at all


def factors_inside(coefficients: Mapping[frozenset[int], Exact], others: list[int]) -> list[Factor]:
    """Return the factors of an advantage that can vanish inside the face; none: no zeros there."""
    if not coefficients:
        return [None]
    used = sorted(set().union(*coefficients))
    if not used:
        return []
    if len(used) == 1:
        root = -_rational(coefficients, ()) / _rational(coefficients, used)
        return [AxisFactor(used[0], root)] if inside(root) else []
    u, v = others
    p, q = _rational(coefficients, ()), _rational(coefficients, (u,))
    r, s = _rational(coefficients, (v,)), _rational(coefficients, (u, v))
    if q * r != p * s:
        return [Mobius(u, v, p, q, r, s)]
    # Both shares occur and the determinant is zero: s·(u - u0)·(v - v0) with s not 0.
    roots = [AxisFactor(u, -r / s), AxisFactor(v, -q / s)]
    return [axis for axis in roots if inside(axis.value)]


def _rational(coefficients: Mapping[frozenset[int], Exact], subset: Iterable[int]) -> fmpq:
    """A coefficient on a face, where the fixed shares are 0 or 1: always rational."""
    return as_rational(coefficients.get(frozenset(subset), ZERO))


def branches(game: Multilinear, open_faces: list[Face] | None = None) -> list[RestBranch]:
    """Return every rest state of `game` as branches, without those inside larger ones.

    Parameters
    ----------
    game : Multilinear
        At most three populations.
    open_faces : list, optional
        Filled with the faces on which the sign of a constant is unknown, instead of raising S005.

    Returns
    -------
    list of RestBranch
        The 2**n pure profiles come first.  Every rest state lies on a branch or, for pure profiles, is
        one; a point or curve that lies on a larger branch of the same face is not listed.
    """
    found: list[RestBranch] = []
    for face in faces(game.n):
        try:
            found.extend(_largest(list(_in_face(game, face))))
        except Unseparated:
            if open_faces is None:
                raise
            open_faces.append(face)
    return found


def branches_inside(game: Multilinear) -> list[RestBranch]:
    """Return the rest states in which every population of `game` mixes, as `branches` does."""
    return _largest(list(_in_face(game, (None,) * game.n)))


def _in_face(game: Multilinear, face: Face) -> Iterator[RestBranch]:
    free = [i for i, pure in enumerate(face) if pure is None]
    fixed = {i: fmpq(pure) for i, pure in enumerate(face) if pure is not None}
    choices = []
    for i in free:
        factors = factors_inside(game.restricted(i, fixed), [j for j in free if j != i])
        if not factors:
            return
        choices.append(factors)
    for choice in itertools.product(*choices):
        yield from _solve(face, free, choice)


def _solve(face: Face, free: list[int], choice: tuple[Factor, ...]) -> Iterator[RestBranch]:
    known: dict[int, Exact] = {i: fmpq(pure) for i, pure in enumerate(face) if pure is not None}
    for factor in choice:
        if isinstance(factor, AxisFactor):
            if known.setdefault(factor.variable, factor.value) != factor.value:
                return
    relations = [f for f in choice if isinstance(f, Mobius)]
    if not _propagate(known, relations):
        return
    unknown = [i for i in free if i not in known]
    relations = [r for r in relations if r.u in unknown]
    if not relations:
        yield RestBranch(face, tuple(known.get(i, Free()) for i in range(len(face))))
        return
    ends = [v for r in relations for v in (r.u, r.v)]
    master = max(unknown, key=ends.count)  # the middle of a chain, so that the rest hangs on it
    links = {r.opposite(master): r.solved_for(r.opposite(master)) for r in relations if master in (r.u, r.v)}
    closing = [r for r in relations if master not in (r.u, r.v)]
    if closing:
        roots = _cycle(closing[0], links)
        if roots is not None:
            for t in roots:
                if inside(t) and (state := _values(links, t)) is not None:
                    point = {**known, master: t, **state}
                    yield RestBranch(face, tuple(point[i] for i in range(len(face))))
            return
    coordinates = tuple(
        known[i] if i in known else links[i] if i in links else Free() for i in range(len(face))
    )
    for interval in link_intervals(list(links.values())):
        yield RestBranch(face, coordinates, master, interval)


def _propagate(known: dict[int, Exact], relations: list[Mobius]) -> bool:
    """Extend `known` along the relations; return False where they contradict or leave (0, 1)."""
    progress = True
    while progress:
        progress = False
        for relation in relations:
            ends = [v for v in (relation.u, relation.v) if v in known]
            if len(ends) == 2:
                u, v = known[relation.u], known[relation.v]
                if relation.p + relation.q * u + (relation.r + relation.s * u) * v != 0:
                    return False
            elif len(ends) == 1:
                target = relation.opposite(ends[0])
                link = relation.solved_for(target)
                below = link.r + link.s * known[ends[0]]
                if below == 0:
                    return False
                value = (link.p + link.q * known[ends[0]]) / below
                if not inside(value):
                    return False
                known[target] = value
                progress = True
    return True


def _cycle(closing: Mobius, links: dict[int, Linked]) -> list[Exact] | None:
    """Return the parameters at which a cycle of three relations closes; None: at all of them."""
    a, b = links[closing.u], links[closing.v]
    # p·A·B + q·a·B + r·A·b + s·a·b with u = a/A, v = b/B, all linear in t.
    terms = [
        (closing.p, (a.r, a.s), (b.r, b.s)),
        (closing.q, (a.p, a.q), (b.r, b.s)),
        (closing.r, (a.r, a.s), (b.p, b.q)),
        (closing.s, (a.p, a.q), (b.p, b.q)),
    ]
    c0 = sum((w * f[0] * g[0] for w, f, g in terms), ZERO)
    c1 = sum((w * (f[0] * g[1] + f[1] * g[0]) for w, f, g in terms), ZERO)
    c2 = sum((w * f[1] * g[1] for w, f, g in terms), ZERO)
    if c0 == c1 == c2 == 0:
        return None
    return quadratic_roots(c2, c1, c0)


def _values(links: dict[int, Linked], t: Exact) -> dict[int, Exact] | None:
    result: dict[int, Exact] = {}
    for i, link in links.items():
        if link.r + link.s * t == 0:
            return None
        value = mobius_value(link, t)
        if not inside(value):
            return None
        result[i] = value
    return result


def link_intervals(links: list[Linked]) -> Iterator[tuple[fmpq, fmpq]]:
    """Yield the open intervals of t on which every linked share lies in (0, 1)."""
    cuts = {ZERO, ONE}
    for link in links:
        for constant, slope in (
            (link.p, link.q),
            (link.r, link.s),
            (link.p - link.r, link.q - link.s),
        ):
            if slope != 0 and inside(-constant / slope):
                cuts.add(-constant / slope)
    ordered = sorted(cuts)
    for low, high in itertools.pairwise(ordered):
        if _values(dict(enumerate(links)), (low + high) / 2) is not None:
            yield low, high


def _largest(candidates: list[RestBranch]) -> list[RestBranch]:
    """Drop repetitions, and branches that lie on larger ones."""
    kept: list[RestBranch] = []
    for branch in sorted(candidates, key=lambda b: -b.dimension):
        probes = _probes(branch)
        if not any(all(other.contains(p) for p in probes) for other in kept):
            kept.append(branch)
    return kept


def _probes(branch: RestBranch) -> list[tuple[Exact, ...]]:
    """Return states that lie on another branch only if the whole branch does.

    Along a branch every defining polynomial of another one has degree at most two in the parameter, so
    three states a direction decide.
    """
    grids = []
    for i in branch.moving:
        low, high = branch.range(i)
        grids.append([low + (high - low) * fmpq(k, 4) for k in (1, 2, 3)])
    return [
        branch.state(dict(zip(branch.moving, values, strict=True))) for values in itertools.product(*grids)
    ]
