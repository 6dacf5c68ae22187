"""Eight numbers side by side as one value of compiled code, so that a processor works on all of them at once.

Compilers do not find this in a loop whose trajectories each have a step of their own; written as one value it
is certain, on any processor: those with shorter registers take several.  Every operation works on each lane
alone, so that what comes out of a lane does not depend on its neighbours.

Moshier, S. L. (1989), Methods and Programs for Mathematical Functions, Ellis Horwood (the exponential
function as a quotient of polynomials).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, ClassVar

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

from separatrix.run.compilation import compiled

__all__ = [
    "WIDTH",
    "absolute",
    "at_most",
    "chosen",
    "exponential_parts",
    "fifth_root",
    "larger",
    "load",
    "logistic",
    "root",
    "splat",
    "store",
    "where_negative",
]

WIDTH = 8
"""Lanes: as many as the widest registers hold. More: registers run out."""

NUMBERS = ir.VectorType(ir.DoubleType(), WIDTH)
WHOLES = ir.VectorType(ir.IntType(64), WIDTH)


class LanesType(types.Type):
    """The type of eight numbers side by side."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


LANES = LanesType()


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):  # numba has no types
    """Lanes as a vector of the compiler."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, NUMBERS)


def _arithmetic(symbol: Callable[..., Any], instruction: str) -> None:
    @infer_global(symbol)
    class Template(ConcreteTemplate):
        cases: ClassVar[list[Any]] = [signature(LANES, LANES, LANES)]

    @lower_builtin(symbol, LANES, LANES)
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args)


for _symbol, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _arithmetic(_symbol, _instruction)


def _constant(value: float) -> Any:
    return ir.Constant(NUMBERS, [value] * WIDTH)


def _whole(value: int) -> Any:
    return ir.Constant(WHOLES, [value] * WIDTH)


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), NUMBERS.as_pointer())


@intrinsic
def splat(typing: Any, number: Any) -> Any:
    """Return the same number in each lane."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        one = builder.insert_element(
            ir.Constant(NUMBERS, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0)
        )
        mask = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        return builder.shuffle_vector(one, ir.Constant(NUMBERS, ir.Undefined), mask)

    return LANES(types.float64), emit


@intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """Return the lanes that begin at an index of a flat array."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, sig.args[0], *args), align=8)

    return LANES(array, types.intp), emit


@intrinsic
def store(typing: Any, array: Any, index: Any, lanes: Any) -> Any:
    """Write lanes to a flat array from an index on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, sig.args[0], *args[:2]), align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, LANES), emit


def _of_one(name: str) -> Any:
    @intrinsic
    def function(typing: Any, lanes: Any) -> Any:
        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            kind = ir.FunctionType(NUMBERS, [NUMBERS])
            called = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{WIDTH}f64")
            return builder.call(called, args)

        return LANES(LANES), emit

    return function


absolute = _of_one("fabs")
root = _of_one("sqrt")


@intrinsic
def larger(typing: Any, first: Any, second: Any) -> Any:
    """Return the larger number of each lane; a NaN in second place stays NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return LANES(LANES, LANES), emit


@intrinsic
def where_negative(typing: Any, sign: Any, value: Any) -> Any:
    """Return a value in lanes where another is below zero, and zero elsewhere."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], _constant(0.0)), args[1], _constant(0.0))

    return LANES(LANES, LANES), emit


@intrinsic
def at_most(typing: Any, first: Any, second: Any) -> Any:
    """Return 1 in lanes where one number is at most another, and 0 elsewhere and where one is NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<=", *args), _constant(1.0), _constant(0.0))

    return LANES(LANES, LANES), emit


@intrinsic
def chosen(typing: Any, test: Any, one: Any, other: Any) -> Any:
    """Return one value in lanes where a test is above zero, and another elsewhere."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], _constant(0.0)), args[1], args[2])

    return LANES(LANES, LANES, LANES), emit


@intrinsic
def _about_fifth_root(typing: Any, lanes: Any) -> Any:
    """Return positive numbers to the power of -1/5, to some per cent, by a fifth of their bits."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], WHOLES)
        part = builder.add(builder.lshr(bits, _whole(3)), builder.lshr(bits, _whole(4)))
        part = builder.add(part, builder.lshr(part, _whole(4)))
        part = builder.add(part, builder.lshr(part, _whole(8)))
        return builder.bitcast(builder.sub(_whole(0x4CB8E00000000000), part), NUMBERS)

    return LANES(LANES), emit


@intrinsic
def _clamp_exponents(typing: Any, lanes: Any) -> Any:
    """Return lanes that are not beyond what exponents of numbers hold."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        result = args[0]
        for sign, bound in (("<", 708.0), (">", -708.0)):
            result = builder.select(
                builder.fcmp_ordered(sign, result, _constant(bound)), result, _constant(bound)
            )
        return result

    return LANES(LANES), emit


@intrinsic
def _power_of_two(typing: Any, shifted: Any) -> Any:
    """Return 2 to the power of the whole numbers n in the last digits of n + 1.5·2^52."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.shl(builder.bitcast(args[0], WHOLES), _whole(52))
        return builder.bitcast(builder.add(bits, _whole(1023 << 52)), NUMBERS)

    return LANES(LANES), emit


@compiled(inline=True)
def exponential_parts(power: Any) -> Any:
    """Return s, q and p such that exp(power) = s (q + p) / (q - p)."""
    bounded = _clamp_exponents(power)
    shifted = bounded * splat(1.4426950408889634) + splat(6755399441055744.0)
    whole = shifted - splat(6755399441055744.0)
    rest = bounded - whole * splat(0.693145751953125) - whole * splat(1.42860682030941723212e-6)
    square = rest * rest
    p = splat(1.26177193074810590878e-4) * square + splat(3.02994407707441961300e-2)
    p = (p * square + splat(9.99999999999999999910e-1)) * rest
    q = splat(3.00198505138664455042e-6) * square + splat(2.52448340349684104192e-3)
    q = (q * square + splat(2.27265548208155028766e-1)) * square + splat(2.0)
    return _power_of_two(shifted), q, p


@compiled(inline=True)
def fifth_root(number: Any) -> Any:
    """Return positive numbers to the power of -1/5, by Newton's method."""
    result = _about_fifth_root(number)
    for _ in range(4):
        square = result * result
        result = result * (splat(1.2) - splat(0.2) * number * square * square * result)
    return result


@compiled(inline=True)
def logistic(odds: Any) -> Any:
    """Return shares at log-odds."""
    scale, q, p = exponential_parts(odds)
    above = scale * (q + p)
    return above / (above + (q - p))
