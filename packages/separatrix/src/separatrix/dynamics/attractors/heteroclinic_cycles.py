"""Heteroclinic cycles: trajectories that follow the boundary and stay ever longer near each saddle.

A trajectory near an attracting cycle of saddles comes so near to each that it seems to rest there, and leaves
in the end; the times at which it stays grow geometrically (Hofbauer, J. and Sigmund, K. (1998), Evolutionary
Games and Population Dynamics, sections 5.1 and 17.5; May, R. M. and Leonard, W. J. (1975), Nonlinear aspects
of competition between three species, SIAM Journal on Applied Mathematics 29, 243-253).  Which saddle it is at
when one stops looking says nothing.  In logarithms of shares the whole of it is seen.

Theorems that leave no room for a closed orbit that attracts, under the replicator.

An orbit that attracts all its neighbours shrinks their volume to nothing, whatever positive density measures
it.  In logarithms of the shares, u_a = ln x_a - ln x_k, the divergence of the replicator is
Σ_a x_a D_aa - Σ_ab x_a x_b D_ab for each population, D_ab being the derivative of the payoff of a by its own
population's share x_b; with the density Π x_a^α_a it is larger by Σ_a α_a (payoff of a - average).  Where
this is nowhere negative no closed orbit inside attracts; where it is nowhere zero a plane has none at all
(Dulac).  Without own play it is zero everywhere, on every face too (Eshel, I. and Akin, E. (1983),
Coevolutionary instability of mixed Nash solutions, Journal of Mathematical Biology 18, 123-133; Hofbauer &
Sigmund 1998, theorem 11.3.1).  Zeeman, E. C. (1980), Population dynamics from game theory, Lecture Notes in
Mathematics 819, 471-497, found densities for all matrices of three strategies: closed orbits surround a
centre, or there are none.  A relative entropy that always falls, or always grows, excludes them as well.

What trajectories can come to: the classes of outcomes.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.enumeration import sign_everywhere
from separatrix.analysis.payoff_functions import AffineGame, Field
from separatrix.analysis.results import Analysis
from separatrix.analysis.stability.lyapunov_functions import everywhere, outward
from separatrix.dynamics.attractors.tolerances import DEEPEST, GONE
from separatrix.dynamics.integration.ensemble import steps_of
from separatrix.dynamics.integration.step_control import Motion
from separatrix.exact.copositivity import copositive_weights, copositivity
from separatrix.sentences import say

__all__ = [
    "ATTRACTOR",
    "CENTRE",
    "CYCLE",
    "HeteroclinicCycle",
    "Kind",
    "LONGEST_NAME",
    "NoOrbit",
    "OmegaLimit",
    "SEPARATRIX",
    "UNDECIDED",
    "heteroclinic_cycles",
    "no_affine_orbit",
    "no_attracting_orbit",
    "on_faces",
    "order_of",
]

MOST_WEIGHTED = 6
"""Strategies of one population up to which densities are looked for. More: it takes long to find that there
is none."""


@dataclass(frozen=True)
class NoOrbit:
    """Why no closed orbit attracts.

    Attributes
    ----------
    theorem : "zeeman", "volume", "entropy" or "density"
    reason : for the reader
    faces : whether the result also applies to closed orbits on faces
    none : whether the interior contains no closed orbit at all; by Zeeman, unless it contains a centre
    """

    theorem: Literal["zeeman", "volume", "entropy", "density"]
    reason: str
    faces: bool
    none: bool


def no_attracting_orbit(field: Field) -> NoOrbit | None:
    """Return why no closed orbit inside attracts under the replicator, or None where nothing says so.

    Examples
    --------
    >>> from separatrix.analysis.payoff_functions import field_of
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Rock, paper, scissors", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    >>> no_attracting_orbit(field_of(game, {})).theorem
    'zeeman'
    """
    if not any(field.own_play):
        return _conserved()
    if field.affine is not None:
        return no_affine_orbit(field.affine)
    return _own_gains(field)


def no_affine_orbit(game: AffineGame) -> NoOrbit | None:
    """Return the same for payoffs affine in the shares."""
    if game.sizes == (3,):
        return NoOrbit(
            "zeeman",
            say("with three strategies and a payoff matrix no closed orbit is isolated (Zeeman 1980)"),
            faces=True,
            none=True,
        )
    if not any(game.own_play):
        return _conserved()
    found = everywhere(game) or outward(game)
    if found is not None:
        return NoOrbit(
            "entropy",
            say("a relative entropy is monotone along interior orbits (LaSalle's invariance principle)"),
            faces=False,
            none=not found.conserved,
        )
    if _expands(game):
        return NoOrbit(
            "density",
            say(
                "with a power of the shares as density no volume shrinks anywhere inside "
                "(Dulac's criterion; Hofbauer & Sigmund 1998, section 11.3)"
            ),
            faces=False,
            none=False,
        )
    return None


def _conserved() -> NoOrbit:
    return NoOrbit(
        "volume",
        say(
            "payoffs depend on the shares of other populations alone, so that a volume is conserved "
            "(Eshel & Akin 1983)"
        ),
        faces=True,
        none=False,
    )


# --------------------------------------------------------------------------- payoffs affine in the shares


def _expands(game: AffineGame) -> bool:
    """Whether the divergence, with some density, is proven to be negative nowhere inside."""
    for i in range(len(game.sizes)):
        form = _divergence(game, i)
        if copositivity(form).kind == "no":
            if len(game.sizes) > 1 or game.sizes[0] > MOST_WEIGHTED:
                return False
            powers = [_growth(game, a) for a in range(game.sizes[0])]
            return copositive_weights([form, *powers, *(-1 * p for p in powers)], 0) is not None
    return True


def _divergence(game: AffineGame, i: int) -> fmpq_mat:
    """The part of a population, as a form in its shares: Σ_a x_a m_aa · Σ_b x_b - x·Mx."""
    own, size = game.block(i, i), game.sizes[i]
    form = fmpq_mat([[own[a, a] - own[a, b] for b in range(size)] for a in range(size)])
    return form + form.transpose()


def _growth(game: AffineGame, a: int) -> fmpq_mat:
    """The growth rate of a strategy of one population, as a form: (Mx)_a · Σ_b x_b - x·Mx."""
    size = game.sizes[0]
    rows = [
        [(game.matrix[a, c] if b == a else fmpq(0)) - game.matrix[b, c] for c in range(size)]
        for b in range(size)
    ]
    for b in range(size):
        if b != a:
            for c in range(size):
                rows[b][c] += game.matrix[a, c]
    form = fmpq_mat(rows)
    return form + form.transpose()


# --------------------------------------------------------------------------- two strategies, any payoffs


def _own_gains(field: Field) -> NoOrbit | None:
    """Find populations of two strategies whose own advantage always changes with the own share in one
    sense.

    Its part of the divergence is x(1-x) times the derivative of the advantage by its own share x.
    """
    signs = set()
    for i, (own, size) in enumerate(zip(field.own_play, field.sizes, strict=True)):
        if not own:
            continue
        if size != 2:
            return None
        gain, k = field.advantage(i, 0, 1), field.offsets[i]
        above, below = gain.numerator, gain.denominator
        slope: fmpq_mpoly = above.derivative(k) * below - above * below.derivative(k)
        signs.add(sign_everywhere(field, slope)[0])
    plane = len(field.sizes) == 2
    if signs == {1}:
        return NoOrbit(
            "density",
            say(
                "strategies gain by their own spread at every state, so that volumes grow in "
                "logarithms of the shares (Dulac's criterion; Hofbauer & Sigmund 1998, section 11.3)"
            ),
            faces=False,
            none=plane,
        )
    if signs == {-1} and plane:
        return NoOrbit(
            "density",
            say(
                "strategies lose by their own spread at every state, so that areas shrink in logarithms of "
                "the shares, and a closed orbit would keep its own (Dulac)"
            ),
            faces=False,
            none=True,
        )
    return None


Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_STEPS = 2_000
"""Of a first look at a trajectory along the boundary. Fewer: slow cycles are undecided."""

GROWS = 1.01
"""How much longer a stay must be than the one before at the same corner, to count as growing."""

DEEPER = 1.3
"""How much farther from the inside a trajectory without a fixed order must be, in logarithms, each third.
Smaller: orbits near the boundary count as converging to it."""

LEAST_SEEN = 60
"""Steps from which alone nothing is concluded. Fewer: the first stays, which have no rule yet, decide."""

HOPEFUL = -4.0
"""A trajectory that still comes back to shares larger than this, in logarithms, is not followed further."""

ROUNDS = 3
"""How many times as many steps are made until all is seen. More: slow cycles are recognised, and undecided
ones take longer."""

CHANGES = 6
"""How many times another strategy must become the most frequent, in the last third. Fewer: a trajectory
that converges to a boundary state counts as cycling."""


@dataclass(frozen=True, eq=False)
class HeteroclinicCycle:
    """Where trajectories go round on the boundary.

    Attributes
    ----------
    faces : array (faces, strategies) of bool
        Which strategies are played on each face that the trajectory visits; all strategies of all
        populations.
    ordered : bool
        Whether it visits its corners in the same order every time.
    growth : float
        How much longer it stays at a corner than the time before: a factor, the typical one.
    """

    faces: Mask
    ordered: bool
    growth: float

    def meets(self, other: HeteroclinicCycle) -> bool:
        """Whether another trajectory visits a face that this one visits."""
        return bool((self.faces[:, None, :] == other.faces[None]).all(axis=2).any())


def on_faces(found: Sequence[HeteroclinicCycle], shares: Array) -> Mask:
    """Return whether states, as shares (orbits, strategies) of all strategies, lie on faces of cycles."""
    gone = shares <= GONE
    result = np.zeros(len(shares), dtype=bool)
    for face in _largest(np.concatenate([one.faces for one in found])):
        result |= gone[:, ~face].all(axis=1)
    return result


def _largest(faces: Mask) -> Mask:
    """Return the faces that are part of no other one."""
    own = np.unique(faces, axis=0)
    inside = (~(own[:, None, :] & ~own[None])).all(axis=2)  # of the first in the second
    return np.asarray(own[inside.sum(axis=1) == 1])


def heteroclinic_cycles(motion: Motion, starts: Array) -> list[HeteroclinicCycle | None]:
    """Return for each trajectory where it lingers along the boundary, or None where it does not.

    Parameters
    ----------
    motion : Motion
        Of a field that keeps faces.
    starts : array (coordinates, trajectories)

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Rock, paper, scissors", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    >>> motion = motion_of(field(game))
    >>> (found,) = heteroclinic_cycles(motion, motion.to_coordinates(np.array([[0.4, 0.3, 0.3]])))
    >>> found.ordered, round(found.growth, 2)
    (True, 8.0)
    """
    result: list[HeteroclinicCycle | None] = [None] * starts.shape[1]
    going, here = np.arange(starts.shape[1]), starts
    for round_ in range(ROUNDS):
        seen = _Seen.of(motion, here, MOST_STEPS * 2**round_)
        for j, orbit in enumerate(going):
            result[orbit] = seen.cycle(j)
        if any(found is not None for found in result):
            break  # the others may well be on the same cycle
        hopeful = [j for j, orbit in enumerate(going) if result[orbit] is None and seen.deeper(j)]
        if not hopeful:
            break
        going, here = going[hopeful], seen.ends[:, hopeful]
    return result


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is seen of trajectories, step by step: arrays (steps, trajectories, ...).

    Attributes
    ----------
    most : the most frequent strategy of each population, as one number
    played : which strategies are not as good as gone
    logs : the logarithms of all shares, (steps, strategies, trajectories)
    times : when
    ends : array (coordinates, trajectories), where each trajectory is in the end
    """

    most: NDArray[np.int64]
    played: Mask
    logs: Array
    times: Array
    ends: Array

    @classmethod
    def of(cls, motion: Motion, starts: Array, count: int) -> _Seen:
        field = motion.field
        most, played, logs, times, at = [], [], [], [], starts
        with np.errstate(all="ignore"):
            for at, time in itertools.islice(steps_of(motion, starts), count):
                if not np.isfinite(at).all() or np.abs(at).max() > DEEPEST:
                    break
                parts = field.weights(motion.states(at))
                code = np.zeros(at.shape[1], dtype=np.int64)
                for part in parts:
                    code = code * part.shape[1] + part.argmax(axis=1)
                most.append(code)
                played.append(np.concatenate(parts, axis=1) > GONE)
                logs.append(motion.log_shares(at))
                times.append(time)
        return cls(np.array(most), np.array(played), np.array(logs), np.array(times), at)

    def _thirds(self, j: int, strategies: Mask | slice = slice(None)) -> tuple[float, float, float]:
        """Return how near to the inside a trajectory comes in each third, by its smallest share of some."""
        depth = self.logs[:, strategies, j].min(axis=1, initial=0.0)
        first, second, third = (float(part.max(initial=-np.inf)) for part in np.array_split(depth, 3))
        return first, second, third

    def deeper(self, j: int) -> bool:
        """Whether a trajectory comes nearer and nearer to the boundary of the face on which it is.

        A trajectory that converges to a face and cycles inside it never lingers at a corner.
        """
        if len(self.most) < LEAST_SEEN:
            return False
        first, second, third = self._thirds(j, np.asarray(self.played[:, j].any(axis=0)))
        return third < second < first and third < HOPEFUL

    def cycle(self, j: int) -> HeteroclinicCycle | None:
        """Return where a trajectory lingers, as far as can be seen."""
        if len(self.most) < LEAST_SEEN:
            return None
        _, second, third = self._thirds(j)
        late = 2 * len(self.most) // 3
        stays = 1 + np.flatnonzero(np.diff(self.most[:, j]))
        if third > np.log(GONE) or not third < second or (stays >= late).sum() < CHANGES:
            return None
        faces = np.unique(self.played[late:, j], axis=0)
        ordered, growth = _order(self.most[stays, j], self.times[stays, j])
        # Where the order is not fixed, loops between two saddles may blur how stays grow; depths do not lie.
        grows = growth > GROWS if ordered else third < DEEPER * second
        if not grows or len(_largest(faces)) < 2:  # on one face alone it goes on inside that face
            return None
        return HeteroclinicCycle(faces, ordered, growth)


def _order(corners: NDArray[np.int64], times: Array) -> tuple[bool, float]:
    """Return whether corners follow each other in one order, and how the stays at each grow.

    Only the later half counts.
    """
    half = len(corners) // 2
    corners, times = corners[half:], times[half:]
    following: dict[int, set[int]] = {}
    visits: dict[int, list[float]] = {}
    for k in range(len(corners) - 1):
        following.setdefault(int(corners[k]), set()).add(int(corners[k + 1]))
        visits.setdefault(int(corners[k]), []).append(float(times[k + 1] - times[k]))
    ordered = all(len(after) == 1 for after in following.values())
    slopes = [np.log(own[-1] / own[0]) / (len(own) - 1) for own in visits.values() if len(own) > 1]
    return ordered, float(np.exp(np.median(slopes))) if slopes else 0.0


Kind = Literal[
    "rest point",
    "rest set",
    "inner cycle",
    "boundary cycle",
    "boundary network",
    "chaotic attractor",
    "closed orbits",
    "centre",
    "separatrix",
    "undecided",
]

CYCLE, CENTRE, SEPARATRIX, UNDECIDED = "cycle", "centre", "separatrix", "undecided"

ATTRACTOR = "attractor"
"""The name of a chaotic attractor, before its number."""

LONGEST_NAME = 24
"""Characters of a name in an array of them; ids of rest points and sets are far shorter."""


@dataclass(frozen=True)
class OmegaLimit:
    """What a class of trajectories comes to.

    Attributes
    ----------
    name : str
        The key under which `Basins.fractions` counts it: the id of a rest point or rest set, or a word.
    kind : str
        "rest point"; "rest set", a continuum of rest points that attracts as a set; "inner cycle", an
        attracting closed orbit in the interior; "boundary cycle", an attracting ring of rest points along the
        boundary, where a trajectory lingers ever longer; "boundary network", the same in an order that is not
        fixed or not known; "chaotic attractor", an interior attractor that is neither a point nor
        a cycle, on which neighbours separate exponentially; "closed orbits" that do not attract their
        neighbours; "centre", a conserved quantity that keeps trajectories at their distance, closed or not;
        "separatrix", the basin boundary; "undecided".
    proven : bool
        Whether the analysis proves that it attracts, or that trajectories cycle; else it was found
        numerically.
    state : tuple of float, or None
        The state of a rest point.
    period : float or None
        The period of an inner cycle.
    contraction : float or None
        For an inner cycle: the part of a small distance from it that remains after one turn.
    lyapunov_exponent, lyapunov_error : float or None
        For a chaotic attractor: its largest Lyapunov exponent, per unit of time, and the standard error.
    """

    name: str
    kind: Kind
    proven: bool = True
    state: tuple[float, ...] | None = None
    period: float | None = None
    contraction: float | None = None
    lyapunov_exponent: float | None = None
    lyapunov_error: float | None = None

    def to_dict(self, shares: tuple[str, ...]) -> Mapping[str, Any]:
        """Return it as plain data."""
        state = None if self.state is None else dict(zip(shares, self.state, strict=True))
        return {
            "kind": self.kind,
            "proven": self.proven,
            "state": state,
            "period": self.period,
            "contraction": self.contraction,
            "lyapunov_exponent": self.lyapunov_exponent,
            "lyapunov_error": self.lyapunov_error,
        }


def order_of(keys: Sequence[str], analysis: Analysis) -> list[str]:
    """Return keys of fractions in the order of the rest points, then of rest sets, then the others."""
    known = [p.id for p in analysis.rest_points] + [s.id for s in analysis.rest_sets]
    known += [CYCLE, CENTRE, SEPARATRIX, UNDECIDED]
    return sorted(keys, key=lambda key: known.index(key) if key in known else len(known))
