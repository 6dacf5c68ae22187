"""Plain data as YAML for people: block style, expressions quoted, numbers exact.

Plain data as texts and kinds: numbers in their shortest exact form, lists, words for values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeGuard

from separatrix.expression.evaluation import MAX_BITS

__all__ = [
    "MAX_DEPTH",
    "as_text",
    "decimal_text",
    "is_list",
    "kind_of",
    "plain_data",
    "without_arrays",
    "yaml_text",
]

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


# What may stand without quotes: words that no reader of YAML takes for anything but text.
_PLAIN = re.compile(r"[^\W\d_][\w]*(?:[ -][^\W\d_][\w]*)*\Z")
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "nan", "inf", "none"})
_ORDER = (
    "format",
    "title",
    "source",
    "doi",
    "url",
    "licence",
    "origin",
    "note",
    "notes",
    "populations",
    "speeds",
    "time_unit",
    "parameters",
    "let",
    "assume",
)
_LAST = (
    "scenarios",
    "today",
    "starts",
    "schedule",
    "instruments",
    "in_force",
    "emissions",
    "published",
    "calibration",
    "translations",
)
_EXPRESSIONS = frozenset(
    {
        "pay",
        "changes",
        "cost",
        "emissions",
        "assume",
        "let",
        "payoff_matrix",
        "bimatrix",
        "payoff_matrices",
        "payoff_functions",
        "advantages",
        "replicator",
        "group",
        "published",
    }
)
"""Sections whose texts are always quoted, so that everything in them looks the same."""


def plain_data(value: object) -> Any:
    """Return `value` as dicts, lists, texts, ints and exact fractions; None stays None."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain_data(item) for key, item in value.items()}
    if is_list(value):
        return [plain_data(item) for item in value]
    if isinstance(value, (int, Fraction)):
        exact = Fraction(value)
    else:
        # The shortest decimal that a float, a Decimal or a numpy number prints.
        exact = Fraction(repr(value) if type(value) is float else str(value))
    return exact.numerator if exact.denominator == 1 else exact


def yaml_text(document: Mapping[str, Any]) -> str:
    """Return a document as YAML.

    Examples
    --------
    >>> print(yaml_text({"title": "Duel", "let": {"P": "a*b"}, "today": {"x": Fraction(1, 5)}}), end="")
    title: Duel
    let:
      P: 'a*b'
    today:
      x: 0.2
    """
    lines: list[str] = []
    data = plain_data(document)
    middle = [key for key in data if key not in _ORDER and key not in _LAST]
    for key in (*_ORDER, *middle, *_LAST):
        if key not in data:
            continue
        value = data[key]
        _entry(lines, f"{_key(key)}:", value, "", key in _EXPRESSIONS)
    return "\n".join(lines) + "\n"


def _entry(lines: list[str], head: str, value: Any, indent: str, quoted: bool) -> None:
    """Append `head` (a key with its colon, or a dash) and what belongs to it."""
    if value is None or value == {} or value == []:
        lines.append(f"{indent}{head}" + ("" if value is None else " {}" if value == {} else " []"))
    elif isinstance(value, dict):
        if head == "-":
            _item(lines, value, indent, quoted)
            return
        lines.append(f"{indent}{head}")
        for key, item in value.items():
            _entry(lines, f"{_key(key)}:", item, indent + "  ", quoted or key in _EXPRESSIONS)
    elif isinstance(value, list):
        short = _flow(value, quoted)
        if short is not None and len(short) + len(indent) + len(head) < 100:
            lines.append(f"{indent}{head} {short}")
            return
        lines.append(f"{indent}{head}")
        for item in value:
            _entry(lines, "-", item, indent + "  ", quoted)
    else:
        lines.append(f"{indent}{head} {_scalar(value, quoted)}")


def _item(lines: list[str], value: dict[str, Any], indent: str, quoted: bool) -> None:
    """Append a mapping in a list: its first key is on the line of the dash."""
    inner: list[str] = []
    for key, item in value.items():
        _entry(inner, f"{_key(key)}:", item, indent + "  ", quoted or key in _EXPRESSIONS)
    lines.append(f"{indent}- {inner[0].lstrip(' ')}")
    lines.extend(inner[1:])


def _flow(value: list[Any], quoted: bool) -> str | None:
    """Return a list of scalars, or of short lists of them, on one line; None where it is more."""
    if all(not isinstance(item, (dict, list)) for item in value):
        return f"[{', '.join('null' if i is None else _scalar(i, quoted) for i in value)}]"
    return None


def _key(text: str) -> str:
    return text if _PLAIN.match(text) and text.lower() not in _NOT_PLAIN else _quoted(text)


def _scalar(value: Any, quoted: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Fraction)):
        text = decimal_text(value)
        return f"'{text}'" if "/" in text else text
    if not quoted and len(value) <= 80 and _PLAIN.match(value) and value.lower() not in _NOT_PLAIN:
        return str(value)
    return _quoted(value)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def _quoted(text: str) -> str:
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escape(c) for c in text) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
