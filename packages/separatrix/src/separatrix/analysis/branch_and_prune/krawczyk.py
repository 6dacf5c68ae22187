"""Proof that a box holds exactly one solution, and its coordinates to any precision.

Krawczyk's operator K(X) = m - Y·f(m) + (1 - Y·f'(X))·(X - m), with m the middle of the box X and Y about the
inverse of f'(m): if K(X) lies strictly inside X, then X holds exactly one zero of f, it lies in K(X), and
f' is regular on X.  Reference: Neumaier (1990), Interval Methods for Systems of Equations, theorem 5.1.8.
All arithmetic is in Arb balls, so rounding is outward.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat

from separatrix.analysis.branch_and_prune.face_equations import Locus
from separatrix.expression.precision import precision

__all__ = ["isolate", "refine"]


def _ball(middle: arb, radius: arb | float) -> arb:
    return middle + arb(0, radius)


def _image(locus: Locus, middle: Sequence[arb], radius: Sequence[arb]) -> list[arb] | None:
    """Return K(X) where it lies strictly inside X, else None."""
    count = len(middle)
    jacobian = locus.jacobian(middle)
    try:
        inverse = jacobian.mid().inv().mid()
    except ZeroDivisionError:
        return None
    box = [_ball(m, r) for m, r in zip(middle, radius, strict=True)]
    slope = inverse * locus.jacobian(box)
    step = inverse * arb_mat([[v] for v in locus.values(middle)])
    result = []
    for i in range(count):
        spread = arb(0)
        for j in range(count):
            entry = (1 if i == j else 0) - slope[i, j]
            spread = spread + entry * arb(0, radius[j])
        image = middle[i] - step[i, 0] + spread
        if not abs(image - middle[i]) < radius[i]:
            return None
        result.append(image)
    return result


@precision()
def isolate(locus: Locus, middle: Sequence[float], radius: Sequence[float]) -> list[arb] | None:
    """Return balls around the only zero within `radius` of `middle`, or None where that is not proven."""
    return _image(locus, [arb(m) for m in middle], [arb(r) for r in radius])


def refine(locus: Locus, box: Sequence[arb], balls: list[arb], bits: int) -> list[arb]:
    """Return balls of radius 2**-bits around the only zero in a box; the given ones where that fails.

    Newton's method goes ahead without proof; the small box where it ends is then proven to hold a zero, and
    if it lies in the large box, that is the zero in question.
    """
    # Large coefficients that cancel make wide balls: a smaller box then proves what the asked one cannot.
    for factor in (1, 4, 16, 64):
        image = _refined(locus, balls, factor * bits)
        if image is not None and all(b.contains(i) for b, i in zip(box, image, strict=True)):
            return image
    return balls


def _refined(locus: Locus, balls: list[arb], bits: int) -> list[arb] | None:
    """Balls of radius 2**-bits around the zero that Newton's method runs into, or None without proof."""
    with precision(2 * bits + 40):
        goal = arb(2) ** -bits
        middle = [b.mid() for b in balls]
        for _ in range(100):
            try:
                step = locus.jacobian(middle).mid().solve(arb_mat([[v] for v in locus.values(middle)]))
            except ZeroDivisionError:
                break
            middle = [(m - step[i, 0]).mid() for i, m in enumerate(middle)]
            if all(abs(step[i, 0]) < goal / 1024 for i in range(len(middle))):
                break
        return _image(locus, middle, [goal] * len(middle))
