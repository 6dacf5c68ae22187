"""Plain data as texts and kinds: numbers in their shortest exact form, lists, words for values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeGuard

from separatrix.expression.evaluation import MAX_BITS

__all__ = ["MAX_DEPTH", "as_text", "decimal_text", "is_list", "kind_of", "without_arrays"]

MAX_DEPTH = 50


def decimal_text(value: Fraction | int) -> str:
    """Return an exact number as a decimal where it has a short one, else as a fraction.

    Examples
    --------
    >>> decimal_text(Fraction(1, 10)), decimal_text(Fraction(1, 3)), decimal_text(Fraction(-5, 1))
    ('0.1', '1/3', '-5')
    """
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    twos = fives = 0
    rest = value.denominator
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    places = max(twos, fives)
    if rest != 1 or places > 30:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def as_text(value: object) -> str | None:
    """Return a name or a piece of text as a string; None for what is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Fraction)) and value.numerator.bit_length() <= MAX_BITS:
        return decimal_text(value)
    return None


def kind_of(value: object) -> str:
    """Return what a value is, in words that fit a YAML file and Python data alike."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if is_list(value):
        return "a list"
    if isinstance(value, str):
        return "a text"
    return "a number" if isinstance(value, (int, float, Fraction, Decimal)) else type(value).__name__


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether `value` holds items in order; a numpy array does."""
    if isinstance(value, (str, bytes)):
        return False
    return isinstance(value, Sequence) or (hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0)


def without_arrays(value: Any) -> Any:
    """Return data with numpy's arrays and numbers as lists and numbers; what holds none comes back as it is.

    Examples
    --------
    >>> import numpy as np
    >>> without_arrays({"payoff_matrix": np.eye(2, dtype=int), "title": "Coordination"})
    {'payoff_matrix': [[1, 0], [0, 1]], 'title': 'Coordination'}
    """
    if hasattr(value, "__array__") and hasattr(value, "tolist"):
        if value.ndim:
            return [without_arrays(part) for part in value]
        plain = value.item()
        return float(str(value)) if isinstance(plain, float) else plain  # 0.1 stays 0.1 in single precision
    if isinstance(value, Mapping):
        changed = {key: without_arrays(own) for key, own in value.items()}
        return value if all(changed[key] is own for key, own in value.items()) else changed
    if isinstance(value, list | tuple):
        items = [without_arrays(own) for own in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value
