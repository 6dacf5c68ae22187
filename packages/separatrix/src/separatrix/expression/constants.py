"""Irrational constants of payoffs, such as sqrt(2), p^g or exp(a): algebra where it decides, balls elsewhere.

A `Constant` is a sum of products of *atoms* (roots, exponentials, logarithms, powers, reciprocals) with
rational coefficients.  It is zero if that sum vanishes with the relations that atoms satisfy by definition,
such as c² = 2 for sqrt(2).  Any other sign is that of an Arb ball at growing precision (Johansson 2017).  If
the ball still holds zero at `MOST_BITS`, the sign is unknown and `Unseparated` is raised: no sign is guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from separatrix.errors import InputError
from separatrix.expression.precision import precision
from separatrix.expression.tree import Call, Expression, Number, Power, add, divide, multiply, to_text
from separatrix.sentences import say

__all__ = [
    "MOST_BITS",
    "Constant",
    "Irrational",
    "Unseparated",
    "as_number",
    "exponential",
    "logarithm",
    "real_power",
]

MOST_BITS = 1024
"""The precision past which a ball that holds zero leaves the sign open."""

VALUE_BITS = 256
"""Bits of the rational that stands for a constant where floats are computed from it."""

LONG_SUM = 12
"""Terms past which a sum is carried as one number; it is written out only where its sign may be 0."""

MOST_WRITTEN = 400
"""Numbers in a constant past which no formula is written for it."""

MOST_TERMS = 2_000
"""Terms past which a sum is not written out: its sign is then that of its ball, or unknown."""

SMALL_ROOT = 12
"""Up to this degree, roots of whole numbers are split into roots of primes: sqrt(6) is sqrt(2)·sqrt(3)."""

FACTORED_BITS = 64
"""Whole numbers that are factored: that never takes long."""


class Unseparated(InputError):
    """A constant whose sign is unknown: its ball holds zero at the highest precision."""

    def __init__(self, code: str, message: str, **rest: Any) -> None:
        super().__init__(code, message, **rest)


def _unseparated(value: Constant) -> Unseparated:
    text = repr(value)
    shown = text if len(text) <= 60 else text[:60] + "…"
    return Unseparated(
        "S005",
        say(
            "the sign of `{constant}` is unknown: at {bits} bits its enclosure still contains 0",
            constant=shown,
            bits=MOST_BITS,
        ),
        hint="if it is 0, write the payoffs so that it cancels; otherwise change a value slightly",
    )


@dataclass(frozen=True, eq=False)
class Atom:
    """A real number that is not put together from simpler ones.

    ``kind`` is ``root`` (of degree `degree`), ``exp``, ``log``, ``power`` (base to a constant power),
    ``inverse``, or ``whole`` (a long sum that is carried as one number); ``arguments`` are the numbers that
    it is made of.  Two atoms are equal if they are written alike.
    """

    kind: str
    arguments: tuple[Any, ...]
    degree: int = 0
    depth: int = 0
    key: tuple[Any, ...] = field(init=False, repr=False)
    code: int = field(init=False, repr=False)
    size: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        written = (frozenset(a.terms.items()) if isinstance(a, Constant) else a for a in self.arguments)
        object.__setattr__(self, "key", (self.kind, self.degree, *written))
        object.__setattr__(self, "code", hash(self.key))
        inner = (a.size if isinstance(a, Constant) else 1 for a in self.arguments)
        object.__setattr__(self, "size", 1 + sum(inner))

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Atom) and self.code == other.code and self.key == other.key
        )

    def __hash__(self) -> int:
        return self.code

    def ball(self, bits: int) -> arb:
        """Return a ball around it, computed with so many bits."""
        first, *rest = (_ball(a, bits) for a in self.arguments)
        with precision(bits):
            match self.kind:
                case "root":
                    return first.root(self.degree)
                case "exp":
                    return first.exp()
                case "log":
                    return first.log()
                case "inverse":
                    return 1 / first
                case "whole":
                    return first
            return first ** rest[0]

    def expression(self, exponent: int) -> Expression:
        """Return a power of it as an expression."""
        base, *rest = (_expression(a) for a in self.arguments)
        if self.kind == "inverse":
            return divide(
                Number(Fraction(1)), base if exponent == 1 else Power(base, Number(Fraction(exponent)))
            )
        if self.kind == "root":
            if self.degree == 2 and exponent == 1:
                return Call("sqrt", (base,))
            return Power(base, Number(Fraction(exponent, self.degree)))
        if self.kind == "whole":
            whole: Expression = base
        else:
            whole = Power(base, rest[0]) if self.kind == "power" else Call(self.kind, (base,))
        return whole if exponent == 1 else Power(whole, Number(Fraction(exponent)))


Monomial = frozenset[tuple[Atom, int]]
Terms = dict[Monomial, fmpq]
UNIT: Monomial = frozenset()


class Constant:
    """An irrational constant: rational coefficients of products of powers of atoms.

    Sums, products and quotients with other constants and with rationals are constants, or plain rationals
    where only those are left.
    """

    __slots__ = ("_balls", "_sign", "size", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.size: int = sum(1 + sum(a.size for a, _ in m) for m in terms)
        self._sign: int | None = None
        self._balls: dict[int, arb] = {}

    # ----------------------------------------------------------------- arithmetic

    def __add__(self, other: Any) -> Any:
        more = _terms(other)
        if more is None:
            return NotImplemented
        return _constant_or_number(_sum(self.terms, more))

    __radd__ = __add__

    def __neg__(self) -> Constant:
        return Constant({m: -c for m, c in self.terms.items()})

    def __sub__(self, other: Any) -> Any:
        more = _terms(other)
        if more is None:
            return NotImplemented
        return _constant_or_number(_sum(self.terms, {m: -c for m, c in more.items()}))

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        more = _terms(other)
        if more is None:
            return NotImplemented
        return _constant_or_number(_product(self.terms, more))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        more = _terms(other)
        if more is None:
            return NotImplemented
        return self * _inverse(more)

    def __rtruediv__(self, other: Any) -> Any:
        return _inverse(self.terms) * other

    def __pow__(self, exponent: int) -> Any:
        if exponent < 0:
            return 1 / self**-exponent
        if len(self.terms) == 1:
            ((monomial, coefficient),) = self.terms.items()
            raised = frozenset((atom, e * exponent) for atom, e in monomial)
            return _constant_or_number(_reduced(raised, frozenset(), coefficient**exponent))
        half = self ** (exponent // 2) if exponent > 1 else fmpq(1)
        return half * half * self if exponent % 2 else half * half

    def __abs__(self) -> Constant:
        return self if self.sign() >= 0 else -self

    # ----------------------------------------------------------------- order

    def sign(self) -> int:
        """Return -1, 0 or 1.

        Raises
        ------
        Unseparated
            S005 where neither algebra nor `MOST_BITS` bits decide.
        """
        if self._sign is None:
            self._sign = self._find_sign()
        return self._sign

    def _find_sign(self) -> int:
        for bits in (64, 128, 256):
            ball = self.ball(bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
        if not _cleared(self.terms):
            return 0
        for bits in (512, MOST_BITS):
            ball = self.ball(bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
        raise _unseparated(self)

    def __eq__(self, other: object) -> bool:
        if _terms(other) is None:
            return NotImplemented
        return _sign(self - other) == 0

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __lt__(self, other: Any) -> bool:
        return _sign(self - other) < 0

    def __gt__(self, other: Any) -> bool:
        return _sign(self - other) > 0

    def __le__(self, other: Any) -> bool:
        return _sign(self - other) <= 0

    def __ge__(self, other: Any) -> bool:
        return _sign(self - other) >= 0

    # ----------------------------------------------------------------- values

    def ball(self, bits: int) -> arb:
        """Return a ball around it, computed with so many bits."""
        if bits not in self._balls:
            with precision(bits):
                total = arb(0)
                for monomial, coefficient in self.terms.items():
                    term = arb(coefficient)
                    for atom, exponent in monomial:
                        term = term * atom.ball(bits) ** exponent
                    total = total + term
            self._balls[bits] = total
        return self._balls[bits]

    def enclosure(self, bits: int) -> tuple[fmpq, fmpq]:
        """Return rationals around it that are at most about 2**-bits apart, or as close as they come."""
        working = max(64, bits)
        while True:
            low, high = _ends(self.ball(working), working)
            if high - low <= fmpq(1, 1 << bits) or working > 8 * MOST_BITS:
                return low, high
            working *= 2

    def __float__(self) -> float:
        bits = 64
        while True:
            ball = self.ball(bits)
            if ball.rel_accuracy_bits() > 55 or bits >= MOST_BITS:
                return float(ball.mid()) + 0.0
            bits *= 2

    def rational(self) -> fmpq:
        """Return a rational approximation, for floats."""
        low, high = _ends(self.ball(VALUE_BITS + 64), VALUE_BITS + 64)
        middle = (low + high) / 2
        # dyadic, and as long as it needs to be
        size = (
            VALUE_BITS - (int(middle.p).bit_length() - int(middle.q).bit_length()) if middle else VALUE_BITS
        )
        unit = fmpq(2) ** max(size, 0)
        return fmpq((middle * unit).floor()) / unit

    def expression(self) -> Expression:
        """Return it as an expression; `ValueError` where that would be too long to read."""
        if self.size > MOST_WRITTEN:
            raise ValueError("no closed form")
        parts = []
        for monomial, coefficient in self.terms.items():
            above: list[Expression] = []
            below: list[Expression] = []
            for atom, exponent in sorted(monomial, key=lambda a: str(a)):
                under = (exponent < 0) != (atom.kind == "inverse")
                plain = atom if atom.kind != "inverse" else None
                if plain is not None:
                    (below if under else above).append(atom.expression(abs(exponent)))
                else:
                    base = _expression(atom.arguments[0])
                    power = base if abs(exponent) == 1 else Power(base, Number(Fraction(abs(exponent))))
                    (below if under else above).append(power)
            top = multiply(Number(Fraction(int(coefficient.p), int(coefficient.q))), *above)
            parts.append(divide(top, multiply(*below)) if below else top)
        return add(*parts)

    def __repr__(self) -> str:
        if self.size > MOST_WRITTEN:
            return f"about {float(self):.6g}"
        return to_text(self.expression())

    def __reduce__(self) -> tuple[Any, ...]:
        plain = [
            (
                [((a.kind, tuple(map(_packed, a.arguments)), a.degree, a.depth), e) for a, e in monomial],
                (int(coefficient.p), int(coefficient.q)),
            )
            for monomial, coefficient in self.terms.items()
        ]
        return _unpacked, (plain,)


def _packed(value: Any) -> Any:
    return value if isinstance(value, Constant | int) else ("q", int(value.p), int(value.q))


def _unpacked(plain: list[Any]) -> Constant:
    def argument(value: Any) -> Any:
        return fmpq(value[1], value[2]) if isinstance(value, tuple) else value

    return Constant(
        {
            frozenset(
                (Atom(k, tuple(map(argument, a)), d, depth), e) for (k, a, d, depth), e in monomial
            ): fmpq(*c)
            for monomial, c in plain
        }
    )


def _ends(ball: arb, bits: int) -> tuple[fmpq, fmpq]:
    with precision(bits + 32):
        return _dyadic(ball.lower().mid()), _dyadic(ball.upper().mid())


def _dyadic(value: arb) -> fmpq:
    mantissa, exponent = value.man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def _ball(value: Any, bits: int) -> arb:
    if isinstance(value, Constant):
        return value.ball(bits)
    with precision(bits):
        return arb(value)


def _expression(value: Any) -> Expression:
    if isinstance(value, Constant):
        return value.expression()
    value = fmpq(value)
    return Number(Fraction(int(value.p), int(value.q)))


def _terms(value: Any) -> Terms | None:
    if isinstance(value, Constant):
        return value.terms
    if isinstance(value, int | fmpq | fmpz):
        return {UNIT: fmpq(value)} if value != 0 else {}
    if hasattr(value, "d") and hasattr(value, "b"):  # a + b·sqrt(d)
        root = _root_of_whole(int(value.d), 2)
        return _sum({UNIT: value.a} if value.a != 0 else {}, _product({UNIT: value.b}, root))
    return None


def _constant_or_number(terms: Terms) -> Any:
    if not terms:
        return fmpq(0)
    if len(terms) == 1 and UNIT in terms:
        return terms[UNIT]
    if len(terms) > LONG_SUM:
        base = Constant(terms)
        return Constant({frozenset({(Atom("whole", (base,), depth=_depth(base) + 1), 1)}): fmpq(1)})
    return Constant(terms)


def _sum(left: Terms, right: Terms) -> Terms:
    result = dict(left)
    for monomial, coefficient in right.items():
        total = result.get(monomial, fmpq(0)) + coefficient
        if total == 0:
            result.pop(monomial, None)
        else:
            result[monomial] = total
    return result


def _product(left: Terms, right: Terms) -> Terms:
    result: Terms = {}
    for one, a in left.items():
        for other, b in right.items():
            for monomial, coefficient in _reduced(one, other, a * b).items():
                result[monomial] = result.get(monomial, fmpq(0)) + coefficient
    return {monomial: coefficient for monomial, coefficient in result.items() if coefficient != 0}


def _reduced(one: Monomial, other: Monomial, coefficient: fmpq) -> Terms:
    """The product of two monomials, with roots to less than their degree."""
    exponents: dict[Atom, int] = dict(one)
    for atom, exponent in other:
        exponents[atom] = exponents.get(atom, 0) + exponent
    extra: list[Terms] = []
    for atom, exponent in list(exponents.items()):
        if atom.kind == "root" and not -atom.degree < exponent < atom.degree:
            times, exponents[atom] = divmod(exponent, atom.degree)
            base: Any = atom.arguments[0]
            value = base**times if times >= 0 else 1 / base**-times
            extra.append(_terms(value) or {})
        elif atom.kind == "root" and exponent < 0:
            # one form for each number: exponents of roots are not negative
            exponents[atom] = exponent + atom.degree
            extra.append(_terms(1 / atom.arguments[0]) or {})
    terms: Terms = {frozenset((a, e) for a, e in exponents.items() if e): coefficient}
    for factor in extra:
        terms = _product(terms, factor)
    return terms


def _sign(value: Any) -> int:
    if isinstance(value, Constant):
        return value.sign()
    return int(value > 0) - int(value < 0)


def _inverse(terms: Terms) -> Any:
    whole = _constant_or_number(terms)
    if _sign(whole) == 0:
        raise ZeroDivisionError
    if not isinstance(whole, Constant):
        return 1 / whole
    if len(terms) == 1:
        ((monomial, coefficient),) = terms.items()
        return _constant_or_number(_reduced(frozenset((a, -e) for a, e in monomial), UNIT, 1 / coefficient))
    lead = terms[_first(terms)]
    base = Constant({m: c / lead for m, c in terms.items()})
    atom = Atom("inverse", (base,), depth=_depth(base) + 1)
    return Constant({frozenset({(atom, 1)}): 1 / lead})


def _first(terms: Terms) -> Monomial:
    return next(iter(terms))


def _depth(value: Any) -> int:
    if not isinstance(value, Constant):
        return 0
    return max((a.depth for m in value.terms for a, _ in m), default=0)


def _cleared(terms: Terms) -> Terms:
    """The terms, long sums written out, times what reciprocals divide by: they vanish together."""
    while True:
        composed = {a for m in terms for a, _ in m if a.kind in ("inverse", "whole")}
        if not composed or len(terms) > MOST_TERMS:
            return terms
        atom = max(composed, key=lambda a: a.depth)
        if atom.kind == "whole":
            written = _written_out(terms, atom)
            if written is None:
                return terms
            terms = written
            continue
        base = atom.arguments[0].terms
        powers = {m: dict(m).get(atom, 0) for m in terms}
        most = max(powers.values())
        result: Terms = {}
        for monomial, coefficient in terms.items():
            part: Terms = {frozenset((a, e) for a, e in monomial if a != atom): coefficient}
            for _ in range(most - powers[monomial]):
                if len(part) * len(base) > 20 * MOST_TERMS:
                    return terms
                part = _product(part, base)
            result = _sum(result, part)
        terms = result


def _written_out(terms: Terms, atom: Atom) -> Terms | None:
    """The terms, times a power of a long sum if it stands below, with the sum for its name; None if long."""
    powers = {m: dict(m).get(atom, 0) for m in terms}
    least = min(*powers.values(), 0)
    result: Terms = {}
    for monomial, coefficient in terms.items():
        part: Terms = {frozenset((a, e) for a, e in monomial if a != atom): coefficient}
        for _ in range(powers[monomial] - least):
            part = _product(part, atom.arguments[0].terms)
            if len(part) > MOST_TERMS:
                return None
        result = _sum(result, part)
        if len(result) > MOST_TERMS:
            return None
    return result


# --------------------------------------------------------------------------- making constants


def _root_of_whole(n: int, degree: int) -> Terms:
    """The positive root of a positive whole number."""
    if n == 1:
        return {UNIT: fmpq(1)}
    if n.bit_length() > FACTORED_BITS or degree > SMALL_ROOT:
        return {frozenset({(Atom("root", (fmpq(n),), degree, 1), 1)}): fmpq(1)}
    result: Terms = {UNIT: fmpq(1)}
    for prime, exponent in fmpz(n).factor():
        times, rest = divmod(int(exponent), degree)
        common = math.gcd(rest, degree)
        result = _product(result, {UNIT: fmpq(int(prime)) ** times})
        if rest:
            atom = Atom("root", (fmpq(int(prime)),), degree // common, 1)
            result = _product(result, {frozenset({(atom, rest // common)}): fmpq(1)})
    return result


def _rational_power(base: fmpq, exponent: Fraction) -> Any:
    """A positive rational to a rational power."""
    times, rest = divmod(exponent.numerator, exponent.denominator)
    degree = exponent.denominator
    whole = base**times if times >= 0 else 1 / base**-times
    if not rest:
        return whole
    if degree <= SMALL_ROOT or int(base.p) == 1 or int(base.q) == 1:
        top, below = _root_of_whole(int(base.p), degree), _root_of_whole(int(base.q), degree)
        root = _constant_or_number(top) / _constant_or_number(below)
        result: Any = fmpq(1)
        for _ in range(rest):
            result = result * root
        return whole * result
    if base > 1:  # one form for a number and its reciprocal
        return _rational_power(1 / base, -exponent)
    return whole * Constant({frozenset({(Atom("root", (base,), degree, 1), rest)}): fmpq(1)})


def real_power(base: Any, exponent: Any) -> Any:
    """Return a power of two numbers, each a rational or a constant.

    Raises
    ------
    InputError
        S003 for a negative power of zero, S004 for a power of a negative number that is not real.

    Examples
    --------
    >>> real_power(fmpq(8), fmpq(1, 2)) ** 2
    8
    """
    turn, up = _sign(base), _sign(exponent)
    if up == 0:
        return fmpq(1)
    if turn == 0:
        if up < 0:
            raise InputError("S003", "division by zero: a negative power of 0")
        return fmpq(0)
    whole = isinstance(exponent, fmpq) and exponent.q == 1
    if whole:
        power = base ** abs(int(exponent.p))
        return power if up > 0 else 1 / power
    if turn < 0:
        raise InputError("S004", "a power of a negative number with a broken exponent is not a real number")
    if isinstance(exponent, fmpq):
        rational = Fraction(int(exponent.p), int(exponent.q))
        if isinstance(base, fmpq):
            return _rational_power(base, rational)
        if rational.denominator == 2:
            times = (rational.numerator - 1) // 2
            root = _square_root(base)
            return root * (base**times if times >= 0 else 1 / base**-times)
        if len(base.terms) == 1 and all(a.kind == "root" for m in base.terms for a, _ in m):
            ((monomial, coefficient),) = base.terms.items()
            result = _rational_power(coefficient, rational)
            for atom, e in monomial:
                result = result * real_power(atom.arguments[0], exponent * e / atom.degree)
            return result
    if base == 1:
        return fmpq(1)
    atom = Atom("power", (base, exponent), depth=max(_depth(base), _depth(exponent)) + 1)
    return Constant({frozenset({(atom, 1)}): fmpq(1)})


def _square_root(value: Constant) -> Any:
    """The square root of a positive constant."""
    if len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        if all(e % 2 == 0 for _, e in monomial) and coefficient > 0:
            rest = _constant_or_number(_reduced(frozenset((a, e // 2) for a, e in monomial), UNIT, fmpq(1)))
            return _rational_power(coefficient, Fraction(1, 2)) * abs(rest)
    lead = abs(value.terms[_first(value.terms)])
    base = Constant({m: c / lead for m, c in value.terms.items()})
    atom = Atom("root", (base,), 2, _depth(base) + 1)
    return _rational_power(lead, Fraction(1, 2)) * Constant({frozenset({(atom, 1)}): fmpq(1)})


def exponential(argument: Any) -> Any:
    """Return e to a rational or constant power.

    Examples
    --------
    >>> exponential(logarithm(fmpq(3)) / 2) ** 2
    3
    """
    turn = _sign(argument)
    if turn == 0:
        return fmpq(1)
    if isinstance(argument, Constant) and all(
        len(m) == 1 and next(iter(m))[0].kind == "log" and next(iter(m))[1] == 1 for m in argument.terms
    ):
        result: Any = fmpq(1)
        for monomial, coefficient in argument.terms.items():
            ((atom, _),) = monomial
            result = result * real_power(atom.arguments[0], coefficient)
        return result
    if turn < 0:
        return 1 / exponential(-argument)
    if isinstance(argument, fmpq) and argument.p != 1:
        return exponential(fmpq(1, argument.q)) ** int(argument.p)
    if isinstance(argument, Constant) and len(argument.terms) > 1:
        result = fmpq(1)
        for monomial, coefficient in argument.terms.items():
            result = result * exponential(_constant_or_number({monomial: coefficient}))
        return result
    atom = Atom("exp", (argument,), depth=_depth(argument) + 1)
    return Constant({frozenset({(atom, 1)}): fmpq(1)})


def logarithm(argument: Any) -> Any:
    """Return the logarithm of a positive rational or constant.

    Raises
    ------
    InputError
        S004 where the argument is not positive.
    """
    if _sign(argument) <= 0:
        raise InputError("S004", "the logarithm of a number that is not positive is not a real number")
    if not isinstance(argument, Constant) and argument == 1:
        return fmpq(0)
    if not isinstance(argument, Constant):
        if argument < 1:
            return -logarithm(1 / argument)
        if max(int(argument.p).bit_length(), int(argument.q).bit_length()) <= FACTORED_BITS:
            # log 8 = 3 log 2: whole numbers to one power have one form
            exponents = [int(e) for n in (argument.p, argument.q) for _, e in fmpz(int(n)).factor()]
            common = math.gcd(*exponents)
            if common > 1:
                top, below = (_whole_root(int(n), common) for n in (argument.p, argument.q))
                return logarithm(fmpq(top, below)) * common
    if isinstance(argument, Constant) and len(argument.terms) == 1:
        ((monomial, coefficient),) = argument.terms.items()
        if coefficient > 0 and all(a.kind in ("root", "exp") for a, _ in monomial):
            result: Any = logarithm(coefficient)
            for a, e in monomial:
                inner = logarithm(a.arguments[0]) / a.degree if a.kind == "root" else a.arguments[0]
                result = result + inner * e
            return result
    atom = Atom("log", (argument,), depth=_depth(argument) + 1)
    return Constant({frozenset({(atom, 1)}): fmpq(1)})


def _whole_root(n: int, degree: int) -> int:
    return math.prod(int(prime) ** (int(exponent) // degree) for prime, exponent in fmpz(n).factor())


# --------------------------------------------------------------------------- constants among fractions


class Irrational(Fraction):
    """A constant represented by a nearby fraction: sums and comparisons are the constant's own.

    So what computes with floats needs not know of constants, and what decides signs decides the right ones.
    ``constant`` is what it stands for.
    """

    __slots__ = ("constant",)
    constant: Constant

    def __new__(cls, constant: Constant) -> Irrational:
        """Return the fraction of a constant."""
        beside = constant.rational()
        self = super().__new__(cls, int(beside.p), int(beside.q))
        self.constant = constant
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Irrational, (self.constant,)

    def __copy__(self) -> Irrational:
        return self

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Irrational:
        return self

    def __add__(self, other: Any) -> Any:
        return _combined(self, other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Any:
        return _combined(other, self, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return _combined(self, other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return _combined(other, self, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Any:
        return _combined(self, other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Any:
        return _combined(other, self, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Any:
        return _combined(self, other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return _combined(other, self, lambda a, b: a / b)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, Fraction | int):
            return _combined(self, other, real_power)
        return float(self) ** other

    def __neg__(self) -> Any:
        return as_number(-self.constant)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return as_number(abs(self.constant))

    def __bool__(self) -> bool:
        return self.constant.sign() != 0

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Fraction | int):
            return _sign(self.constant - _plain(other)) == 0
        return float(self) == other

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self.constant)

    def __lt__(self, other: Any) -> bool:
        return _compared(self, other) < 0

    def __gt__(self, other: Any) -> bool:
        return _compared(self, other) > 0

    def __le__(self, other: Any) -> bool:
        return _compared(self, other) <= 0

    def __ge__(self, other: Any) -> bool:
        return _compared(self, other) >= 0

    def __float__(self) -> float:
        return float(self.constant)


def _plain(value: Fraction | int) -> Any:
    if isinstance(value, Irrational):
        return value.constant
    return fmpq(value.numerator, value.denominator)


def _combined(left: Any, right: Any, operation: Any) -> Any:
    if isinstance(left, Fraction | int) and isinstance(right, Fraction | int):
        return as_number(operation(_plain(left), _plain(right)))
    if isinstance(left, float) or isinstance(right, float):
        return operation(float(left), float(right))
    return NotImplemented


def _compared(left: Irrational, right: Any) -> int:
    if isinstance(right, Fraction | int):
        return _sign(left.constant - _plain(right))
    return int(float(left) > right) - int(float(left) < right)


def _maybe_nonzero(value: Constant) -> bool:
    ball = value.ball(64)
    return bool(ball > 0) or bool(ball < 0) or bool(_cleared(value.terms))


def as_number(value: Any) -> Fraction:
    """Return a rational or a constant as a fraction."""
    if isinstance(value, Constant):
        return Irrational(value) if _maybe_nonzero(value) else Fraction(0)
    value = fmpq(value)
    return Fraction(int(value.p), int(value.q))
