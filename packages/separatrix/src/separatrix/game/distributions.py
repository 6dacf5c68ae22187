"""Reading distributions: from game files, from one line of text, from Python.

Reading and writing `instruments`: what policy can do, to which level, and what that costs whom.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.distribution import DISTRIBUTIONS, RELATIVE, Distribution
from separatrix.game.documents import Reading, Vocabulary
from separatrix.game.model import PAYERS, POLICY_STRATEGIES, Instrument, Parameter
from separatrix.game.values import DIGITS, LARGEST
from separatrix.io.yaml import Path, SourceDocument
from separatrix.io.yaml_output import decimal_text

__all__ = [
    "Force",
    "INSTRUMENT_KEYS",
    "MOST_VALUES",
    "PERCENTAGE",
    "TEXT",
    "distribution_of",
    "read_in_force",
    "read_instruments",
    "read_uncertain",
    "spread_of",
    "uncertain_schema",
    "with_idle_levels",
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
    return read_uncertain(Reading(SourceDocument(f"the distribution of {name}")), given, (), name)


def read_uncertain(reading: Reading, value: object, path: Path, name: str) -> Distribution:
    """Return the distribution of the parameter `name`.

    Raises
    ------
    InputError
        G107 for an unknown distribution; G110, G119 for its shape; V301 for an invalid number; V330 for
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
    numbers = tuple(
        reading.number(item, _item_path(here, i), f"`{kind}` of {name}") for i, item in enumerate(items)
    )
    _check(reading, kind, numbers, here, name)
    return Distribution(kind, numbers)


def _item_path(path: Path, index: int) -> Path:
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
                hint="omit values that never occur",
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


INSTRUMENT_KEYS = ("changes", "cost", "range", "idle", "meaning", "unit", "latex", "strategy")


@dataclass(frozen=True)
class Force:
    """Instruments in force: their levels as parameters, and what becomes of the parameters they change."""

    levels: Mapping[str, Parameter]
    changes: Mapping[str, Expression]


def read_instruments(reading: Reading, value: object, words: Vocabulary) -> dict[str, Instrument]:
    """Return the instruments of a game, in the order of its file.

    Parameters
    ----------
    reading : Reading
    value : object
        The section.
    words : Vocabulary
        The parameters, shorthands and shares of the game when no instrument is in force.

    Raises
    ------
    InputError
        G110, G111, G119 for its shape; G114 for a name that is taken; G127 for an unknown strategy or payer;
        V307 for a range too wide, V310 for an empty one; V313 for an idle level outside it.
    NameProblem
        G120 for a change of an unknown parameter; S012 for an unknown name.
    """
    if value is None:
        return {}
    given = reading.mapping(value, ("instruments",), "`instruments`")
    taken = {**dict.fromkeys(words.parameters, "a parameter"), **dict.fromkeys(words.lets, "a shorthand")}
    taken |= dict.fromkeys(words.shares, "a share")
    for name in given:
        here: Path = ("instruments", name)
        reading.identifier(name, here, "an instrument", key=True)
        if name in taken:
            raise reading.fault(
                "G114", f"`{name}` is {taken[name]} and cannot be an instrument too", here, key=True
            )
    levels = {name: Parameter(name) for name in given}
    known = Vocabulary({**words.parameters, **levels}, words.lets, words.shares, words.moving_lets)
    return {name: _Section(reading, name, given[name], known, words.parameters).read() for name in given}


class _Section:
    """The reading of one instrument."""

    def __init__(
        self,
        reading: Reading,
        name: str,
        value: object,
        known: Vocabulary,
        parameters: Mapping[str, Parameter],
    ) -> None:
        self.reading, self.name, self.known, self.parameters = reading, name, known, parameters
        self.path: Path = ("instruments", name)
        self.what = f"the instrument {name}"
        self.given = reading.mapping(value, self.path, self.what)
        reading.only(self.given, self.path, INSTRUMENT_KEYS, self.what)

    def read(self) -> Instrument:
        idle = self.given.get("idle")
        level = (
            Fraction(0)
            if idle is None
            else self.reading.number(idle, (*self.path, "idle"), f"the idle level of {self.name}")
        )
        return Instrument(
            self.name,
            changes=self._changes(),
            cost=self._cost(),
            idle=level,
            range=self._range(level),
            meaning=self._note("meaning"),
            unit=self._note("unit"),
            latex=self._note("latex"),
            strategy=self._strategy(),
            line=self.reading.source.line(self.path),
        )

    def _note(self, key: str) -> str | None:
        value = self.given.get(key)
        if value is None:
            return None
        return self.reading.text(value, (*self.path, key), f"`{key}` of {self.name}").strip()

    def _expression(self, value: object, path: Path, what: str) -> Expression:
        # Shorthands are written out, since those of the game follow what instruments in force change.
        expression = self.reading.expression(value, path, self.known, what)
        for name, meaning in reversed(list(self.known.lets.items())):
            if name in names_in(expression):
                expression = substitute(expression, {name: meaning})
        return expression

    def _changes(self) -> dict[str, Expression]:
        path = (*self.path, "changes")
        if not self.given.get("changes"):
            raise self.reading.fault(
                "G111",
                f"{self.what} needs `changes`: the new formula of each parameter that it changes",
                self.path,
                key=True,
                hint="as in `changes: {C1: 'C1*(1 - subsidy)'}`",
            )
        changes = {}
        for name, value in self.reading.mapping(
            self.given["changes"], path, f"`changes` of {self.name}"
        ).items():
            if name not in self.parameters:
                what = (
                    "a shorthand; change the parameters it is made of"
                    if name in self.known.lets
                    else "no parameter"
                )
                raise self.reading.unknown(
                    "G120",
                    f"`{name}` under `changes` of {self.name} is {what}",
                    (*path, name),
                    name=name,
                    known=list(self.parameters),
                    key=True,
                )
            changes[name] = self._expression(value, (*path, name), f"what {self.name} makes of {name}")
        return changes

    def _cost(self) -> dict[str, Expression]:
        value, path = self.given.get("cost"), (*self.path, "cost")
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            return {PAYERS[0]: self._expression(value, path, f"the cost of {self.name}")}
        cost: dict[str, Any] = {}
        for payer, item in self.reading.mapping(value, path, f"`cost` of {self.name}").items():
            if payer not in PAYERS:
                raise self.reading.unknown(
                    "G127",
                    f"`{payer}` under `cost` of {self.name} is not a payer; "
                    f"{' or '.join(PAYERS)} was expected",
                    (*path, payer),
                    name=payer,
                    known=PAYERS,
                    key=True,
                )
            cost[payer] = self._expression(item, (*path, payer), f"the cost of {self.name}")
        return cost

    def _range(self, idle: Fraction) -> tuple[Fraction, Fraction] | None:
        value, path = self.given.get("range"), (*self.path, "range")
        if value is None:
            return None
        low, high = self.reading.interval(value, path, f"the range of {self.name}")
        largest = max(abs(low), abs(high))
        if largest > LARGEST:
            raise self.reading.fault(
                "V307",
                f"the range of {self.name} goes to about 1e{len(str(int(largest))) - 1}; numbers up to "
                f"1e{DIGITS} are computed with",
                path,
                hint="choose a larger unit",
            )
        if not low <= idle <= high:
            raise self.reading.fault(
                "V313",
                f"the idle level {decimal_text(idle)} of {self.name} lies outside its range "
                f"from {decimal_text(low)} to {decimal_text(high)}",
                path,
                hint="an instrument can always stay idle; widen the range, or give another `idle`",
            )
        return low, high

    def _strategy(self) -> str | None:
        strategy = self._note("strategy")
        if strategy is None or strategy in POLICY_STRATEGIES:
            return strategy
        raise self.reading.unknown(
            "G127",
            f"the strategy of {self.name} is `{strategy}`; "
            f"one of {', '.join(POLICY_STRATEGIES)} was expected",
            (*self.path, "strategy"),
            name=strategy,
            known=POLICY_STRATEGIES,
        )


def read_in_force(reading: Reading, value: object, instruments: Mapping[str, Instrument]) -> Force | None:
    """Return the instruments in force, or None where there are none.

    Instruments act one after the other, in the order of the file: each on the parameters as the earlier ones
    leave them.

    Raises
    ------
    InputError
        G110 for its shape.
    NameProblem
        G120 for an unknown instrument.
    """
    if value is None:
        return None
    path: Path = ("in_force",)
    names = []
    for i, item in enumerate(reading.items(value, path, "`in_force`")):
        name = reading.text(item, (*path, i), "an instrument in force")
        if name not in instruments:
            raise reading.unknown(
                "G120",
                f"`{name}` under `in_force` is not an instrument",
                (*path, i),
                name=name,
                known=list(instruments),
            )
        names.append(name)
    acting = [instrument for name, instrument in instruments.items() if name in names]
    if not acting:
        return None
    levels = {
        i.name: Parameter(i.name, i.idle, i.latex, i.meaning, i.unit, i.range, line=i.line) for i in acting
    }
    changes: dict[str, Expression] = {}
    for instrument in acting:
        changes |= {
            name: substitute(with_idle_levels(change, instruments, levels), changes)
            for name, change in instrument.changes.items()
        }
    return Force(levels, changes)


def with_idle_levels(
    expression: Expression, instruments: Mapping[str, Instrument], in_force: Iterable[str]
) -> Expression:
    """Return `expression` with the idle level of each instrument that is not in force."""
    idle: dict[str, Expression] = {
        name: Number(instrument.idle) for name, instrument in instruments.items() if name not in in_force
    }
    return substitute(expression, idle) if idle else expression
