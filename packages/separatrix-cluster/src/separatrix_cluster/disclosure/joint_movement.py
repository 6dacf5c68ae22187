"""By how much linked values of an enterprise can move against those of others, for any colluders.

Some figures concern one enterprise alone: the amount of a correction, for example, or the ratio within
which a value was recalculated. Values linked by these move together: a value before and after its
correction by the same amount, or both in proportion, or one of them with the correction. Others see only
the sum of such a joint movement over the figures of several enterprises, its trace; and a corrected value
moved in both versions has the trace of one that was never corrected. All joint movements of one trace form
a pool that can compensate for anyone's movement. The largest of them may collude or be the one in question;
the rest counts against every coalition at once, as in `robust_feasibility`.

Where one movement does not do, several may: each takes its share of what its pool has left, and the shares
are one at most together, so that what others do is a mean of what they can do (a convex combination).

References
----------
Ben-Tal, A., El Ghaoui, L. & Nemirovski, A. (2009). Robust Optimization. Princeton, ch. 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import inf

import numpy as np

from separatrix_cluster.disclosure.releases import TOLERANCE, Array, Releases, Target, kinds
from separatrix_cluster.tables.cells import Floats

__all__ = ["JointMovements"]

VERSIONS = 12
"""Of so many versions of a value each run of them may move by itself; of more, all together."""

AHEAD = 2.0
"""How far beyond what is needed several movements at once are looked at."""

GROUPS = 24
"""How many enterprises are looked at for exchanges of one movement."""

Trace = tuple[tuple[int, ...], tuple[float, ...]]
"""The figures over several enterprises that a movement changes, and by how much, relative to the first."""


@dataclass(frozen=True)
class _Tied:
    """Values of an enterprise that hang together by figures over it alone."""

    owner: int
    cells: Array
    seen: Array  # which of them move by choice: those in figures over several enterprises at least
    looks: tuple[int, ...]  # of these, the number of what others see of each; −1 for nothing
    rows: Array
    down: Floats
    up: Floats
    x: Floats
    follows: Array  # by how much all change with the seen, so that equations stay


@dataclass(frozen=True)
class _Movement:
    """Steps of values that hang together, their trace, and the first change there, by which it is counted."""

    steps: Floats
    trace: Trace
    first: float


class _Pool:
    """How far the others can go along a trace, without those of them who may collude."""

    def __init__(self, rooms: Iterable[tuple[int, float]], colluders: int) -> None:
        most: dict[int, float] = {}
        for owner, room in rooms:
            most[owner] = max(most.get(owner, 0.0), room)
        ordered = sorted(most.items(), key=lambda one: -one[1])
        self.most, self.colluders = most, colluders
        self.owners = [owner for owner, _ in ordered]
        self.first = self.owners[: colluders + 1]
        self.ordered = [room for _, room in ordered]

    def remaining_without(self, owner: int) -> float:
        """Return what is left of it without an enterprise and the largest who may collude."""
        if owner in self.first:
            return sum(self.ordered[self.colluders + 1 :])
        rest = self.ordered[self.colluders :]
        own = self.most.get(owner, 0.0)
        if rest and rest[0] == inf:
            return inf if own < inf or rest.count(inf) > 1 else sum(r for r in rest if r < inf)
        return max(sum(rest) - own, 0.0)

    def groups(self, without: int, need: float) -> Iterator[set[int]]:
        """Yield enterprises who can go so far together, none of them twice."""
        group: set[int] = set()
        gone = 0.0
        for owner, room in zip(self.owners[:GROUPS], self.ordered[:GROUPS], strict=True):
            if owner != without and room > 0:
                group.add(owner)
                gone += room
                if gone >= need:
                    yield group
                    group, gone = set(), 0.0


class JointMovements:
    """The joint movements of all enterprises, in pools by what others see of them."""

    def __init__(self, releases: Releases, colluders: int) -> None:
        self.releases, self.colluders = releases, colluders
        self.programmes = 0
        public = np.flatnonzero(releases.reader < 0)
        entries = releases.matrix[public].tocoo()
        owners = releases.owner[entries.col]
        least = np.full(len(public), len(releases.enterprises))
        most = np.full(len(public), -1)
        np.minimum.at(least, entries.row, owners)
        np.maximum.at(most, entries.row, owners)
        self._shared, self._own = public[most > least], public[most == least]
        self._of: dict[int, _Tied] = {}
        self._movements: dict[int, list[_Movement]] = {}
        self._pools: dict[tuple[Trace, float], _Pool] = {}
        self._rooms: dict[tuple[Trace, float], list[tuple[int, float]]] = {}
        self._alike: dict[tuple[int, ...], list[_Tied]] = {}
        self._columns: dict[int, dict[int, float]] = {}  # by looks: in which figures, with which weights
        self._traces: dict[tuple[tuple[int, ...], tuple[float, ...]], tuple[Trace, float]] = {}
        if not len(self._own):
            return  # then values of one kind are all that can be exchanged
        for tied in self._all_tied():
            for cell in tied.cells.tolist():
                self._of[cell] = tied
            self._alike.setdefault(tied.looks, []).append(tied)
            found = self._movements[int(tied.cells[0])] = list(self._movements_of(tied))
            for one in found:
                for sign in (1.0, -1.0):
                    room = _room(tied, one.steps * (sign / one.first)) if one.first else 0.0
                    self._rooms.setdefault((one.trace, sign), []).append((tied.owner, room))

    def holds(self, target: Target, sign: float, size: float) -> bool:
        """Return whether a target can move by this amount, against all who receive none of the moving
        values."""
        goal = dict(zip(target.at, target.weights, strict=True))
        for one in self._tied(target):
            rates = np.array([goal.get(c, 0.0) for c in one.cells.tolist()])
            movements = self._movements[int(one.cells[0])]
            if any(self._reach(one, m, float(rates @ m.steps), sign) >= size for m in movements):
                return True
            whole = movements[-1:] if len(one.seen) > 1 else []
            if any(self._reach(one, m, float(rates @ m.steps), sign, like=True) >= size for m in whole):
                return True
            if len(movements) > 1 and self._several(one, movements, rates, sign, size):
                return True
        return False

    def exchanges(self, target: Target, sign: float, size: float) -> Iterator[set[int]]:
        """Yield with whom a target can exchange so much: enterprises that do not suffice alone, together."""
        goal = dict(zip(target.at, target.weights, strict=True))
        for one in self._tied(target):
            rates = np.array([goal.get(c, 0.0) for c in one.cells.tolist()])
            for movement in self._movements[int(one.cells[0])]:
                rate = float(rates @ movement.steps)
                if abs(rate) <= TOLERANCE * float(np.abs(movement.steps).max()):
                    continue
                direction = sign if rate > 0 else -sign
                if _room(one, movement.steps * direction) * abs(rate) < size:
                    continue
                if not movement.first:
                    yield set()
                    continue
                way = -direction if movement.first > 0 else direction
                need = size * abs(movement.first / rate)
                yield from self._pool(movement.trace, way).groups(one.owner, need)

    def _tied(self, target: Target) -> list[_Tied]:
        """Return what hangs together with the values of a target."""
        return list({id(t): t for i in target.at if (t := self._of.get(i)) is not None}.values())

    def _reach(self, tied: _Tied, one: _Movement, rate: float, sign: float, *, like: bool = False) -> float:
        """Return how far one movement takes a target, which changes at some rate with it."""
        if abs(rate) <= TOLERANCE * float(np.abs(one.steps).max()):
            return 0.0
        direction = sign if rate > 0 else -sign
        steps = _room(tied, one.steps * direction)
        if one.first:
            way = -direction if one.first > 0 else direction
            pool = self._like(tied, one, way) if like else self._pool(one.trace, way)
            steps = min(steps, pool.remaining_without(tied.owner) / abs(one.first))
        return steps * abs(rate)

    def _pool(self, trace: Trace, way: float) -> _Pool:
        key = trace, way
        if key not in self._pools:
            self._pools[key] = _Pool(self._rooms.get(key, ()), self.colluders)
        return self._pools[key]

    def _like(self, tied: _Tied, one: _Movement, way: float) -> _Pool:
        """Return a pool with those added who can leave the same trace by values that are seen alike."""
        key = one.trace, way
        steps = one.steps[tied.seen] * (way / one.first)
        rooms = list(self._rooms.get(key, ()))
        for other in self._alike[tied.looks]:
            rooms.append((other.owner, _room(other, other.follows @ steps)))
        return _Pool(rooms, self.colluders)

    def _several(
        self, tied: _Tied, movements: Sequence[_Movement], rates: Array, sign: float, size: float
    ) -> bool:
        """Return whether several movements at once take a target as far as it must."""
        from scipy.optimize import linprog

        columns, shares = [], []
        for one in movements:
            for direction in (1.0, -1.0):
                share = 0.0
                if one.first:
                    way = -direction if one.first > 0 else direction
                    left = self._pool(one.trace, way).remaining_without(tied.owner) / abs(one.first) / size
                    if left <= TOLERANCE:
                        continue
                    share = 1 / left
                columns.append(one.steps * direction)
                shares.append(share)
        if not columns or max(sign * float(rates @ c) for c in columns) <= 0:
            return False
        steps = np.array(columns).T
        change = tied.rows @ steps
        sides = [(change, tied.up / size), (-change, -tied.down / size), (-steps, tied.x / size)]
        # No movement is allowed to lean on a rounding of what it keeps.
        bound = np.vstack([np.where(np.abs(b) <= TOLERANCE, 0.0, b) for b, _ in sides])
        limit = np.concatenate([u for _, u in sides])
        goal = sign * (rates @ steps)
        finite = np.isfinite(limit)
        self.programmes += 1
        solved = linprog(
            -goal,
            A_ub=np.vstack([bound[finite], shares, goal]),
            b_ub=np.r_[limit[finite], 1.0, AHEAD],
            bounds=(0, None),
            method="highs",
        )
        return solved.status == 0 and solved.fun is not None and float(solved.fun) <= -1.0

    # ----------------------------------------------------------------------- what hangs together

    def _all_tied(self) -> Iterator[_Tied]:
        """Yield the linked values of each enterprise, except those disclosed individually."""
        from scipy.sparse.csgraph import connected_components

        releases = self.releases
        own = releases.matrix[self._own]
        shared = releases.matrix[self._shared].tocsc()
        look = np.where(np.diff(shared.indptr) > 0, kinds(shared), -1)
        for number, cell in zip(*(n.tolist() for n in np.unique(look, return_index=True)), strict=True):
            part = slice(shared.indptr[cell], shared.indptr[cell + 1])
            told = zip(shared.indices[part].tolist(), shared.data[part].tolist(), strict=True)
            self._columns[number] = dict(told)
        links = abs(own)
        count, label = connected_components(links.T @ links, directed=False)
        barred = np.zeros(count, dtype=bool)
        barred[label[np.unique(releases.matrix[np.flatnonzero(releases.reader >= 0)].tocoo().col)]] = True
        cells_of = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1])
        rows_of: dict[int, list[int]] = {}
        for row, start in enumerate(own.indptr[:-1].tolist()):
            rows_of.setdefault(int(label[own.indices[start]]), []).append(row)
        rounding = TOLERANCE * (links @ releases.x)
        for group in np.flatnonzero(~barred).tolist():
            cells, rows = cells_of[group], np.array(rows_of.get(group, ()), dtype=np.int64)
            block = own[rows][:, cells].toarray() if len(rows) else np.zeros((0, len(cells)))
            down, up = releases.down[self._own[rows]], releases.up[self._own[rows]]
            equations = block[up - down <= rounding[rows]]
            seen = _free(equations, look[cells] >= 0)
            yield _Tied(
                int(releases.owner[cells[0]]),
                cells,
                seen,
                tuple(look[cells[seen]].tolist()),
                block,
                down,
                up,
                releases.x[cells],
                _follows(equations, seen),
            )

    def _movements_of(self, tied: _Tied) -> Iterator[_Movement]:
        """Yield the movements of each run of versions by as much, then of all in proportion."""
        n = len(tied.seen)
        runs = combinations_with_replacement(range(n), 2) if n <= VERSIONS else [(0, n - 1)]
        numbers = np.arange(n)
        ways = [((numbers >= a) & (numbers <= b)).astype(float) for a, b in runs]
        values = tied.x[tied.seen]
        if n > 1 and values.min() > 0:
            ways.append(values / values[0])
        for way in ways:
            yield _Movement(tied.follows @ way, *self._trace(tied.looks, tuple(way.tolist())))

    def _trace(self, looks: tuple[int, ...], way: tuple[float, ...]) -> tuple[Trace, float]:
        key = looks, way
        if key not in self._traces:
            sums: dict[int, float] = {}
            for look, step in zip(looks, way, strict=True):
                if step and look >= 0:
                    for row, weight in self._columns[look].items():
                        sums[row] = sums.get(row, 0.0) + weight * step
            most = max(map(abs, sums.values()), default=0.0)
            told = sorted((row, w) for row, w in sums.items() if abs(w) > TOLERANCE * most)
            first = told[0][1] if told else 0.0
            trace = tuple(row for row, _ in told), tuple(round(w / first, 10) for _, w in told)
            self._traces[key] = trace, first
        return self._traces[key]


def _free(equations: Array, told: Array) -> Array:
    """Return which values move by choice: those that others see, and those that no equation settles then."""
    rest: list[int] = []
    for cell in np.flatnonzero(~told).tolist():
        if np.linalg.matrix_rank(equations[:, [*rest, cell]]) > len(rest):
            rest.append(cell)
    found: Array = np.setdiff1d(np.arange(len(told)), rest)
    return found


def _follows(equations: Array, seen: Array) -> Array:
    """Return how the values that are not seen follow those that are, as near as equations let them.

    Where a movement breaks an equation all the same, no step of it can be made.
    """
    rest = np.setdiff1d(np.arange(equations.shape[1]), seen)
    found = np.zeros((equations.shape[1], len(seen)))
    found[seen, np.arange(len(seen))] = 1.0
    if len(equations):
        found[rest] = -np.linalg.pinv(equations[:, rest]) @ equations[:, seen]
        found[np.abs(found) <= TOLERANCE] = 0.0
    return found


def _room(tied: _Tied, steps: Floats) -> float:
    """Return how many such steps can be made."""
    change = tied.rows @ steps
    slight = TOLERANCE * float(np.abs(steps).max(initial=0.0))
    falls, up, down = steps < 0, change > slight, change < -slight
    ends = [tied.x[falls] / -steps[falls], tied.up[up] / change[up], tied.down[down] / change[down]]
    return float(min((e.min() for e in ends if len(e)), default=inf))
