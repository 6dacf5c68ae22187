"""Reading and writing `instruments`: what policy can do, to which level, and what that costs whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.document_reading import Reading, Vocabulary
from separatrix.game.model import PAYERS, POLICY_STRATEGIES, Instrument, Parameter
from separatrix.game.values import DIGITS, LARGEST
from separatrix.io.plain_values import decimal_text
from separatrix.io.source import Path

__all__ = ["INSTRUMENT_KEYS", "Force", "read_in_force", "read_instruments", "with_idle_levels"]

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
        G110, G111, G119 for its shape; G114 for a name that is taken; G127 for a strategy or a payer that is
        not known; V307 for a range too wide, V310 for an empty one; V313 for an idle level outside of it.
    NameProblem
        G120 for a change of what is no parameter; S012 for a name that is not known.
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
                f"{self.what} needs `changes`: what it makes of which parameter",
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
                    f"`{payer}` under `cost` of {self.name} is nobody who can pay; "
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
        G120 for what is no instrument.
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
                f"`{name}` under `in_force` is no instrument",
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
