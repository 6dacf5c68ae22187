"""Parameter values at which something more holds at the rest points of a face, as roots of polynomials.

The equations g = 0 of a face with d free shares cut out curves in the space of shares and parameter.  A
further polynomial t vanishes on such a curve either everywhere, which no value singles out, or at finitely
many parameter values.  These are among the roots of what is left when the shares are eliminated:

* where the equations are linear in the shares, by Cramer's rule: g = 0 has one solution, quotients of
  polynomials in the parameter, and t of these is one more;
* else by resultants, variable after variable, factor by factor.  A factor that two resultants share means
  that t vanishes along a whole curve, or that two points merely lie above each other; after a shear in
  general position only the first is left.

More values may come out than those at which something happens: only that none is lost matters.  Cox,
Little & O'Shea (2015), Ideals, Varieties, and Algorithms, chapter 3.

A game along one of its parameters: payoffs as quotients of polynomials in the shares and that parameter.

On the face of a support the free shares are those of all played strategies but the last of each population.
A state of the open face rests where g_a = 0 for each of them, g_a being the payoff of strategy a minus that
of the last played one; a strategy b that is not played has the eigenvalue speed·g_b, and along the face the
Jacobian is speed·x_a·(∂g_a - Σ_c x_c ∂g_c).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.fitness import last_shares, strategy_payoffs
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property

__all__ = [
    "Candidates",
    "Face",
    "GameFamily",
    "LinearSolution",
    "Support",
    "family_of",
    "solve_linear",
    "univariate",
    "values_where",
]

Support = tuple[tuple[int, ...], ...]
"""The played strategies of each population, by index."""

MOST_FACES = 1_100
"""Past which numbers alone are used, for want of time. Ten strategies of one population have 1,023."""


@dataclass(frozen=True, eq=False)
class GameFamily:
    """The payoffs of a game, all parameters but one being numbers.

    Attributes
    ----------
    game : Game
    over : str
        The parameter that varies: the last variable of every ring.
    ring : Ring
        The shares of all strategies but the last of each population, and the parameter.
    payoffs : ``payoffs[i][a]`` is what strategy a of population i earns
    speeds : one factor a population
    """

    game: Game
    over: str
    ring: Ring
    payoffs: tuple[tuple[Ratio, ...], ...]
    speeds: tuple[Ratio, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of each population."""
        return self.game.space.sizes

    @cached_property
    def faces(self) -> Mapping[Support, Face]:
        """Every face of the state space, those of fewer strategies first.

        Raises
        ------
        ArithmeticError
            Where there are too many.
        """
        choices = [
            [s for m in range(1, size + 1) for s in itertools.combinations(range(size), m)]
            for size in self.sizes
        ]
        count = 1
        for options in choices:
            count *= len(options)
        if count > MOST_FACES:
            raise ArithmeticError("too many faces")
        supports = sorted(itertools.product(*choices), key=lambda s: sum(map(len, s)))
        return {support: Face(self, support) for support in supports}


@dataclass(frozen=True, eq=False)
class Face:
    """The open face of a support, and its rest states.

    Its ring holds the free shares, then the parameter.
    """

    family: GameFamily
    support: Support

    @cached_property
    def free(self) -> tuple[tuple[int, int], ...]:
        """Population and strategy of each free share."""
        return tuple((i, a) for i, played in enumerate(self.support) for a in played[:-1])

    @property
    def dimension(self) -> int:
        """How many shares are free."""
        return len(self.free)

    @cached_property
    def ring(self) -> Ring:
        """The free shares and the parameter."""
        return Ring((*(f"{i}:{a}" for i, a in self.free), self.family.over))

    @cached_property
    def shares(self) -> tuple[tuple[Ratio, ...], ...]:
        """The share of every strategy on the face."""
        rows = []
        for i, played in enumerate(self.support):
            row = [self.ring.constant(0)] * self.family.sizes[i]
            rest = self.ring.constant(1)
            for a in played[:-1]:
                row[a] = self.ring.variable(f"{i}:{a}")
                rest = rest - row[a]
            row[played[-1]] = rest
            rows.append(tuple(row))
        return tuple(rows)

    @cached_property
    def state(self) -> tuple[Ratio, ...]:
        """The shares in the order of the game's: one for two strategies, else one a strategy."""
        return self.family.game.space.coordinates(self.shares)

    @cached_property
    def _images(self) -> list[fmpq_mpoly]:
        images = [share.numerator for row in self.shares for share in row[:-1]]
        return [*images, self.ring.variable(self.family.over).numerator]

    def restrict(self, value: Ratio) -> Ratio:
        """Return a quotient of the family on this face."""
        context = self.ring.context
        above = value.numerator.compose(*self._images, ctx=context)
        below = value.denominator.compose(*self._images, ctx=context)
        if not below:
            raise ArithmeticError("a payoff has a pole on a whole face")
        return self.ring.ratio(above, below)

    def gain(self, i: int, a: int) -> Ratio:
        """Return what strategy a of population i earns more than the last played one."""
        row = self.family.payoffs[i]
        return self.restrict(row[a] - row[self.support[i][-1]])

    @cached_property
    def equations(self) -> tuple[Ratio, ...]:
        """What vanishes where a state of the open face rests, one for each free share."""
        return tuple(self.gain(i, a) for i, a in self.free)

    @cached_property
    def absent(self) -> tuple[tuple[int, int], ...]:
        """Population and strategy of what is not played."""
        return tuple(
            (i, b)
            for i, size in enumerate(self.family.sizes)
            for b in range(size)
            if b not in self.support[i]
        )

    @cached_property
    def growths(self) -> tuple[Ratio, ...]:
        """For each absent strategy what has the sign of its eigenvalue at a rest point."""
        return tuple(self.gain(i, b) for i, b in self.absent)

    @cached_property
    def speeds(self) -> tuple[Ratio, ...]:
        """The speeds, in the ring of the face."""
        return tuple(self.restrict(s) for s in self.family.speeds)

    @cached_property
    def slopes(self) -> tuple[tuple[Ratio, ...], ...]:
        """Derivatives of the equations (rows) by the free shares."""
        return tuple(tuple(g.derivative(k) for k in range(self.dimension)) for g in self.equations)

    @cached_property
    def rates(self) -> tuple[Ratio, ...]:
        """The rate of change of each free share."""
        result = []
        for k, (i, a) in enumerate(self.free):
            mean = self.ring.constant(0)
            for m, (j, c) in enumerate(self.free):
                if i == j:
                    mean = mean + self.shares[j][c] * self.equations[m]
            result.append(self.speeds[i] * self.shares[i][a] * (self.equations[k] - mean))
        return tuple(result)

    @cached_property
    def block(self) -> tuple[tuple[Ratio, ...], ...]:
        """The Jacobian along the face at its rest points."""
        rows = []
        for k, (i, a) in enumerate(self.free):
            mates = [(m, c) for m, (j, c) in enumerate(self.free) if j == i]
            row = []
            for t in range(self.dimension):
                rest = self.slopes[k][t]
                for m, c in mates:
                    rest = rest - self.shares[i][c] * self.slopes[m][t]
                row.append(self.speeds[i] * self.shares[i][a] * rest)
            rows.append(tuple(row))
        return tuple(rows)

    @cached_property
    def affine(self) -> bool:
        """Whether the equations are linear in the free shares."""
        free = self.dimension
        for g in self.equations:
            if any(g.denominator.degrees()[:free]):
                return False
            if any(sum(e[:free]) > 1 for e in g.numerator.monoms()):
                return False
        return True


def family_of(game: Game, known: Mapping[str, Fraction], over: str) -> GameFamily:
    """Return a game along a parameter.

    Parameters
    ----------
    game : Game
    known : mapping of parameter to number
        Of all parameters but `over`.
    over : str

    Raises
    ------
    ComesLater
        A501, A503 if a payoff is not a rational function of the shares and of the parameter, with rational
        coefficients; A502 if the parameter gives the size of a group.
    InputError
        S002, S003 for expressions that are too long or divide by zero.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": 2, "c": 3}})
    >>> family = family_of(game, {"v": Fraction(2)}, "c")
    >>> family.faces[((0, 1),)].equations[0].numerator
    -v0*v1 + 2
    """
    names = [share for p in game.populations for share in p.free_shares]
    ring = Ring((*names, over), rational=True)
    numbers: dict[str, Expression] = {n: Number(v) for n, v in known.items() if n != over}
    meanings = last_shares(game, ring)
    needed = _needed(game, known)
    for name, expression in game.lets.items():
        if name not in game.moving_lets and name in needed:
            meanings[name] = ring.read(substitute(expression, numbers), meanings)

    def read(expression: Expression) -> Ratio:
        return ring.read(substitute(expression, numbers), meanings)

    payoffs = strategy_payoffs(game, {n: v for n, v in known.items() if n != over})
    rows = tuple(tuple(read(u) for u in row) for row in payoffs)
    speeds = tuple(read(s) for s in game.speeds)
    return GameFamily(game, over, ring, rows, speeds)


def _needed(game: Game, known: Mapping[str, Fraction]) -> set[str]:
    """The shorthands that payoffs and speeds use, also by way of others."""
    expressions = [u for row in strategy_payoffs(game, known) for u in row] + list(game.speeds)
    needed: set[str] = set()
    pending = [n for e in expressions for n in names_in(e)]
    while pending:
        name = pending.pop()
        if name in game.lets and name not in needed:
            needed.add(name)
            pending.extend(names_in(game.lets[name]))
    return needed


MOST_TERMS = 4_000
"""Of a polynomial past which elimination is given up: it would not end in time. Fewer: less is exact."""

LARGEST_DEGREE = 150
"""The same of its degree in one variable."""

SHEAR = (3, -2)
"""Whole numbers without meaning: a shear by them puts curves into general position."""


@dataclass
class Candidates:
    """Polynomials in the parameter whose roots may be critical.

    Attributes
    ----------
    polynomials : list
    everywhere : whether some target vanished on a whole curve of rest points
    continua : whether some face rests along a curve for all values
    deadline : when to give up, by `time.monotonic`
    """

    deadline: float
    polynomials: list[fmpq_poly] = field(default_factory=list)
    everywhere: bool = False
    continua: bool = False

    def add(self, polynomial: fmpq_mpoly) -> None:
        """Add a polynomial in the parameter alone."""
        if polynomial:
            self.polynomials.append(univariate(polynomial))

    def check(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial that is not too large to go on with.

        Raises
        ------
        ArithmeticError
            Where it is.
        """
        if len(polynomial) > MOST_TERMS or time.monotonic() > self.deadline:
            raise ArithmeticError("a resultant has too many terms")
        if polynomial and max(polynomial.degrees()) > LARGEST_DEGREE:
            raise ArithmeticError("a resultant has too high a degree")
        return polynomial


def univariate(polynomial: fmpq_mpoly) -> fmpq_poly:
    """Return a polynomial that holds the last variable alone as one of one variable."""
    terms = polynomial.to_dict()
    coefficients = [fmpq(0)] * (1 + max((e[-1] for e in terms), default=0))
    for exponents, value in terms.items():
        if any(exponents[:-1]):
            raise ArithmeticError("a resultant still holds a share")
        coefficients[exponents[-1]] = value
    return fmpq_poly(coefficients)


# --------------------------------------------------------------------------- linear equations


@dataclass(frozen=True, eq=False)
class LinearSolution:
    """What linear equations of a face have for solution.

    Attributes
    ----------
    free : the free shares as quotients in the parameter; None unless a single solution exists for all but
        finitely many values
    special : polynomials in the parameter; the elimination is valid where none of them vanishes
    many : whether several solutions exist for all values
    """

    free: tuple[Ratio, ...] | None
    special: tuple[fmpq_mpoly, ...]
    many: bool


def solve_linear(face: Face) -> LinearSolution:
    """Return the solution of a face's equations where they are linear in the free shares."""
    ring = Ring((face.family.over,))
    size = face.dimension
    rows = [_row(ring, g, size) for g in face.equations]
    special = [ring_part(ring, g.denominator) for g in face.equations]
    order: list[int] = []
    for column in range(size):
        pivot = next((k for k in range(len(order), size) if not rows[k][column].is_zero), None)
        if pivot is None:
            continue
        top = len(order)
        rows[top], rows[pivot] = rows[pivot], rows[top]
        lead = rows[top][column]
        special += [lead.numerator, lead.denominator]
        rows[top] = [v / lead for v in rows[top]]
        for k in range(size):
            if k != top and not rows[k][column].is_zero:
                factor = rows[k][column]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[top], strict=True)]
        order.append(column)
    left = [row[-1] for row in rows[len(order) :]]
    special += [v.numerator for v in left if not v.is_zero]
    if len(order) < size:
        return LinearSolution(None, tuple(special), all(v.is_zero for v in left))
    return LinearSolution(tuple(rows[k][-1] for k in range(size)), tuple(special), False)


def ring_part(ring: Ring, polynomial: fmpq_mpoly) -> fmpq_mpoly:
    """Return a polynomial in the parameter alone as one of the ring of the parameter."""
    return ring.context.from_dict({(e[-1],): c for e, c in polynomial.to_dict().items()})


def _row(ring: Ring, equation: Ratio, size: int) -> list[Ratio]:
    """The coefficients of the free shares, then minus the constant."""
    parts: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(size + 1)]
    for exponents, value in equation.numerator.to_dict().items():
        k = next((k for k in range(size) if exponents[k]), size)
        parts[k][(exponents[-1],)] = value if k < size else -value
    below = ring.ratio(ring_part(ring, equation.denominator))
    return [ring.ratio(ring.context.from_dict(part)) / below for part in parts]


def substituted(value: Ratio, solution: Sequence[Ratio]) -> Ratio | None:
    """Return a quotient of a face at a solution; None where its denominator vanishes there."""
    ring = solution[0].ring if solution else Ring((value.ring.names[-1],))
    above, below = (_polynomial_at_solution(ring, p, solution) for p in (value.numerator, value.denominator))
    return None if below.is_zero else above / below


def _polynomial_at_solution(ring: Ring, polynomial: fmpq_mpoly, solution: Sequence[Ratio]) -> Ratio:
    """A polynomial at quotients, over a common denominator so that nothing is reduced term by term."""
    degrees = polynomial.degrees()[:-1] if polynomial else ()
    powers = []
    for value, degree in zip(solution, degrees, strict=False):
        row = []
        for k in range(degree + 1):
            row.append(value.numerator**k * value.denominator ** (degree - k))
        powers.append(row)
    total = ring.zero
    for exponents, coefficient in polynomial.to_dict().items():
        term = ring.context.from_dict({(exponents[-1],): coefficient})
        for k, e in enumerate(exponents[:-1]):
            term = term * powers[k][e]
        total = total + term
    below = ring.one
    for value, degree in zip(solution, degrees, strict=False):
        below = below * value.denominator**degree
    return ring.ratio(total, below)


# --------------------------------------------------------------------------- resultants


def values_where(face: Face, targets: Iterable[fmpq_mpoly], found: Candidates) -> None:
    """Add the values at which one of some polynomials vanishes at a rest point of the face.

    Parameters
    ----------
    face : Face
        With one, two or three free shares.
    targets : polynomials in the face's ring
    found : Candidates
        To which they are added.

    Raises
    ------
    ArithmeticError
        Where a polynomial becomes too large.
    """
    choices = [_factors(g.numerator, found) for g in face.equations]
    if any(not options for options in choices):
        return  # somebody is never indifferent, but where a factor in the parameter alone vanishes
    wanted = [t for t in targets if t]
    for system in itertools.product(*choices):
        if len(set(map(str, system))) < len(system):
            found.continua = True
            continue
        for target in wanted:
            _in_any_position(list(system), target, found)
    if face.dimension == 1:
        _apart(choices[0], found)


def _factors(polynomial: fmpq_mpoly, found: Candidates) -> list[fmpq_mpoly]:
    """The irreducible factors that hold shares; the others are added to what was found."""
    if not polynomial:
        found.continua = True
        return []
    kept = []
    for factor, _ in polynomial.factor()[1]:
        if any(factor.degrees()[:-1]):
            kept.append(factor)
        else:
            found.add(factor)
    return kept


def _apart(factors: Sequence[fmpq_mpoly], found: Candidates) -> None:
    """The values at which roots of different factors in one share coincide."""
    for k, one in enumerate(factors):
        for other in factors[:k]:
            found.add(one.resultant(other, 0))


class _Ambiguous(Exception):
    """Two resultants share a factor: perhaps only seen from this side."""


def _in_any_position(system: list[fmpq_mpoly], target: fmpq_mpoly, found: Candidates) -> None:
    """Add the values at which `target` vanishes where all of a system of coprime factors do."""
    try:
        _eliminate(system, target, found, patient=False)
        return
    except _Ambiguous:
        pass
    variables = list(target.context().gens())
    last = len(system) - 1
    images = [v + s * variables[last] for v, s in zip(variables[:last], SHEAR, strict=False)]
    images += variables[last:]
    moved = [p.compose(*images) for p in system]
    _eliminate(moved, target.compose(*images), found, patient=True)


def _eliminate(system: list[fmpq_mpoly], target: fmpq_mpoly, found: Candidates, patient: bool) -> None:
    """One variable after the other; where `patient`, shared factors mean a curve on which all vanish."""
    size = len(system)
    if size == 1:
        result = found.check(system[0].resultant(target, 0))
        if not result:
            if not patient:
                raise _Ambiguous
            found.everywhere = True
        found.add(result)
        return
    variable = size - 1
    # The first one, in which the variable stands, is paired with all others.
    system = sorted(system, key=lambda p: (not p.degrees()[variable], p.degrees()[variable]))
    if not system[0].degrees()[variable]:
        if not patient:
            raise _Ambiguous
        raise ArithmeticError("equations do not hold a share")
    below = [found.check(system[0].resultant(p, variable)) for p in system[1:]]
    beside = found.check(system[0].resultant(target, variable))
    if not all(below):
        raise ArithmeticError("two equations share a factor")
    if not beside:
        found.everywhere = True
        return
    for smaller in itertools.product(*(_factors(p, found) for p in below)):
        shared = len(set(map(str, smaller))) < len(smaller)
        if size == 2:
            shared = not smaller[0].gcd(beside).is_constant()
        if shared and not patient:
            raise _Ambiguous
        if shared:
            found.everywhere = True
            continue
        _eliminate(list(smaller), beside, found, patient)
