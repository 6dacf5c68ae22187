"""Requirements of a programme, as conditions on the levels of its instruments.

Each condition is a function of the levels that is to be above 0, or at least 0; some hold in one of several
ways.  All of them are necessary and sufficient for what they say, but for the infimum itself, which strict
conditions do not reach.

What a function and its slopes can be while levels lie in a box: certain bounds, by balls.

Values and derivatives are carried through an expression together (automatic differentiation, forward mode) in
Arb's balls, whose errors are bounds (Johansson 2017).  A bound that is not finite says that nothing is known.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb, fmpq

from separatrix.errors import ComesLater
from separatrix.expression.precision import precision
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    multiply,
    number,
)
from separatrix.game.model import Game, PairwiseForm, Profile, ProfileTable, SelfMatrix
from separatrix.policy.externality_price import named_profile
from separatrix.policy.permanent.level_functions import LevelFunction, LevelFunctions, PopulationDeviation
from separatrix.sentences import Sentence, say

__all__ = [
    "Either",
    "Enclosure",
    "LevelConstraint",
    "RISE",
    "dominance_orders",
    "enclosure",
    "fixed",
    "full",
    "no_other_stable",
    "selected_under_noise",
    "sign_at",
    "strict_target",
    "summed_up",
    "weighted",
]


@dataclass(frozen=True)
class LevelConstraint:
    """A function of levels that is to be above 0 (``strict``) or at least 0.

    Attributes
    ----------
    kind : str
        ``gain``, ``left``, ``selected``, ``basin``, ``dominant``, ``budget`` or ``emissions``.
    function : LevelFunction
    told : Sentence
        The statement that holds where the function is above 0.
    strict : bool
    in_payoffs : bool
        Whether the function is in the unit of payoffs, so that a margin in payoffs clears it.
    deviation : PopulationDeviation or None
        The deviation whose gain it is.
    """

    kind: str
    function: LevelFunction
    told: Sentence
    strict: bool = True
    in_payoffs: bool = True
    deviation: PopulationDeviation | None = None


def fixed(condition: LevelConstraint) -> bool:
    """Return whether a condition does not depend on levels, such as that a strategy is in use today."""
    return condition.function.constant and not condition.in_payoffs and condition.kind == "basin"


Either = tuple[tuple[LevelConstraint, ...], ...]
"""Alternatives: all conditions of at least one must hold."""


def summed_up(either: Either, game: Game, target: Profile) -> Sentence:
    """Return what a demand says, in one sentence where it holds in one of several ways."""
    first = either[0][0]
    if len(either) == 1:
        return first.told
    named = named_profile(game, target)
    match first.kind:
        case "left" if first.deviation is not None:
            return say(
                "{profile} is not stable: some population gains by leaving it",
                profile=named_profile(game, first.deviation.profile),
            )
        case "selected":
            return say("noise selects {target} in finite populations", target=named)
        case "basin":
            return say("today's state converges to {target}", target=named)
        case _:
            return say("every interior trajectory converges to {target}, by iterated dominance", target=named)


def weighted(
    terms: Iterable[tuple[Fraction, LevelFunction]], constant: Fraction = Fraction(0)
) -> LevelFunction:
    """Return a sum of functions of the same levels, with weights.

    Examples
    --------
    >>> from separatrix.expression.tree import Name
    >>> one = LevelFunction(Name("s"), ("s",), ((Fraction(1),), Fraction(0)))
    >>> weighted([(Fraction(3), one)], Fraction(2)).affine
    ((Fraction(3, 1),), Fraction(2, 1))
    """
    parts = [(weight, function) for weight, function in terms if weight]
    expression = add(*(multiply(number(w), f.expression) for w, f in parts), number(constant))
    levels = parts[0][1].levels if parts else ()
    slopes, total = [Fraction(0)] * len(levels), constant
    for weight, function in parts:
        if function.affine is None:
            return LevelFunction(expression, levels, None)
        slopes = [s + weight * a for s, a in zip(slopes, function.affine[0], strict=True)]
        total += weight * function.affine[1]
    return LevelFunction(expression, levels, (tuple(slopes), total))


def strict_target(functions: LevelFunctions, target: Profile) -> list[Either]:
    """Return the conditions for a strict Nash equilibrium: unilateral deviations from the target lose."""
    game = functions.game
    result: list[Either] = []
    for deviation in functions.deviations(target):
        population = game.populations[deviation.population]
        told = say(
            "at {target} {population} earns more by {own} than by {other}",
            target=named_profile(game, target),
            population=population.name,
            own=population.strategies[target[deviation.population]].name,
            other=population.strategies[deviation.strategy].name,
        )
        result.append(((LevelConstraint("gain", functions.gain(deviation), told, deviation=deviation),),))
    return result


def no_other_stable(functions: LevelFunctions, target: Profile) -> list[Either]:
    """Return the conditions that every other pure state is unstable: some population gains by leaving it."""
    game = functions.game
    result: list[Either] = []
    for profile in game.profiles():
        if profile == target:
            continue
        apart = [i for i, (a, b) in enumerate(zip(profile, target, strict=True)) if a != b]
        if len(apart) == 1 and not _plays_itself(functions):
            continue  # who differs from the target gains by going there: the target is strict
        ways = []
        for deviation in functions.deviations(profile):
            population = game.populations[deviation.population]
            told = say(
                "{profile} is not stable: {population} earns more by {other} than by {own} there",
                profile=named_profile(game, profile),
                population=population.name,
                own=population.strategies[profile[deviation.population]].name,
                other=population.strategies[deviation.strategy].name,
            )
            lost = weighted([(Fraction(-1), functions.gain(deviation))])
            ways.append((LevelConstraint("left", full(lost, functions), told, deviation=deviation),))
        result.append(tuple(ways))
    return result


def _plays_itself(functions: LevelFunctions) -> bool:
    """Whether what a population earns depends on what its own members play."""
    form = functions.game.form
    if isinstance(form, PairwiseForm):
        return any(i == j for i, j in form.matrices)
    return not isinstance(form, ProfileTable)


def full(function: LevelFunction, functions: LevelFunctions) -> LevelFunction:
    """Return a function that knows its levels, where it is a number too."""
    if function.levels or function.affine is None:
        return function
    zero = (Fraction(0),) * len(functions.levels)
    return LevelFunction(function.expression, functions.levels, (zero, function.affine[1]))


# --------------------------------------------------------------------------- selected under noise


def selected_under_noise(functions: LevelFunctions, target: Profile, sizes: Sequence[int]) -> list[Either]:
    """Return that the target is where small populations are found most of the time, imitating with noise.

    One population of two strategies under the Fermi rule: ln(ρ of the target / ρ of the other), which is
    linear in the payoffs, is above 0 at every intensity of selection.  Two parties of two strategies: the
    limit of strong selection, min(N_A·a₁, N_B·b₁) > min(N_A·a₀, N_B·b₀) in the losses a, b of who leaves the
    target and of who leaves the opposite state, with N for the number of the others of its kind.

    Parameters
    ----------
    sizes : sequence of int
        Members of each population.

    Raises
    ------
    ComesLater
        P122 for games of another kind.
    """
    game = functions.game
    if game.space.sizes == (2,) and isinstance(game.form, SelfMatrix):
        return [((_more_likely(functions, target, sizes[0]),),)]
    if game.space.sizes == (2, 2) and isinstance(game.form, ProfileTable):
        return [_weaker_losses(functions, target, sizes)]
    raise ComesLater(
        "P122",
        say("which state is selected under noise is known for one or two populations of two strategies"),
        hint=say("drop this condition, and run `separatrix stationary` for the programme found"),
    )


def _more_likely(functions: LevelFunctions, target: Profile, size: int) -> LevelConstraint:
    """ln(ρA/ρB) over N and the intensity of selection: (a + b - c - d)/2 - (a - d)/N, without meeting "
    "oneself."""
    (own,) = target
    other = 1 - own
    game = functions.game
    at_target = functions.gain(PopulationDeviation((own,), 0, other))  # a - c
    at_other = functions.gain(PopulationDeviation((other,), 0, own))  # d - b
    half, one = Fraction(1, 2), Fraction(1, size)  # a member's part, so that it is in the unit of payoffs
    a, d = functions.payoff((own,), 0), functions.payoff((other,), 0)
    function = weighted([(half, at_target), (-half, at_other), (-one, a), (one, d)])
    told = say(
        "{size} members that imitate with noise spend most of the time at {target}",
        target=named_profile(game, target),
        size=size,
    )
    return LevelConstraint("selected", full(function, functions), told)


def _weaker_losses(functions: LevelFunctions, target: Profile, sizes: Sequence[int]) -> Either:
    game = functions.game
    opposite = (1 - target[0], 1 - target[1])
    ours = [functions.gain(d) for d in functions.deviations(target)]
    theirs = [functions.gain(d) for d in functions.deviations(opposite)]
    # N - 1 updates go against selection, each with the loss; over the most they are in units of payoffs.
    most = max(sizes) - 1
    steps = [Fraction(size - 1, most) for size in sizes]
    ways = []
    for weakest in (0, 1):
        conditions = []
        for i in (0, 1):
            function = weighted([(steps[i], ours[i]), (-steps[weakest], theirs[weakest])])
            told = say(
                "the loss of {population} from leaving {target}, times the {size} others of its "
                "kind, exceeds the loss of {other} from leaving {opposite}, times its {other_size}",
                population=game.populations[i].name,
                target=named_profile(game, target),
                size=sizes[i] - 1,
                other=game.populations[weakest].name,
                opposite=named_profile(game, opposite),
                other_size=sizes[weakest] - 1,
            )
            conditions.append(LevelConstraint("selected", full(function, functions), told))
        ways.append(tuple(conditions))
    return tuple(ways)


# --------------------------------------------------------------------------- the only outcome


def dominance_orders(functions: LevelFunctions, target: Profile) -> list[Either]:
    """Return that the target is what is left when dominated strategies are crossed out in some order.

    Then every interior trajectory converges to it (Samuelson & Zhang 1992; Hofbauer & Weibull 1996). In two
    populations of two strategies this is necessary as well.

    Raises
    ------
    ComesLater
        P123 where payoffs are not linear in the shares of each population, or populations are too many.
    """
    game = functions.game
    form = game.form
    linear = isinstance(form, SelfMatrix | ProfileTable | PairwiseForm)
    if not linear or len(game.populations) > MOST_ORDERED or game.space.dimension > MOST_DIMENSIONS:
        raise ComesLater(
            "P123",
            say(
                "`only-outcome` requires payoffs from a table and at most {most} populations",
                most=MOST_ORDERED,
            ),
            hint=say("require `only-stable` instead"),
        )
    ways = []
    for order in itertools.permutations(range(len(game.populations))):
        conditions: list[LevelConstraint] = []
        settled: set[int] = set()
        for i in order:
            conditions += _dominant(functions, target, i, settled)
            settled.add(i)
        ways.append(tuple(conditions))
    return [tuple(ways)]


MOST_ORDERED = 4
MOST_DIMENSIONS = 10


def _dominant(
    functions: LevelFunctions, target: Profile, i: int, settled: set[int]
) -> Iterable[LevelConstraint]:
    """Yield that the target's strategy of a population is its best one whatever the unsettled others play."""
    game = functions.game
    own_play = _plays_itself(functions)
    for profile in game.profiles():
        if any(profile[j] != target[j] for j in settled):
            continue
        if not own_play and profile[i] != target[i]:
            continue
        for other in range(game.space.sizes[i]):
            if other == target[i]:
                continue
            gain = functions.gain_between(profile, i, target[i], other)
            population = game.populations[i]
            told = say(
                "{population} earns more by {own} than by {other} at {profile}",
                population=population.name,
                own=population.strategies[target[i]].name,
                other=population.strategies[other].name,
                profile=named_profile(game, profile),
            )
            yield LevelConstraint("dominant", gain, told)


RISE = "rise"
"""A function that no file can name: down·ln(p/x) + up·ln((1 - p)/(1 - x)) of down, up > 0 and a number x,
where p = down/(down + up): by how much a part of H lies above its bottom
(`separatrix.dynamics`)."""

Interval = tuple[Fraction, Fraction]

BITS = 64
"""Of the balls of a box. Fewer: the bounds are wider, and more boxes are searched."""

FINE_BITS = 256
"""For the balls at a point: a value nearer to zero than two to this power has no certain sign."""


@dataclass(frozen=True)
class Enclosure:
    """Bounds of a function in a box.

    Attributes
    ----------
    low, high : fmpq or None
        Of its values; None without a finite bound.
    slopes : tuple of (fmpq, fmpq) or None, one a level
        Of its derivative by that level; None without a finite bound.
    """

    low: fmpq | None
    high: fmpq | None
    slopes: tuple[tuple[fmpq, fmpq] | None, ...]


@dataclass(frozen=True)
class _Jet:
    """A value and its derivatives.

    The ball of a range that begins at 0 reaches below 0 by rounding; ``never_below_zero`` records that the
    value itself does not.
    """

    value: arb
    slopes: tuple[arb, ...]
    never_below_zero: bool = False


def enclosure(expression: Expression, levels: Sequence[str], box: Sequence[Interval]) -> Enclosure:
    """Return bounds of a function of levels in a box.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> found = enclosure(parse_expression("s*(2 - s)"), ["s"], [(Fraction(0), Fraction(1))])
    >>> found.low <= 0, found.high >= 1, [a >= -1 and b <= 3 for a, b in found.slopes]
    (True, True, [True])
    """
    with precision(BITS):
        jets = {}
        for k, (name, (low, high)) in enumerate(zip(levels, box, strict=True)):
            value = _ball(low) if low == high else _ball(low).union(_ball(high))
            jets[name] = _Jet(value, tuple(arb(int(j == k)) for j in range(len(levels))), low >= 0)
        found = _jet(expression, jets, len(levels))
        low_end, high_end = _ends(found.value)
        if found.never_below_zero and low_end is not None and low_end < 0:
            low_end = fmpq(0)  # a wide ball reaches below 0 by rounding
        slopes = [_ends(slope) for slope in found.slopes]
    known = tuple(None if a is None or b is None else (a, b) for a, b in slopes)
    return Enclosure(low_end, high_end, known)


def sign_at(expression: Expression, levels: Sequence[str], point: Sequence[Fraction]) -> int | None:
    """Return the certain sign of a function at levels; None if it may be zero.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> sign_at(parse_expression("log(2) - s"), ["s"], [Fraction(7, 10)])
    -1
    """
    with precision(FINE_BITS):
        jets = {name: _Jet(_ball(value), (), value >= 0) for name, value in zip(levels, point, strict=True)}
        value = _jet(expression, jets, 0).value
        if not value.is_finite():
            return None
        return 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _ends(value: arb) -> tuple[fmpq | None, fmpq | None]:
    if not value.is_finite():
        return None, None
    return _exact(value.lower()), _exact(value.upper())


def _exact(end: arb) -> fmpq:
    mantissa, exponent = end.man_exp()
    whole, power = int(mantissa), int(exponent)
    return fmpq(whole * 2**power) if power >= 0 else fmpq(whole, 2**-power)


def _jet(expression: Expression, known: Mapping[str, _Jet], n: int) -> _Jet:
    none = tuple(arb(0) for _ in range(n))
    match expression:
        case Number(value):
            return _Jet(_ball(value), none, value >= 0)
        case Name(name):
            return known[name]
        case Sum(terms):
            parts = [_jet(term, known, n) for term in terms]
            return _Jet(
                sum((p.value for p in parts), arb(0)),
                tuple(sum((p.slopes[j] for p in parts), arb(0)) for j in range(n)),
                all(p.never_below_zero for p in parts),
            )
        case Product(factors):
            result = _Jet(arb(1), none, True)
            for factor in factors:
                result = _times(result, _jet(factor, known, n))
            return result
        case Quotient(numerator, denominator):
            below = _jet(denominator, known, n)
            inverse = 1 / below.value
            turned = -inverse * inverse
            slopes = tuple(turned * s for s in below.slopes)
            return _times(_jet(numerator, known, n), _Jet(inverse, slopes, below.never_below_zero))
        case Power(base, exponent):
            return _power(_jet(base, known, n), _jet(exponent, known, n), exponent)
        case Call(function, arguments):
            return _FUNCTIONS[function]([_jet(a, known, n) for a in arguments])


def _times(one: _Jet, other: _Jet) -> _Jet:
    slopes = tuple(a * other.value + one.value * b for a, b in zip(one.slopes, other.slopes, strict=True))
    return _Jet(one.value * other.value, slopes, one.never_below_zero and other.never_below_zero)


def _through(argument: _Jet, value: arb, slope: arb, never_below_zero: bool = False) -> _Jet:
    # What does not move stays where it is, however steep the function is there.
    slopes = tuple(arb(0) if s == 0 else slope * s for s in argument.slopes)
    return _Jet(value, slopes, never_below_zero)


def _power(base: _Jet, exponent: _Jet, told: Expression) -> _Jet:
    if isinstance(told, Number) and told.value.denominator == 1:
        times = int(told.value)
        value = base.value**times
        slope = times * base.value ** (times - 1) if times else arb(0)
        return _through(base, value, slope, base.never_below_zero or times % 2 == 0)
    still = all(e == 0 for e in exponent.slopes)
    if base.never_below_zero and not base.value > 0 and exponent.value > 0 and still:
        # From 0 on it rises, but how steeply is not bounded where the exponent is below 1.
        above = (exponent.value * base.value.upper().log()).exp() if base.value.upper() > 0 else arb(0)
        return _through(base, arb(0).union(above), arb.nan(), True)
    logarithm = base.value.log()
    value = (exponent.value * logarithm).exp()
    slopes = tuple(
        value * (e * logarithm + exponent.value * b / base.value)
        for e, b in zip(exponent.slopes, base.slopes, strict=True)
    )
    return _Jet(value, slopes, True)


def _extreme(parts: Sequence[_Jet], largest: bool) -> _Jet:
    """The largest or the least of several values; where that is not certain, its slopes are those of any."""
    result = parts[0]
    for part in parts[1:]:
        if part.value > result.value:
            result = part if largest else result
        elif part.value < result.value:
            result = result if largest else part
        else:
            value = result.value.max(part.value) if largest else result.value.min(part.value)
            slopes = zip(result.slopes, part.slopes, strict=True)
            result = _Jet(value, tuple(a.union(b) for a, b in slopes))
    several = (part.never_below_zero for part in parts)
    return replace(result, never_below_zero=any(several) if largest else all(several))


def _exponential(parts: Sequence[_Jet]) -> _Jet:
    value = parts[0].value.exp()
    return _through(parts[0], value, value, True)


def _logarithm(parts: Sequence[_Jet]) -> _Jet:
    return _through(parts[0], parts[0].value.log(), 1 / parts[0].value)


def _root(parts: Sequence[_Jet]) -> _Jet:
    (under,) = parts
    value = under.value.sqrt()
    if under.never_below_zero and not under.value > 0:
        above = under.value.upper()
        value = arb(0).union(above.sqrt()) if above > 0 else arb(0)
    return _through(under, value, 1 / (2 * value), True)


def _binomial(parts: Sequence[_Jet]) -> _Jet:
    above, below = parts
    chosen = below.value.unique_fmpz()
    if chosen is None or any(s != 0 for part in parts for s in part.slopes):
        unknown = arb.nan()
        return _Jet(unknown, tuple(unknown for _ in above.slopes))
    return _Jet(above.value.bin(int(chosen)), above.slopes)


def _rise(parts: Sequence[_Jet]) -> _Jet:
    """Its derivatives by down and up are the two logarithms: what else there is cancels.

    It is convex, so that it is largest at a corner of what down and up can be; it falls towards p = x.
    Below 0 they count as 0: what asks for a rise asks that both are above.
    """
    down, up, share = parts
    first = -(share.value * (1 + up.value / down.value)).log()
    second = -((1 - share.value) * (1 + down.value / up.value)).log()
    value = _rise_between(_from_zero(down.value), _from_zero(up.value), share.value)
    slopes = zip(down.slopes, up.slopes, strict=True)
    return _Jet(value, tuple(first * d + second * u for d, u in slopes), True)


def _from_zero(value: arb) -> tuple[arb, arb]:
    ends = value.lower(), value.upper()
    return ends[0] if ends[0] > 0 else arb(0), ends[1] if ends[1] > 0 else arb(0)


def _rise_between(down: tuple[arb, arb], up: tuple[arb, arb], share: arb) -> arb:
    """Return what the rise can be where down and up lie between ends of at least 0."""

    def integral_at(one: arb, other: arb) -> arb:
        both = one + other
        lost = one * (one / (both * share)).log() if one > 0 else arb(0)
        return lost + (other * (other / (both * (1 - share))).log() if other > 0 else arb(0))

    corners = [integral_at(one, other) for one in down for other in up]
    lowest = arb(0)
    if down[0] * (1 - share) >= up[1] * share:
        lowest = integral_at(down[0], up[1])
    elif down[1] * (1 - share) <= up[0] * share:
        lowest = integral_at(down[1], up[0])
    for corner in corners:
        lowest = lowest.union(corner)
    return lowest


_FUNCTIONS: Mapping[str, Callable[[Sequence[_Jet]], _Jet]] = {
    "exp": _exponential,
    "log": _logarithm,
    "sqrt": _root,
    "min": lambda parts: _extreme(parts, False),
    "max": lambda parts: _extreme(parts, True),
    "binomial": _binomial,
    RISE: _rise,
}
