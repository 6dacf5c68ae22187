"""Rest states of any field: the Nash equilibria, or found numerically by Newton's method from many starts.

For the replicator `separatrix.analyze` finds all rest points, with proof; for Smith's, the Brown-von
Neumann-Nash and the best response dynamics it finds all Nash equilibria, which are taken from there.  Fields
that leave faces (logit, the replicator-mutator) have rest points that no such algebra lists; these are found
one by one, and that none is missing is never claimed.

Newton's method with Armijo's rule on |F|: Kelley, C. T. (1995), Iterative Methods for Linear and Nonlinear
Equations, chapter 8.

What orbits may come to, by the rule of motion: proven by the analysis, or rest states found numerically.

The analysis gives the destinations of the replicator. The payoff-adjusted replicator has the same rest
points. Those of Smith's, the Brown-von Neumann-Nash and the best response dynamics are the Nash equilibria
(Sandholm 2010, chapters 5 and 6), which the analysis lists. Logit and the replicator-mutator have rest
states of their own, found by Newton's method. Trajectories near each of these states show which of them
attract.

What rests under dynamics whose rest states are the Nash equilibria, from the exact analysis of the game.

The rest points of Smith's, the Brown-von Neumann-Nash and the best response dynamics are the Nash
equilibria (Sandholm, W. H. (2010), Population Games and Evolutionary Dynamics, chapters 5 and 6). Near
degenerate equilibria the rates vanish quadratically, so that no numerical search can separate a rest state
from its neighbours.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis, RestPoint, RestSet
from separatrix.dynamics.attractors.candidates import (
    KnownAttractor,
    attractors_of,
    beside_set,
    face_centres,
    near_point,
    told_apart,
)
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.attractors.tolerances import (
    APART,
    ARMIJO,
    DIFFERENCE,
    PSEUDO_INVERSE,
    RESIDUAL,
    RESTS,
    SINGULAR,
)
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.dynamics.fields.registry import DYNAMICS, dynamic_of, field
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.step_control import Motion
from separatrix.errors import ComesLater, InputError

if TYPE_CHECKING:
    from separatrix.analysis.payoff_functions import Field
    from separatrix.dynamics.fields.payoffs import VectorField

__all__ = [
    "NashStates",
    "NumericalRestStates",
    "RestState",
    "nash_states",
    "omega_limits",
    "onto_simplices",
    "rest_states",
]


@dataclass(frozen=True)
class NashStates:
    """The Nash equilibria of a game.

    Attributes
    ----------
    points : single states, including the end points of continua
    sets : pieces of continua
    open : the number of rest states for which the analysis does not decide whether they are Nash equilibria,
        without those at which the field moves
    complete : whether none is missing
    """

    points: tuple[RestPoint, ...]
    sets: tuple[RestSet, ...]
    open: int
    complete: bool


def nash_states(analysis: Analysis, flow: VectorField) -> NashStates:
    """Return the Nash equilibria among the rest states of an analysis.

    Parameters
    ----------
    flow : VectorField
        A field that rests at the Nash equilibria alone; it decides where the analysis does not.
    """
    points, sets, left_open = [], [], 0
    for point in analysis.rest_points:
        if point.state is None or point.nash is False:
            continue
        left_open += point.nash is None
        if point.nash or _rests(flow, [point.state]):
            points.append(point)
    for piece in analysis.rest_sets:
        if piece.nash is False:
            continue
        left_open += piece.nash is None
        if piece.nash or _rests(flow, piece.samples or piece.corners):
            sets.append(piece)
    complete = analysis.completeness.status == "complete" and not left_open
    return NashStates(tuple(points), tuple(sets), left_open, complete)


def _rests(flow: VectorField, states: Sequence[Sequence[float]]) -> bool:
    return bool(states) and bool(np.abs(flow(np.array(states))).max() <= RESTS * (flow.scale or 1.0))


Array = NDArray[np.float64]

STARTS = 200
"""From how many random states rest states are looked for. Fewer: attractors with a small basin are not known,
and trajectories to them stay undecided."""


def omega_limits(
    analysis: Analysis, kind: str = "replicator", options: Mapping[str, Any] | None = None
) -> NumericalOutcomes:
    """Return the outcomes of an analysed game under a rule of motion, ready to follow trajectories.

    Raises
    ------
    InputError
        Those of `separatrix.dynamics.fields.field`.
    """
    chosen = dynamic_of(kind)
    motion = motion_of(field(analysis.game, analysis.values, None, chosen.name, **(options or {})))
    if chosen.has_orbits_of_replicator(analysis.game):
        return _replicator(analysis, motion_of(field(analysis.game, analysis.values)))
    if chosen.rests == "own":
        return NumericalOutcomes(analysis, motion, _numerical(motion))
    return NumericalOutcomes(analysis, motion, _listed(analysis, motion))


def _replicator(analysis: Analysis, motion: Motion) -> NumericalOutcomes:
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.game.values import with_lets

    exact = field_of(analysis.game, with_lets(analysis.game, analysis.numbers))
    attractors = attractors_of(analysis, motion, _linear(exact))
    if exact.affine is not None:
        attractors += face_centres(analysis, exact.affine, motion)
    return NumericalOutcomes(analysis, motion, told_apart(attractors), _centre(analysis, exact), exact)


def _listed(analysis: Analysis, motion: Motion) -> list[KnownAttractor]:
    """Return the rest points of the analysis that attract, as far as trajectories show."""
    resting = nash_states(analysis, motion.field)
    result = []
    for point in resting.points:
        if point.state is not None and point.isolated is not False:
            attractor = near_point(point.id, point.state, motion)
            if attractor is not None:
                result.append(attractor)
    for piece in sorted(resting.sets, key=lambda piece: -piece.dimension):
        result.append(beside_set(piece, motion, proven=False))
    return result


def _numerical(motion: Motion) -> list[KnownAttractor]:

    found = rest_states(motion.field, starts=STARTS, seed=0)
    result = []
    for k, rest in enumerate(found.states, start=1):
        growing = rest.eigenvalues is not None and max(v.real for v in rest.eigenvalues) > 0
        if growing and not rest.singular:
            continue
        attractor = near_point(f"R{k}", rest.state.tolist(), motion)
        if attractor is not None:
            result.append(attractor)
    return result


def _linear(field: Field) -> bool:
    """Whether all payoffs are linear in the shares of each population."""
    if field.rational_only:
        return False
    for row in field.payoffs:
        for payoff in row:
            for exponents in payoff.numerator.to_dict():
                by_owner: dict[int, int] = {}
                for owner, exponent in zip(field.owner, exponents, strict=True):
                    by_owner[owner] = by_owner.get(owner, 0) + int(exponent)
                if max(by_owner.values(), default=0) > 1:
                    return False
    return True


def _centre(analysis: Analysis, field: Field) -> Array | None:
    """Return the centre of one population of three strategies, round which each orbit that turns is closed.

    With linear payoffs limit cycles do not exist, and a centre is the only mixed rest point (Zeeman, E. C.
    (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497).
    """
    if analysis.game.space.sizes != (3,) or not _linear(field):
        return None
    for point in analysis.rest_points:
        if point.stability == "centre" and point.state is not None:
            return np.array(point.state)
    return None


MOST_ROUNDS = 100
"""Of Newton's method. Fewer: starts far from any rest state do not converge."""

HALVINGS = 12
"""Of a step that does not shorten F, before the field is followed instead. Fewer: starts far off do not
converge."""

ALONG_FIELD = 0.1
"""How far that goes, in units of the fastest growth rate. Larger: steps leap over the states that attract."""

MOST_CORNERS = 1_000
"""Pure profiles among the starts. Fewer: rest states near others may be missed in large games."""

SPARSE = 0.2
"""Concentration of the Dirichlet distribution of starts near faces; one is uniform. Larger: fewer of the
starts find rest states near faces."""

DIGITS = 6
"""To which rest states are sorted: rounding must not shuffle them."""


@dataclass(frozen=True)
class RestState:
    """A state at which the rates all but vanish.

    Attributes
    ----------
    state : array (n,)
    residual : float
        The fastest rate there, in absolute terms.
    eigenvalues : array (m,) of complex, or None
        Of the derivative along the state space, by differences, m the number of free shares; None where the
        field has kinks.
    singular : bool
        Whether the derivative is all but singular, so that the state may be one of a continuum, or a
        multiple root; of a Nash equilibrium, whether it is one of a continuum.
    """

    state: Array
    residual: float
    eigenvalues: NDArray[np.complex128] | None
    singular: bool


@dataclass(frozen=True)
class NumericalRestStates:
    """The rest states of a field.

    Attributes
    ----------
    states : tuple of RestState
        Sorted by their shares; for a continuum of Nash equilibria, its corners.
    starts : int
        Number of states from which the search began: random ones, the pure profiles, the middle, and the rest
        states of the replicator with the same payoffs, which lie near those of weak mutation or a low
        temperature.
    converged : int
        Number of these from which the search converged.
    seed : int
        Reproduces the search.
    complete : bool
        Whether the list is proven complete, as is possible for Nash equilibria. A search that finds nothing
        more is not a proof.
    message : str
        A description of the search for the reader.
    """

    shares: tuple[str, ...]
    states: tuple[RestState, ...]
    starts: int
    converged: int
    seed: int
    message: str
    complete: bool = False


def rest_states(flow: VectorField, *, starts: int = 200, seed: int | None = None) -> NumericalRestStates:
    """Find rest states of a field; where these are the Nash equilibria, by the exact analysis of its game.

    Parameters
    ----------
    flow : VectorField
        See `separatrix.dynamics.fields.field`.
    starts : int
        How many random states the search begins with; the pure profiles and the middle come on top.
    seed : int, optional
        By default fresh entropy, which the result records.

    Returns
    -------
    NumericalRestStates
        Each with its state (shares,), and eigenvalues per unit of time in which payoffs are paid.

    Raises
    ------
    InputError
        D602 for a number of starts that is negative; D604 for a field that jumps (best response) and whose
        payoffs the analysis does not know exactly.

    References
    ----------
    Kelley (1995), chapter 8.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[4, 0], [0, 2]], "title": "Stag hunt"})
    >>> found = rest_states(field(game, kind="logit", eta=0.25), seed=1)
    >>> [rest.state.round(4).tolist() for rest in found.states]
    [[0.0003], [0.2975], [1.0]]
    >>> found.complete
    False
    """
    if starts < 0:
        raise InputError("D602", f"`starts` is {starts}; expected a number of 0 or more")
    nash = _nash(flow)
    if nash is not None:
        return nash
    if not flow.continuous:
        raise InputError(
            "D604",
            "these dynamics jump where best replies change; Newton's method cannot find their rest points",
            hint="they are the Nash equilibria, which `analyze` finds and marks",
        )
    seed = secrets.randbits(128) if seed is None else seed
    root = np.random.SeedSequence(seed)
    first = np.concatenate([_pure(flow), _random(flow, starts, np.random.default_rng(root))])
    system = _System(flow)
    begun = np.concatenate([_near_replicator(flow, first), system.free(first)])
    ends = system.solved(begun)
    kept = [system.described(z) for z in _apart(ends)]
    kept.sort(key=lambda rest: tuple(rest.state.round(DIGITS)))
    missing = _index_lacks(flow, kept)
    message = _message(kept, len(begun), len(ends), missing)
    return NumericalRestStates(flow.shares, tuple(kept), len(begun), len(ends), seed, message)


def _nash(flow: VectorField) -> NumericalRestStates | None:
    """The Nash equilibria where they are what rests, and payoffs are exact; else None."""
    if not isinstance(flow, PayoffField) or flow.exact is None or flow.kind not in DYNAMICS:
        return None
    if DYNAMICS[flow.kind].rests != "nash":
        return None
    try:
        analysis = analyze(flow.exact.game, flow.exact.values)
    except ComesLater:
        return None
    resting = nash_states(analysis, flow)
    spread = [
        corner for piece in resting.sets if piece.dimension for corner in piece.corners or piece.samples
    ]
    single = [p.state for p in resting.points if p.state is not None]
    single += [corner for piece in resting.sets if not piece.dimension for corner in piece.corners]
    ends = np.array([*spread, *single], dtype=float).reshape(-1, len(flow.shares))
    states = []
    for state in _apart(ends):
        on_set = any(np.abs(np.array(corner) - state).max() <= APART for corner in spread)
        states.append(RestState(state, float(np.abs(flow(state)).max()), None, on_set))
    states.sort(key=lambda rest: tuple(rest.state.round(DIGITS)))
    return NumericalRestStates(
        flow.shares, tuple(states), 0, 0, 0, _of_nash(resting, len(states)), resting.complete
    )


def _of_nash(resting: NashStates, count: int) -> str:
    text = (
        f"the Nash equilibria of the game, from its exact analysis: {count} state{'' if count == 1 else 's'}"
    )
    continua = sum(piece.dimension > 0 for piece in resting.sets)
    if continua:
        text += f", among them the corners of {continua} piece{'' if continua == 1 else 's'} of continua"
    if resting.open:
        text += f"; whether {resting.open} rest states are Nash equilibria is not decided"
    return text if resting.complete or resting.open else text + "; there may be others"


def _near_replicator(flow: VectorField, first: Array) -> Array:
    """Return the rest states of the replicator with the payoffs of `flow`, in free shares (points, m)."""
    from separatrix.dynamics.fields.replicator import Replicator

    companion = _System(flow)
    if not isinstance(flow, PayoffField) or flow.keeps_faces:
        return companion.free(first[:0])
    companion = _System(Replicator(flow.shares, flow.sizes, flow.speeds, flow.payoffs))
    ends = companion.solved(companion.free(first))
    return np.array([*_apart(ends)]).reshape(-1, ends.shape[-1])


def _index_lacks(flow: VectorField, found: list[RestState]) -> bool:
    """Whether the indices show that a rest state was missed.

    A smooth field that points inwards at every face has indices sign det(-J) that add up to one (Poincaré
    and Hopf; Hofbauer & Sigmund 1998, chapter 13).
    """
    if not (isinstance(flow, PayoffField) and flow.inward) or any(
        rest.eigenvalues is None or rest.singular for rest in found
    ):
        return False
    signs = [np.sign(np.prod(-rest.eigenvalues).real) for rest in found if rest.eigenvalues is not None]
    return bool(sum(signs) != 1)


def _message(found: list[RestState], starts: int, converged: int, missing: bool) -> str:
    count = len(found)
    text = (
        f"{count} rest state{'' if count == 1 else 's'} found numerically, by Newton's method from {starts} "
        f"starts, {converged} of them convergent; there may be others"
    )
    if missing:
        text += "; at least one more exists, because the indices of these do not add up to 1"
    singular = sum(rest.singular for rest in found)
    if singular:
        text += f"; {singular} of them may lie on a continuum of rest states, or count several times"
    return text


def _pure(flow: VectorField) -> Array:
    """Return the middle and the pure profiles, up to `MOST_CORNERS` of them, as states (points, n)."""
    import itertools

    corners = itertools.product(*(np.eye(size) for size in flow.sizes))
    states = [flow.state([np.full(size, 1 / size) for size in flow.sizes])]
    return np.array([*states, *(flow.state(corner) for corner in itertools.islice(corners, MOST_CORNERS))])


def _random(flow: VectorField, count: int, stream: np.random.Generator) -> Array:
    """Return random states (count, n): half of them uniform, half near faces."""
    parts = []
    for size in flow.sizes:
        uniform = stream.dirichlet(np.ones(size), count)
        sparse = stream.dirichlet(np.full(size, SPARSE), count)
        parts.append(np.where(np.arange(count)[:, None] % 2 == 0, uniform, sparse))
    return flow.state(parts)


def _apart(ends: Array) -> Iterator[Array]:
    """Yield points of `ends` (points, m) that differ from all yielded before."""
    kept: list[Array] = []
    for end in ends:
        if not kept or np.abs(np.array(kept) - end).max(axis=1).min() > APART:
            kept.append(end)
            yield end


@dataclass(frozen=True)
class _System:
    """The field in its free shares: of each population all but the last, so that F = 0 is square."""

    flow: VectorField

    def free(self, states: Array) -> Array:
        return np.concatenate([w[..., :-1] for w in self.flow.weights(states)], axis=-1)

    def weights(self, z: Array) -> list[Array]:
        cuts = np.cumsum([size - 1 for size in self.flow.sizes])[:-1]
        parts = np.split(z, cuts, axis=-1)
        return [np.concatenate([p, 1 - p.sum(axis=-1, keepdims=True)], axis=-1) for p in parts]

    def projected(self, z: Array) -> Array:
        """Return the nearest points of the state space, and those themselves where numbers fail."""
        return np.concatenate([w[..., :-1] for w in onto_simplices(self.weights(z))], axis=-1)

    def rates(self, z: Array) -> Array:
        return np.concatenate([r[..., :-1] for r in self.flow.rates(self.weights(z))], axis=-1)

    def derivatives(self, z: Array) -> Array:
        """Return the derivatives (points, m, m) at `z` (points, m), by differences inside the state space.

        A strategy's share grows at the cost of the most frequent one, where there is always room ahead;
        differences are central where there is room behind too, else they look ahead twice.  Both are of
        second order.  So payoffs need not be defined beyond the faces.
        """
        directions, room = self._directions(z)
        here = self.rates(z)
        columns = []
        for j in range(z.shape[-1]):
            step = DIFFERENCE * directions[:, :, j]
            ahead = self.rates(z + step)
            central = room[:, j] >= DIFFERENCE
            other = self.rates(np.where(central[:, None], z - step, z + 2 * step))
            twice = np.where(central[:, None], ahead - other, 4 * ahead - 3 * here - other)
            columns.append(twice / (2 * DIFFERENCE))
        along = np.stack(columns, axis=-1)
        return np.asarray(along @ np.linalg.inv(directions))

    def _directions(self, z: Array) -> tuple[Array, Array]:
        """Return for each point m directions (points, m, m), as columns, and the room behind (points, m)."""
        count, m = z.shape
        directions, room, at = np.zeros((count, m, m)), np.empty((count, m)), 0
        rows = np.arange(count)
        for part, size in zip(self.weights(z), self.flow.sizes, strict=True):
            most = part.argmax(axis=-1)
            for j in range(size - 1):
                grown = np.where(most == j, size - 1, j)
                step = np.zeros((count, size))
                step[rows, grown] = 1.0
                step[rows, most] -= 1.0
                directions[:, at : at + size - 1, at + j] = step[:, :-1]
                room[:, at + j] = part[rows, grown]
            at += size - 1
        return directions, room

    def solved(self, z: Array) -> Array:
        """Return the limits of Newton's method, from each of `z` (points, m) for which it converges."""
        limit = RESIDUAL * (self.flow.scale or 1.0)
        done = []
        with np.errstate(all="ignore"):
            f = self.rates(z)
            for _ in range(MOST_ROUNDS):
                size = np.abs(f).max(axis=-1)
                done.append(z[size <= limit])
                going = (size > limit) & np.isfinite(size)
                z, f = z[going], f[going]
                if not len(z):
                    break
                z, f = self._stepped(z, f)
        return np.concatenate([self._polished(points) for points in done])

    def _polished(self, z: Array) -> Array:
        """Return `z` after one more full step of Newton's, where that brings it nearer to rest."""
        if not len(z):
            return z
        f = self.rates(z)
        trial = self.projected(z - _solution(self.derivatives(z), f))
        better = np.linalg.norm(self.rates(trial), axis=-1) < np.linalg.norm(f, axis=-1)
        near = np.abs(trial - z).max(axis=-1) < APART
        return np.where((better & near)[:, None], trial, z)

    def _stepped(self, z: Array, f: Array) -> tuple[Array, Array]:
        """Return points after a step each that shortens F (Armijo), or goes a little along the field."""
        step = -_solution(self.derivatives(z), f)
        before = np.linalg.norm(f, axis=-1)
        # Where no step of Newton's shortens F, the flow itself leads to the states that attract.
        best = self.projected(z + f * (ALONG_FIELD / (self.flow.scale or 1.0)))
        pending = np.asarray(np.isfinite(step).all(axis=-1))
        length = 1.0
        for _ in range(HALVINGS):
            rows = np.flatnonzero(pending)
            if not rows.size:
                break
            trial = self.projected(z[rows] + length * step[rows])
            good = np.linalg.norm(self.rates(trial), axis=-1) <= (1 - ARMIJO * length) * before[rows]
            best[rows[good]] = trial[good]
            pending[rows[good]] = False
            length /= 2
        return best, self.rates(best)

    def described(self, z: Array) -> RestState:
        row = z[None]
        derivative = self.derivatives(row)[0]
        values = np.linalg.svd(derivative, compute_uv=False)
        return RestState(
            self.flow.state([w[0] for w in self.weights(row)]),
            float(np.abs(self.rates(row)).max()),
            np.linalg.eigvals(derivative).astype(complex) if self.flow.smooth else None,
            bool(values[-1] <= SINGULAR * max(float(values[0]), self.flow.scale)),
        )


def _solution(matrices: Array, right: Array) -> Array:
    """Return x of A x = b for each A (points, m, m) and b (points, m): the shortest where A is singular."""
    finite = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))
    safe = np.where(finite[:, None, None], matrices, 0.0)
    result = np.einsum("pij,pj->pi", np.linalg.pinv(safe, rcond=PSEUDO_INVERSE), right)
    return np.where(finite[:, None], result, np.nan)


# --------------------------------------------------------------------------- simplex projection

# Held, M., Wolfe, P. and Crowder, H. P. (1974), Validation of subgradient optimization, Mathematical
# Programming 6, 62-88.


def onto_simplices(weights: Sequence[Array]) -> list[Array]:
    """Return for each array (..., k) the nearest points whose entries are not negative and add up to one.

    Examples
    --------
    >>> import numpy as np
    >>> onto_simplices([np.array([1.25, -0.25]), np.array([0.5, 0.25, 0.25])])
    [array([1., 0.]), array([0.5 , 0.25, 0.25])]
    """
    result = []
    for part in weights:
        falling = -np.sort(-part, axis=-1)
        excess = np.cumsum(falling, axis=-1) - 1
        rank = np.arange(1, part.shape[-1] + 1)
        positive = np.maximum((falling * rank > excess).sum(axis=-1, keepdims=True), 1)
        level = np.take_along_axis(excess, positive - 1, axis=-1) / positive
        result.append(np.maximum(part - level, 0.0))
    return result
