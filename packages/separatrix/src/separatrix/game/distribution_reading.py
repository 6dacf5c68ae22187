"""Reading distributions: from game files, from one line of text, from Python."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.game.distribution import DISTRIBUTIONS, RELATIVE, Distribution
from separatrix.game.document_reading import Reading
from separatrix.io.plain_values import decimal_text
from separatrix.io.source import Path, Source

__all__ = [
    "MOST_VALUES",
    "PERCENTAGE",
    "TEXT",
    "distribution_of",
    "read_uncertain",
    "spread_of",
    "uncertain_schema",
]

MOST_VALUES = 1_000

PERCENTAGE = r"^\s*[±+]?\s*[0-9]+([.][0-9]+)?\s*%\s*$"
TEXT = r"^\s*([a-z_]+)\s*\((.*)\)\s*$"

_EXAMPLE = "as in `uncertain: {triangular: [8, 10, 12]}`, or `{triangular: 20%}` of its value"


def distribution_of(given: object, name: str) -> Distribution:
    """Return the distribution that Python data or a line of text describe, for a parameter `name`.

    Raises
    ------
    InputError
        G107, G110, G119, V301, V330 for what is none.

    Examples
    --------
    >>> distribution_of("uniform(1, 2)", "fine") == distribution_of({"uniform": [1, 2]}, "fine")
    True
    """
    if isinstance(given, Distribution):
        return given
    return read_uncertain(Reading(Source(f"the distribution of {name}")), given, (), name)


def read_uncertain(reading: Reading, value: object, path: Path, name: str) -> Distribution:
    """Return the distribution of the parameter `name`.

    Raises
    ------
    InputError
        G107 for an unknown distribution; G110, G119 for its shape; V301 for what is no number; V330 for
        numbers that no such distribution has.
    """
    what = f"`uncertain` of {name}"
    if isinstance(value, str):
        kind, content = _split(reading, value, path, what)
        here = path
    else:
        given = reading.mapping(value, path, what)
        reading.only(given, path, tuple(DISTRIBUTIONS), what)
        if len(given) != 1:
            raise reading.fault(
                "G119", f"{what} holds {len(given)} distributions; one is needed", path, hint=_EXAMPLE
            )
        kind, content = next(iter(given.items()))
        here = (*path, kind)
    if isinstance(content, str):
        return _relative(reading, kind, content, here, name)
    if kind == "discrete":
        return _discrete(reading, content, here, name)
    items = reading.items(content, here, f"`{kind}` of {name}", hint=_EXAMPLE)
    _count(reading, kind, len(items), here)
    numbers = tuple(reading.number(item, _at(here, i), f"`{kind}` of {name}") for i, item in enumerate(items))
    _check(reading, kind, numbers, here, name)
    return Distribution(kind, numbers)


def _at(path: Path, index: int) -> Path:
    return (*path, index)


def _split(reading: Reading, text: str, path: Path, what: str) -> tuple[str, Any]:
    """Return kind and content of ``triangular(8, 10, 12)``, ``normal(10%)`` or ``discrete(1: 2, 3: 1)``."""
    found = re.match(TEXT, reading.text(text, path, what))
    if found is None:
        raise reading.fault("G119", f"{what} is `{text.strip()[:80]}`, no distribution", path, hint=_EXAMPLE)
    kind, inner = found[1], found[2]
    if kind not in DISTRIBUTIONS:
        raise reading.unknown(
            "G107", f"unknown distribution `{kind}` in {what}", path, name=kind, known=tuple(DISTRIBUTIONS)
        )
    if inner.strip().endswith("%"):
        return kind, inner
    parts = [part.strip() for part in inner.split(",")] if inner.strip() else []
    if kind == "discrete":
        return kind, [part.split(":") for part in parts]
    return kind, parts


def _relative(reading: Reading, kind: str, text: str, path: Path, name: str) -> Distribution:
    if kind not in RELATIVE or not re.match(PERCENTAGE, text):
        kinds = ", ".join(f"`{k}`" for k in RELATIVE)
        raise reading.fault(
            "G119",
            f"`{kind}` of {name} is `{text.strip()[:80]}`; expected a list of numbers",
            path,
            hint=f"{kinds} may also be a percentage of the value, as in 20%; {_EXAMPLE}",
        )
    share = reading.number(text.strip(" ±+%\t"), path, f"`{kind}` of {name}") / 100
    if share == 0:
        raise reading.fault(
            "V330", f"`{kind}` of {name} is 0 %: nothing is uncertain", path, hint="leave `uncertain` out"
        )
    return Distribution(kind, (share,), relative=True)


def _discrete(reading: Reading, value: object, path: Path, name: str) -> Distribution:
    what = f"`discrete` of {name}"
    items = reading.items(value, path, what, hint="write [[value, weight], …]")
    _count(reading, "discrete", len(items), path)
    values, weights = [], []
    for i, item in enumerate(items):
        pair = reading.items(item, (*path, i), f"an entry of {what}", hint="write [value, weight]")
        if len(pair) != 2:
            raise reading.fault(
                "G119",
                f"an entry of {what} holds {len(pair)} numbers; 2 are needed",
                (*path, i),
                hint="write [value, weight]",
            )
        values.append(reading.number(pair[0], (*path, i, 0), f"a value of {what}"))
        weights.append(reading.number(pair[1], (*path, i, 1), f"a weight of {what}"))
        if weights[-1] <= 0:
            raise reading.fault(
                "V330",
                f"the weight {decimal_text(weights[-1])} in {what} is not positive",
                (*path, i, 1),
                hint="leave out what never happens",
            )
    _distinct(reading, values, path, what)
    return Distribution("discrete", tuple(values), tuple(weights))


def _count(reading: Reading, kind: str, found: int, path: Path) -> None:
    meanings = DISTRIBUTIONS[kind]
    if kind in ("choice", "discrete"):
        if not 2 <= found <= MOST_VALUES:
            raise reading.fault(
                "G119",
                f"`{kind}` holds {found} values; from 2 to {MOST_VALUES} are read",
                path,
                hint="write [[value, weight], …]" if kind == "discrete" else "write [value, value, …]",
            )
        return
    allowed = (2, 4) if kind == "beta" else (len(meanings),)
    if found not in allowed:
        raise reading.fault(
            "G119",
            f"`{kind}` takes {' or '.join(map(str, allowed))} numbers, found {found}",
            path,
            hint=f"write [{', '.join(meanings)}]",
        )


def _check(reading: Reading, kind: str, numbers: Sequence[Fraction], path: Path, name: str) -> None:
    """Refuse numbers that no distribution of this kind has; exact, before anything is drawn."""

    def refuse(what: str, hint: str) -> InputError:
        return reading.fault("V330", f"{what} in `{kind}` of {name}", path, hint=hint)

    order = {"uniform": numbers, "loguniform": numbers, "triangular": numbers}.get(kind, numbers[2:4])
    if kind in ("uniform", "loguniform", "triangular", "truncated_normal", "beta") and order:
        falling = next(((a, b) for a, b in itertools.pairwise(order) if a > b), None)
        if falling is not None:
            first, then = (decimal_text(n) for n in falling)
            raise refuse(f"{first} comes before {then}", "the numbers rise from the lowest to the highest")
        if order[0] == order[-1]:
            raise refuse(
                f"the lowest and the highest are both {decimal_text(order[0])}",
                "leave `uncertain` out where nothing is",
            )
    if kind == "loguniform" and numbers[0] <= 0:
        raise refuse(f"the lowest is {decimal_text(numbers[0])}", "a logarithm needs numbers above 0")
    if kind in ("normal", "truncated_normal", "lognormal") and numbers[1] <= 0:
        raise refuse(f"the standard deviation is {decimal_text(numbers[1])}", "give one above 0")
    if kind == "lognormal" and (abs(numbers[0]) > 100 or numbers[1] > 10):
        raise refuse(
            "the logarithm is out of bounds",
            "its mean lies from -100 to 100, its standard deviation below 10",
        )
    if kind == "beta" and min(numbers[:2]) <= 0:
        raise refuse(f"a shape is {decimal_text(min(numbers[:2]))}", "alpha and beta are above 0")
    if kind == "truncated_normal":
        away = max((numbers[2] - numbers[0]) / numbers[1], (numbers[0] - numbers[3]) / numbers[1])
        if away > 30:
            raise refuse(
                "the limits lie more than 30 standard deviations from the mean",
                "correct the mean, the standard deviation or the limits",
            )
    if kind == "choice":
        _distinct(reading, numbers, path, f"`choice` of {name}")


def _distinct(reading: Reading, values: Sequence[Fraction], path: Path, what: str) -> None:
    twice = next((v for i, v in enumerate(values) if v in values[:i]), None)
    if twice is not None:
        raise reading.fault(
            "V330",
            f"{what} holds {decimal_text(twice)} twice",
            path,
            hint="give each value once; `discrete: [[value, weight], …]` says how likely each is",
        )


def spread_of(text: object) -> Fraction:
    """Return ``10%`` or 0.1 as a fraction above 0 and below 1.

    Raises
    ------
    InputError
        V330 for anything else.
    """
    from separatrix.game.values import exact

    try:
        percentage = isinstance(text, str) and re.match(PERCENTAGE, text)
        given = Fraction(str(text).strip(" ±+%\t")) / 100 if percentage else exact(text, "spread")
    except InputError:
        given = Fraction(0)
    if not 0 < given < 1:
        raise InputError(
            "V330",
            f"a spread of {str(text)[:80]}; expected more than 0 % and less than 100 %",
            hint="as in 10%, or 0.1",
        )
    return given


def uncertain_schema(number: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a distribution."""
    percentage = {"type": "string", "pattern": PERCENTAGE}
    properties: dict[str, Any] = {}
    numbers: dict[str, Any]
    for kind, meanings in DISTRIBUTIONS.items():
        if kind == "choice":
            numbers = {
                "type": "array",
                "items": number,
                "minItems": 2,
                "maxItems": MOST_VALUES,
            }
        elif kind == "discrete":
            pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
            numbers = {"type": "array", "items": pair, "minItems": 2, "maxItems": MOST_VALUES}
        else:
            least = 2 if kind == "beta" else len(meanings)
            numbers = {"type": "array", "items": number, "minItems": least, "maxItems": len(meanings)}
        properties[kind] = {
            "description": ", ".join(meanings),
            **({"anyOf": [numbers, percentage]} if kind in RELATIVE else numbers),
        }
    mapping = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [mapping, {"type": "string", "pattern": TEXT}]}
