"""The symbols of a game: parameters, and the shorthands made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from separatrix.expression.tree import Expression, Name, names_in
from separatrix.game.distribution_reading import read_uncertain
from separatrix.game.document_reading import Reading, Vocabulary
from separatrix.game.model import BASES, Parameter
from separatrix.io.source import Path
from separatrix.sentences import say

__all__ = ["read_lets", "read_parameters"]

_PARAMETER_KEYS = (
    "value",
    "latex",
    "meaning",
    "unit",
    "range",
    "uncertain",
    "basis",
    "interval",
    "source",
)


def read_parameters(reading: Reading, value: object, shares: frozenset[str]) -> dict[str, Parameter]:
    if value is None:
        return {}
    path: Path = ("parameters",)
    parameters: dict[str, Parameter] = {}
    for name, item in reading.mapping(value, path, "`parameters`").items():
        here = (*path, name)
        reading.identifier(name, here, "a parameter", key=True)
        if name in shares:
            raise reading.fault(
                "G114",
                say("`{name}` is a share and cannot be a parameter too", name=name),
                here,
                key=True,
                hint=say("rename one of the two"),
            )
        line = reading.source.line(here)
        if item is None:
            parameters[name] = Parameter(name, line=line)
        elif isinstance(item, Mapping):
            parameters[name] = _read_parameter(reading, name, item, here, line)
        else:
            number = reading.number(item, here, f"the value of {name}")
            parameters[name] = Parameter(name, number, line=line)
    return parameters


def _read_parameter(
    reading: Reading, name: str, item: Mapping[str, Any], path: Path, line: int | None
) -> Parameter:
    reading.only(
        reading.mapping(item, path, f"the parameter {name}"), path, _PARAMETER_KEYS, f"the parameter {name}"
    )

    def note(key: str) -> str | None:
        return (
            None
            if item.get(key) is None
            else reading.text(item[key], (*path, key), f"`{key}` of {name}").strip()
        )

    value = item.get("value")
    limits = item.get("range")
    uncertain = item.get("uncertain")
    interval = item.get("interval")
    return Parameter(
        name,
        value=None if value is None else reading.number(value, (*path, "value"), f"the value of {name}"),
        latex=note("latex"),
        meaning=note("meaning"),
        unit=note("unit"),
        range=None if limits is None else reading.interval(limits, (*path, "range"), f"the range of {name}"),
        uncertain=None
        if uncertain is None
        else read_uncertain(reading, uncertain, (*path, "uncertain"), name),
        basis=_read_basis(reading, note("basis"), (*path, "basis"), name),
        interval=None if interval is None else _read_interval(reading, interval, (*path, "interval"), name),
        source=note("source"),
        line=line,
    )


def _read_basis(reading: Reading, basis: str | None, path: Path, name: str) -> str | None:
    if basis is None or basis in BASES:
        return basis
    raise reading.unknown(
        "G125",
        say(
            "the basis of {name} is `{basis}`; one of {names} was expected",
            name=name,
            basis=basis,
            names=", ".join(BASES),
        ),
        path,
        name=basis,
        known=BASES,
    )


def _read_interval(reading: Reading, value: object, path: Path, name: str) -> tuple[Fraction, Fraction]:
    items = reading.items(value, path, f"the interval of {name}")
    if len(items) != 2:
        raise reading.fault(
            "G119",
            say("the interval of {name} holds {count} numbers; 2 are needed", name=name, count=len(items)),
            path,
        )
    low, high = (reading.number(item, (*path, i), f"the interval of {name}") for i, item in enumerate(items))
    if low > high:
        raise reading.fault(
            "V310",
            say("the interval of {name} is upside down: from {low} to {high}", name=name, low=low, high=high),
            path,
            hint=say("write [lowest, highest]"),
        )
    return low, high


def read_lets(
    reading: Reading, value: object, words: Vocabulary
) -> tuple[dict[str, Expression], frozenset[str]]:
    if value is None:
        return {}, frozenset()
    path: Path = ("let",)
    given = reading.mapping(value, path, "`let`")
    for name in given:
        reading.identifier(name, (*path, name), "a shorthand", key=True)
        if name in words.parameters or name in words.shares:
            kind = "a parameter" if name in words.parameters else "a share"
            raise reading.fault(
                "G114",
                say("`{name}` is {kind} and cannot be a shorthand too", name=name, kind=kind),
                (*path, name),
                key=True,
            )
    everything = replace(words, lets=dict.fromkeys(given, Name("")))
    expressions = {
        name: reading.expression(item, (*path, name), everything, f"the shorthand `{name}`")
        for name, item in given.items()
    }
    ordered = _in_order(reading, expressions)
    moving: set[str] = set()
    for name, expression in ordered.items():
        if any(n in words.shares or n in moving for n in names_in(expression)):
            moving.add(name)
    return ordered, frozenset(moving)


def _in_order(reading: Reading, expressions: dict[str, Expression]) -> dict[str, Expression]:
    """Sort shorthands so that each uses earlier ones only (depth first, without recursion)."""
    uses = {name: [n for n in names_in(e) if n in expressions] for name, e in expressions.items()}
    ordered: dict[str, Expression] = {}
    for root in expressions:
        trail: list[tuple[str, list[str]]] = [(root, list(uses[root]))] if root not in ordered else []
        while trail:
            name, pending = trail[-1]
            following = next((n for n in pending if n not in ordered), None)
            if following is None:
                ordered[name] = expressions[name]
                trail.pop()
                continue
            open_names = [n for n, _ in trail]
            if following in open_names:
                circle = [*open_names[open_names.index(following) :], following]
                raise reading.fault(
                    "S013",
                    say("shorthands go round in a circle: {names}", names=" → ".join(circle)),
                    ("let", following),
                    key=True,
                )
            trail.append((following, list(uses[following])))
    return ordered
