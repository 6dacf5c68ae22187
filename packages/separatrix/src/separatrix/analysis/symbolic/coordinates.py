"""Parameters in which the algebra is short: the differences of payoffs that the dynamics depend on.

A game of nine payoffs depends on six of their differences alone.  Where payoffs are affine in the
parameters, some differences are taken for new parameters, completed by old ones; the algebra is done in
them, and in the end they are written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpq_mpoly

from separatrix.analysis.symbolic.answer import SymbolicAnswer, Writer
from separatrix.analysis.symbolic.factorization import AffineSymbols
from separatrix.exact.rational_functions import Ratio, Ring, polynomial_expression
from separatrix.expression.tree import (
    substitute,
)

__all__ = ["Coordinates", "natural_coordinates"]


@dataclass(frozen=True, eq=False)
class Coordinates:
    """An affine change of parameters that can be undone.

    Attributes
    ----------
    old, new : Ring
    forms : each new parameter, in the old ones
    images : each old parameter, in the new ones
    """

    old: Ring
    new: Ring
    forms: tuple[fmpq_mpoly, ...]
    images: tuple[fmpq_mpoly, ...]

    def polynomial(self, value: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial in the new parameters."""
        return value.compose(*self.images, ctx=self.new.context)

    def ratio(self, value: Ratio) -> Ratio:
        """Return a quotient in the new parameters."""
        new = self.new
        top, below = self.polynomial(value.numerator), self.polynomial(value.denominator)
        return new.ratio(top, below)

    def table(self, table: AffineSymbols) -> AffineSymbols:
        """Return a game in the new parameters."""
        return replace(
            table,
            ring=self.new,
            speeds=tuple(self.ratio(v) for v in table.speeds),
            rows=tuple(tuple(tuple(self.ratio(v) for v in row) for row in m) for m in table.rows),
            poles=tuple(self.polynomial(p) for p in table.poles),
        )

    def values(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Return the new parameters at values of the old ones."""
        return _evaluated(self.forms, self.old, self.new, values)

    def back(self, symbols: SymbolicAnswer) -> SymbolicAnswer:
        """Return an answer in the new parameters in the old ones."""
        meanings = {
            name: polynomial_expression(self.old, form)
            for name, form in zip(self.new.names, self.forms, strict=True)
        }
        writer = Writer(lambda expression: substitute(expression, meanings))
        return replace(
            symbols,
            found=writer.rewrite_answer(symbols.found),
            regimes=tuple(
                replace(
                    writer.regime(r),
                    witness=_evaluated(self.images, self.new, self.old, r.witness) if r.witness else {},
                )
                for r in symbols.regimes
            ),
        )


def natural_coordinates(table: AffineSymbols) -> Coordinates | None:
    """Return differences of payoffs as parameters; None where that leaves no fewer of them.

    Examples
    --------
    >>> from separatrix.analysis.symbolic.factorization import affine_symbols, read_formulas
    >>> from separatrix.game.reader import load
    >>> names = [f"a{k}" for k in range(9)]
    >>> rows = [names[:3], names[3:6], names[6:]]
    >>> game = load({"payoff_matrix": rows, "parameters": {n: {} for n in names}})
    >>> coordinates = natural_coordinates(affine_symbols(read_formulas(game)))
    >>> [str(form) for form in coordinates.forms]
    ['-v0 + v3', '-v0 + v6', 'v1 - v4', '-v4 + v7', 'v2 - v8', 'v5 - v8', 'v0', 'v1', 'v2']
    """
    old = table.ring
    forms: list[fmpq_mpoly] = []
    used: set[int] = set()
    for value in _entries(table):
        if value.is_zero or value.value is not None:
            continue
        if not value.denominator.is_constant() or value.numerator.total_degree() > 1:
            return None
        form = value.numerator / value.denominator.leading_coefficient()
        used.update(k for k, degree in enumerate(form.degrees()) if degree)
        if _rank([*forms, form], old) > len(forms):
            forms.append(form)
    if len(forms) >= len(used):
        return None
    for variable in old.context.gens():
        if _rank([*forms, variable], old) > len(forms):
            forms.append(variable)
    # A null character cannot stand in a name that a person typed.
    new = Ring(f"\0{k}" for k in range(len(forms)))
    inverse = _matrix(forms, old).inv()
    shifts = [_constant(form) for form in forms]
    images = []
    for k in range(len(forms)):
        image = new.zero
        for m, variable in enumerate(new.context.gens()):
            image = image + (variable - new.one * shifts[m]) * inverse[k, m]
        images.append(image)
    return Coordinates(old, new, tuple(forms), tuple(images))


def _entries(table: AffineSymbols) -> Iterator[Ratio]:
    """The differences of payoffs, each strategy compared with the one it meets where that is possible."""
    for i, size in enumerate(table.sizes):
        for j, others in enumerate(table.sizes):
            for b in range(others):
                reference = b if i == j else 0
                for a in range(size):
                    if a != reference:
                        yield table.gain((i, a), (i, reference), (j, b))


def _matrix(forms: Sequence[fmpq_mpoly], ring: Ring) -> fmpq_mat:
    width = len(ring.names)
    rows = []
    for form in forms:
        row = [fmpq(0)] * width
        for exponents, value in form.to_dict().items():
            if any(exponents):
                row[list(exponents).index(1)] = value
        rows.append(row)
    return fmpq_mat(rows)


def _rank(forms: Sequence[fmpq_mpoly], ring: Ring) -> int:
    return int(_matrix(forms, ring).rank())


def _constant(form: fmpq_mpoly) -> fmpq:
    return next((value for exponents, value in form.to_dict().items() if not any(exponents)), fmpq(0))


def _evaluated(
    polynomials: Sequence[fmpq_mpoly], source: Ring, target: Ring, values: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    point = [fmpq(values[n].numerator, values[n].denominator) for n in source.names]
    result = {}
    for name, polynomial in zip(target.names, polynomials, strict=True):
        value = polynomial(*point)
        result[name] = Fraction(int(value.p), int(value.q))
    return result
