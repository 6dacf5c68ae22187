"""Reading plain data with care: every value is checked for its kind, every fault has a place.

Reading and writing `schedule`: parameters that change in time, so that a policy can start and end.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.expression.conditions import Condition, Relation, parse_condition
from separatrix.expression.evaluation import MAX_BITS, evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import FUNCTIONS, Expression, Name, Number, Quotient, substitute, walk
from separatrix.game.model import Parameter, ParameterPath, Population
from separatrix.io.yaml import Path, SourceDocument
from separatrix.io.yaml_output import MAX_DEPTH, as_text, decimal_text, is_list, kind_of
from separatrix.sentences import say

__all__ = [
    "QUOTE_HINT",
    "RAMP_KEYS",
    "Reading",
    "Vocabulary",
    "read_schedule",
    "schedule_document",
]

QUOTE_HINT = say("quote expressions that hold , [ ] {{ }} or start with - or *")

_NO_NUMBERS = frozenset({"nan", "snan", "inf", "infinity", ".nan", ".inf"})
_RESERVED = frozenset({"True", "False", "None", "and", "or", "not"})


@dataclass
class Vocabulary:
    """The names that an expression may use."""

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lets: Mapping[str, Expression] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    moving_lets: frozenset[str] = frozenset()
    changes: Mapping[str, Expression] = field(default_factory=dict)
    """What instruments in force make of parameters, wherever an expression uses them."""

    def depends_on_shares(self, expression: Expression) -> bool:
        """Whether `expression` uses a share, directly or through a shorthand."""
        return any(
            isinstance(node, Name) and (node.name in self.shares or node.name in self.moving_lets)
            for node in walk(expression)
        )


def _folded(expression: Expression) -> Expression:
    """Return a quotient of two numbers as one number, so that '1/3' is what Fraction(1, 3) is."""
    match expression:
        case Quotient(Number(numerator), Number(denominator)) if denominator != 0:
            return Number(numerator / denominator)
    return expression


class Reading:
    """The reading of one document: typed access to its parts, with errors that know their place."""

    def __init__(self, source: SourceDocument) -> None:
        self.source = source

    # ------------------------------------------------------------------ faults

    def fault(
        self, code: str, message: str, path: Path, *, hint: str | None = None, key: bool = False
    ) -> InputError:
        """Return the error for a fault at `path`."""
        return InputError(code, message, where=self.source.place(path, key=key), hint=hint)

    def unknown(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        name: str,
        known: Sequence[str],
        key: bool = False,
    ) -> NameProblem:
        """Return the error for a name that is not known, with the name it was most likely meant to be."""
        meant = nearest(name, list(known))
        hint: str | None = None
        if meant is not None:
            hint = say("did you mean `{meant}`?", meant=meant)
        elif known:
            names = f"{', '.join(list(known)[:12])}{', …' if len(known) > 12 else ''}"
            hint = say("known here: {names}", names=names)
        return NameProblem(code, message, where=self.source.place(path, key=key), hint=hint)

    # ------------------------------------------------------------------ containers

    def mapping(self, value: object, path: Path, what: str) -> Mapping[str, Any]:
        """Return `value` if it is a mapping with texts as keys."""
        if not isinstance(value, Mapping):
            raise self.fault(
                "G110",
                say(
                    "{what} must be a mapping of `key: value`, found {found}", what=what, found=kind_of(value)
                ),
                path,
            )
        for key in value:
            if not isinstance(key, str):
                raise self.fault(
                    "G110", say("a key of {what} must be a text, found {key}", what=what, key=repr(key)), path
                )
        return value

    def items(self, value: object, path: Path, what: str, *, hint: str | None = None) -> Sequence[Any]:
        """Return `value` if it is a list."""
        if isinstance(value, (list, tuple)):
            return value
        if not is_list(value):
            message = say("{what} must be a list, found {found}", what=what, found=kind_of(value))
            raise self.fault("G110", message, path, hint=hint)
        return list(value)

    def only(self, value: Mapping[str, Any], path: Path, allowed: Sequence[str], what: str) -> None:
        """Refuse keys that are not `allowed`."""
        for key in value:
            if key not in allowed:
                message = say("unknown key `{key}` in {what}", key=key, what=what)
                problem = self.unknown("G107", message, (*path, key), name=key, known=allowed, key=True)
                if value[key] is None:
                    problem.hint = say(
                        "{hint}; quote a text that holds a comma or a colon", hint=problem.hint
                    )
                raise problem

    def text(self, value: object, path: Path, what: str) -> str:
        """Return `value` as a text; a bare number or truth value is one."""
        text = as_text(value)
        if text is None:
            message = say("{what} must be a text, found {found}", what=what, found=kind_of(value))
            raise self.fault("G110", message, path)
        if not text.isprintable():
            for character in text:
                # Spaces of every kind and line breaks are fine; control characters and halves of
                # surrogate pairs cannot be written to a file again.
                if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
                    hint = "put a text with backslashes in single quotes; in double ones they are escapes"
                    raise self.fault(
                        "G110",
                        say(
                            "{what} holds the control character {character}",
                            what=what,
                            character=repr(character),
                        ),
                        path,
                        hint=hint if self.source.quotes(path) == '"' else None,
                    )
        return text

    def name(self, value: object, path: Path, what: str) -> str:
        """Return `value` as a name that people read: any text that is not blank."""
        text = self.text(value, path, what).strip()
        if not text:
            raise self.fault("G113", say("{what} is empty", what=what), path)
        if len(text) > 200:
            raise self.fault(
                "G113",
                say("{what} has {count} characters; at most 200 are read", what=what, count=len(text)),
                path,
            )
        if "\n" in text or "\t" in text:
            raise self.fault("G113", say("{what} must stand on one line, without tabs", what=what), path)
        return text

    def identifier(self, value: object, path: Path, what: str, *, key: bool = False) -> str:
        """Return `value` as a name that expressions can use."""
        text = self.text(value, path, what)
        if not text.isidentifier() or text in _RESERVED or text in FUNCTIONS or len(text) > 200:
            if text in FUNCTIONS or text in _RESERVED:
                why = f"`{text}` has a meaning of its own in expressions"
            elif len(text) > 200:
                why = f"a name of {len(text)} characters; at most 200 are read"
            else:
                why = f"{text!r} is not a valid name in an expression"
            raise self.fault(
                "G113",
                say("{why}, so it cannot be {what}", why=why, what=what),
                path,
                key=key,
                hint=say("use letters of any alphabet, digits and _, not starting with a digit"),
            )
        return text

    def plain(self, value: object, path: Path) -> None:
        """Refuse what no file could hold, in sections that are kept as they are."""
        if len(path) > MAX_DEPTH:
            raise self.fault("G105", say("nested deeper than {most} levels", most=MAX_DEPTH), path)
        if value is None or isinstance(value, bool):
            return
        if isinstance(value, Mapping):
            for key, item in self.mapping(value, path, f"`{path[-1]}`").items():
                self.text(key, path, "a key")
                self.plain(item, (*path, key))
        elif is_list(value):
            for i, item in enumerate(self.items(value, path, f"`{path[-1]}`")):
                self.plain(item, (*path, i))
        elif isinstance(value, str):
            self.text(value, path, f"`{path[-1]}`")
        elif self._plain_number(value, path, f"`{path[-1]}`") is None:
            raise self.fault(
                "G110", say("expected a text or a number, found {value}", value=kind_of(value)), path
            )

    # ------------------------------------------------------------------ numbers and expressions

    def number(self, value: object, path: Path, what: str) -> Fraction:
        """Return `value` as an exact number: a number, or a text such as '1/3' without names."""
        if type(value) is int:
            return self._bounded(value, path, what)
        if isinstance(value, str):
            expression = self._parse(value, path)
            for node in walk(expression):
                if isinstance(node, Name):
                    message = say(
                        "{what} must be a number, found {found}", what=what, found=f"`{value.strip()}`"
                    )
                    raise self._error_at(value, path, node, "V301", message)
            try:
                return evaluate(expression, {})
            except InputError as problem:
                problem.where = problem.where or self.source.place(path, text=value)
                raise
        exact = self._plain_number(value, path, what)
        if exact is None:
            message = say("{what} must be a number, found {found}", what=what, found=kind_of(value))
            raise self.fault("V301", message, path)
        return exact

    def _bounded(self, value: int, path: Path, what: str) -> Fraction:
        if value.bit_length() > MAX_BITS:
            raise self.fault("V301", say("{what} has more than {most} bits", what=what, most=MAX_BITS), path)
        return Fraction(value)

    def _plain_number(self, value: object, path: Path, what: str) -> Fraction | None:
        """Return a number of Python or numpy exactly, or None for any other value."""
        if isinstance(value, bool) or type(value).__name__ == "bool_":
            return None
        if isinstance(value, int):
            return self._bounded(value, path, what)
        if isinstance(value, Fraction):
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
                raise self.fault(
                    "V301", say("{what} has more than {most} bits", what=what, most=MAX_BITS), path
                )
            return value
        if hasattr(value, "__array__") and getattr(value, "ndim", 0) == 0:
            # str gives the shortest decimal of every width, where float() would widen a float32.
            shown = str(value)
        elif isinstance(value, (float, Decimal)):
            shown = repr(value) if isinstance(value, float) else str(value)
        else:
            return None
        if shown.lower().lstrip("+-") in _NO_NUMBERS:
            raise self.fault(
                "V301", say("{what} is {shown}; only finite numbers are read", what=what, shown=shown), path
            )
        try:
            exact = Fraction(shown)
        except ValueError:
            return None
        return self._plain_number(exact, path, what)

    def interval(self, value: object, path: Path, what: str) -> tuple[Fraction, Fraction]:
        """Return `value` as an interval that is not empty: its lower and its upper end.

        Raises
        ------
        InputError
            G110, G119 for its shape, V310 where the upper end is not above the lower.
        """
        items = self.items(value, path, what)
        if len(items) != 2:
            raise self.fault(
                "G119", say("{what} holds {count} numbers; 2 are needed", what=what, count=len(items)), path
            )
        low, high = (self.number(item, (*path, i), what) for i, item in enumerate(items))
        if low >= high:
            state = "is empty" if low == high else "is upside down"
            raise self.fault(
                "V310",
                say("{what} {state}: from {low} to {high}", what=what, state=state, low=low, high=high),
                path,
                hint=say("write [lowest, highest]"),
            )
        return low, high

    def expression(
        self, value: object, path: Path, words: Vocabulary, what: str = "a payoff", *, shares: bool = True
    ) -> Expression:
        """Return `value`, a number or a text, as an expression whose names are all known.

        Raises
        ------
        InputError
            S001, S002 for its syntax; G110 where it is not an expression; S014 for a share where none is
            allowed (with ``shares=False``).
        NameProblem
            S012 for an unknown name.
        """
        if isinstance(value, str):
            expression = self._parse(value, path)
            for node in walk(expression):
                if isinstance(node, Name):
                    self._know(node, value, path, words, what, shares)
                    if not shares and words.depends_on_shares(words.changes.get(node.name, node)):
                        raise self._moving(value, path, node, node.name, what)
            return _folded(substitute(expression, words.changes) if words.changes else expression)
        if type(value) is int:
            return Number(self._bounded(value, path, what))
        exact = self._plain_number(value, path, what)
        if exact is None:
            raise self.fault(
                "G110",
                say(
                    "{what} must be a number or an expression, found {found}", what=what, found=kind_of(value)
                ),
                path,
                hint=QUOTE_HINT,
            )
        return Number(exact)

    def _know(self, node: Name, text: str, path: Path, words: Vocabulary, what: str, shares: bool) -> None:
        name = node.name
        if name in words.parameters:
            return
        if name in words.shares or name in words.moving_lets:
            if shares:
                return
            raise self._moving(text, path, node, name, what)
        if name in words.lets:
            return
        if name.lower() in _NO_NUMBERS:
            raise self._error_at(text, path, node, "V301", f"{what} is {name}; only finite numbers are read")
        place = self.source.place(path, text=text, offset=node.at, width=len(name))
        raise NameProblem(
            "S012",
            say("unknown parameter `{name}` in {what}", name=name, what=what),
            where=place,
            hint=self._suggestion(name, words),
        )

    def _moving(self, text: str, path: Path, node: Name, name: str, what: str) -> InputError:
        return self._error_at(
            text,
            path,
            node,
            "S014",
            say("`{name}` depends on the shares, so it is not allowed in {what}", name=name, what=what),
            hint=say("only parameters and shorthands without shares can"),
        )

    def _suggestion(self, name: str, words: Vocabulary) -> str:
        known = [*words.parameters, *words.lets, *sorted(words.shares)]
        meant = nearest(name, known)
        if meant is None:
            return say("declare it under `parameters`")
        parameter = words.parameters.get(meant)
        if parameter is None:
            if meant in words.lets:
                return say("did you mean `{meant}` (a shorthand)?", meant=meant)
            return say("did you mean `{meant}` (a share)?", meant=meant)
        line, meaning = parameter.line, parameter.meaning
        if line and meaning:
            return say(
                "did you mean `{meant}` ({meaning}, line {line})?", meant=meant, meaning=meaning, line=line
            )
        if line:
            return say("did you mean `{meant}` (line {line})?", meant=meant, line=line)
        if meaning:
            return say("did you mean `{meant}` ({meaning})?", meant=meant, meaning=meaning)
        return say("did you mean `{meant}`?", meant=meant)

    def _error_at(
        self, text: str, path: Path, node: Name, code: str, message: str, *, hint: str | None = None
    ) -> InputError:
        place = self.source.place(path, text=text, offset=node.at, width=len(node.name))
        return InputError(code, message, where=place, hint=hint)

    def condition(self, text: str, path: Path, words: Vocabulary, what: str) -> Condition:
        """Return `text` as a condition on the parameters."""
        try:
            condition = parse_condition(text)
        except InputError as problem:
            raise self.relocate(problem, text, path) from None
        pending = [condition]
        while pending:
            part = pending.pop(0)
            if isinstance(part, Relation):
                for node in (*walk(part.left), *walk(part.right)):
                    if isinstance(node, Name):
                        self._know(node, text, path, words, what, False)
            else:
                pending.extend(part.parts)
        return condition

    def state(
        self, value: object, path: Path, populations: tuple[Population, ...], what: str
    ) -> dict[str, Fraction]:
        """Return a point of the state space: one number in [0, 1] for every share."""
        shares = [s for p in populations for s in p.shares]
        given = self.mapping(value, path, what)
        for key in given:
            if key not in shares:
                raise self.unknown(
                    "G120",
                    say("`{key}` under {what} is not a share", key=key, what=what),
                    (*path, key),
                    name=key,
                    known=shares,
                    key=True,
                )
        state: dict[str, Fraction] = {}
        for share in shares:
            if share not in given:
                raise self.fault(
                    "G111", say("{what} needs the share `{share}`", what=what, share=share), path, key=True
                )
            state[share] = self.number(given[share], (*path, share), f"the share `{share}`")
            if not 0 <= state[share] <= 1:
                raise self.fault(
                    "V311",
                    say(
                        "the share `{share}` is {value}; shares lie between 0 and 1",
                        share=share,
                        value=decimal_text(state[share]),
                    ),
                    (*path, share),
                    hint=say("write 0.2 for 20 %"),
                )
        for population in populations:
            total = sum(state[s] for s in population.shares)
            if not population.binary and total != 1:
                raise self.fault(
                    "V312",
                    say(
                        "the shares of {name} under {what} add up to {value}, not to 1",
                        name=population.name,
                        what=what,
                        value=decimal_text(total),
                    ),
                    path,
                    key=True,
                )
        return state

    def _parse(self, text: str, path: Path, *, implicit: bool = False) -> Expression:
        try:
            return parse_expression(text, implicit=implicit)
        except InputError as problem:
            raise self.relocate(problem, text, path) from None

    def relocate(self, problem: InputError, text: str, path: Path) -> InputError:
        """Return `problem`, found in the expression `text`, with its place in the document."""
        where: Place | None = problem.where
        offset = None if where is None or where.column is None else where.column - 1
        width = 1 if where is None else where.width
        problem.where = self.source.place(path, text=text, offset=offset, width=width)
        return problem


RAMP_KEYS = ("from", "to", "start", "end")

_KINDS = ("steps", "ramp", "table")


def read_schedule(reading: Reading, value: object, words: Vocabulary) -> dict[str, ParameterPath]:
    """Return the plan of each parameter that changes in time.

    Raises
    ------
    InputError
        G110, G111, G117, G119 for its shape; V301 for a value that is not a finite number; V323 for times
        that do not increase.
    NameProblem
        G120 for an unknown parameter.
    """
    if value is None:
        return {}
    path: Path = ("schedule",)
    plans: dict[str, ParameterPath] = {}
    for name, item in reading.mapping(value, path, "`schedule`").items():
        here = (*path, name)
        if name not in words.parameters:
            what = (
                "a shorthand; schedule the parameters it is made of" if name in words.lets else "no parameter"
            )
            raise reading.unknown(
                "G120",
                f"`{name}` under `schedule` is {what}",
                here,
                name=name,
                known=list(words.parameters),
                key=True,
            )
        plans[name] = _read_plan(reading, item, here, name)
    return plans


def _read_plan(reading: Reading, value: object, path: Path, name: str) -> ParameterPath:
    what = f"the schedule of {name}"
    given = reading.mapping(value, path, what)
    reading.only(given, path, _KINDS, what)
    if len(given) != 1:
        raise reading.fault(
            "G119",
            f"{what} holds {len(given)} plans; one of {', '.join(f'`{k}`' for k in _KINDS)} is needed",
            path,
        )
    kind, content = next(iter(given.items()))
    here = (*path, kind)
    if kind == "ramp":
        return _read_ramp(reading, content, here, name)
    read: Literal["steps", "table"] = "steps" if kind == "steps" else "table"
    points = []
    items = reading.items(content, here, f"`{kind}` of {name}")
    if not items:
        raise reading.fault(
            "G119", f"`{kind}` of {name} is empty; it holds pairs of a time and a value", here
        )
    for i, item in enumerate(items):
        pair = reading.items(item, (*here, i), f"a point of `{kind}` of {name}", hint="write [time, value]")
        if len(pair) != 2:
            raise reading.fault(
                "G119",
                f"a point of `{kind}` of {name} holds {len(pair)} numbers; 2 are needed",
                (*here, i),
                hint="write [time, value]",
            )
        time = reading.number(pair[0], (*here, i, 0), f"a time of {name}")
        points.append((time, reading.number(pair[1], (*here, i, 1), f"the value of {name}")))
    for i, (one, following) in enumerate(itertools.pairwise(points)):
        if one[0] >= following[0]:
            raise _not_rising(reading, name, one[0], following[0], (*here, i + 1, 0))
    return ParameterPath(read, tuple(points))


def _read_ramp(reading: Reading, value: object, path: Path, name: str) -> ParameterPath:
    what = f"the ramp of {name}"
    given = reading.mapping(value, path, what)
    reading.only(given, path, RAMP_KEYS, what)
    found = {}
    for key in RAMP_KEYS:
        if given.get(key) is None:
            raise reading.fault("G111", f"{what} needs `{key}`", path, key=True)
        found[key] = reading.number(given[key], (*path, key), f"`{key}` in {what}")
    if found["start"] >= found["end"]:
        raise _not_rising(reading, name, found["start"], found["end"], (*path, "end"))
    return ParameterPath("ramp", ((found["start"], found["from"]), (found["end"], found["to"])))


def _not_rising(reading: Reading, name: str, first: Fraction, then: Fraction, path: Path) -> Exception:
    again = "again" if first == then else f"after {decimal_text(first)}"
    return reading.fault(
        "V323",
        f"in the schedule of {name} the time {decimal_text(then)} comes {again}; times rise",
        path,
        hint="sort the points by time, and give each time once",
    )


def schedule_document(plans: Mapping[str, ParameterPath]) -> dict[str, Any]:
    """Return the section `schedule` of a game file: the inverse of `read_schedule`."""
    document: dict[str, Any] = {}
    for name, plan in plans.items():
        if plan.kind == "ramp":
            (start, low), (end, high) = plan.points
            document[name] = {"ramp": {"from": low, "to": high, "start": start, "end": end}}
        else:
            document[name] = {plan.kind: [list(point) for point in plan.points]}
    return document
