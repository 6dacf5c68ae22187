"""Eigenvalues along a face, with the signs of their real parts as far as they are certain.

Where nobody's payoffs depend on the own population's shares the block along the face is *balanced*: the
blocks of single populations on its diagonal are zero, so the real parts add up to zero.  If all were zero
the characteristic polynomial would be even or odd; one coefficient of the wrong parity, or a negative one
of the right parity, shows real parts of both signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import acb_mat, arb, arb_mat, fmpq, fmpq_mat

from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.exact.matrices import characteristic, spectrum
from separatrix.exact.routh_array import imaginary_pair, root_signs
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression

__all__ = ["Along", "along_balls", "along_exact"]


@dataclass(frozen=True)
class Along:
    """Eigenvalues along a face.

    Attributes
    ----------
    values : nearest floats, or ones next to them
    negative, zero, positive : how many certainly have a real part of that sign
    exact : closed forms, or None
    """

    values: tuple[complex, ...]
    negative: int
    zero: int
    positive: int
    exact: tuple[Expression, ...] | None = None

    @property
    def unknown(self) -> int:
        """How many have a real part whose sign is not known."""
        return len(self.values) - self.negative - self.zero - self.positive


def along_exact(block: fmpq_mat) -> Along:
    """Return the eigenvalues of a rational matrix."""
    found = spectrum(block)
    exact = [v.exact for v in found.values]
    negative, zero, positive = found.signs
    return Along(
        tuple(v.value for v in found.values),
        negative,
        zero,
        positive,
        None if None in exact else tuple(e for e in exact if e is not None),
    )


def along_balls(
    block: Sequence[Sequence[arb]], exact: Sequence[Sequence[Exact]] | None, balanced: bool
) -> Along:
    """Return the eigenvalues of a real matrix.

    Parameters
    ----------
    block : the entries in balls
    exact : the entries in one quadratic field, where they are known
    balanced : whether the diagonal blocks of single populations vanish identically
    """
    size = len(block)
    values = _floats(block, balanced)
    if size == 1:
        entry = _sign(block[0][0], exact[0][0] if exact else None)
        if balanced:
            entry = 0
        return _counted(values, [entry])
    if balanced:
        return _balanced(values, _coefficients(block, exact))
    if size == 2:
        trace, determinant = _coefficients(block, exact)
        return _counted(values, _planar(-trace if trace is not None else None, determinant))
    return _counted(values, (_by_coefficients(exact) if exact else None) or _isolated(block))


def _by_coefficients(exact: Sequence[Sequence[Exact]]) -> list[int | None] | None:
    """The signs where none, one zero or one pair of imaginary eigenvalues lies on the axis, if that is so."""
    polynomial = [*reversed(characteristic(exact, fmpq(0), fmpq(1))), fmpq(1)]
    pair = imaginary_pair(polynomial)
    counts = root_signs(polynomial if pair is None else pair[1])
    if counts is None:
        return None
    negative, zero, positive = counts
    return [*[-1] * negative, *[0] * (zero + 2 * (pair is not None)), *[1] * positive]


def _counted(values: tuple[complex, ...], signs: Sequence[int | None]) -> Along:
    negative, zero, positive = (sum(s == turn for s in signs) for turn in (-1, 0, 1))
    return Along(values, negative, zero, positive)


def _sign(ball: arb, exact: Exact | None) -> int | None:
    if exact is not None:
        return sign(exact)
    return 1 if ball > 0 else -1 if ball < 0 else None


def _coefficients(
    block: Sequence[Sequence[arb]], exact: Sequence[Sequence[Exact]] | None
) -> list[int | None]:
    """The signs of the coefficients of λ^(d-1), ..., λ, 1 in det(λ - block)."""
    if exact is not None:
        return [sign(c) for c in characteristic(exact, fmpq(0), fmpq(1))]
    polynomial = arb_mat([list(row) for row in block]).charpoly()
    size = len(block)
    return [_sign(polynomial[size - k], None) for k in range(1, size + 1)]


def _balanced(values: tuple[complex, ...], signs: list[int | None]) -> Along:
    """The coefficients of λ^(d-1), ... decide; that of λ^(d-1) is zero."""
    size = len(values)
    wrong, right = signs[2::2], signs[1::2]
    if any(wrong) or any(s == -1 for s in right):
        if size == 2:
            return Along(values, 1, 0, 1)
        if size == 3 and signs[2]:
            # The roots add up to zero: one real root stands against two real parts of the other sign.
            return Along(values, 1, 0, 2) if signs[2] > 0 else Along(values, 2, 0, 1)
        if size == 3 and signs[2] == 0:
            return Along(values, 1, 1, 1)
        return Along(values, 1, 0, 1)
    if any(s is None for s in (*wrong, *right)):
        return Along(values, 0, 0, 0)
    if size <= 3:  # λ² + c or λ(λ² + c) with c >= 0
        return Along(values, 0, size, 0)
    if not any(right):
        return Along(values, 0, size, 0)  # the characteristic polynomial is a power of λ
    return Along(values, 0, 0, 0)


def _planar(trace: int | None, determinant: int | None) -> list[int | None]:
    if determinant == -1:
        return [-1, 1]
    if determinant == 1:
        return [trace, trace]
    if determinant == 0:
        return [0, trace]
    return [None, None]


def _isolated(block: Sequence[Sequence[arb]]) -> list[int | None]:
    try:
        found = acb_mat(arb_mat([list(row) for row in block])).eig()
    except ValueError:  # multiple eigenvalues, or some that cannot be told apart
        return [None] * len(block)
    return [_sign(v.real, None) for v in found]


def _floats(block: Sequence[Sequence[arb]], balanced: bool) -> tuple[complex, ...]:
    if len(block) == 1:
        return (0j if balanced else complex(float(block[0][0].mid())),)
    if len(block) == 2 and balanced:
        product = block[0][1] * block[1][0]
        root = float(abs(product).sqrt().mid())
        return (complex(-root), complex(root)) if product > 0 else (complex(0, -root), complex(0, root))
    with precision(128):
        middle = acb_mat(arb_mat([[x.mid() for x in row] for row in block]))
        found = [complex(float(v.real.mid()), float(v.imag.mid())) for v in middle.eig(algorithm="approx")]
    scale = max((abs(v) for v in found), default=0.0)
    # Rounding leaves dust of 2**-100 in parts that are zero; floats would show it as a number.
    dust = 1e-25 * scale
    cleaned = [
        complex(v.real if abs(v.real) > dust else 0.0, v.imag if abs(v.imag) > dust else 0.0) for v in found
    ]
    return tuple(sorted(cleaned, key=lambda v: (v.real, v.imag)))
