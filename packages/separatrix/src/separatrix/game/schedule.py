"""Reading and writing `schedule`: parameters that change in time, so that a policy can start and end."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

from separatrix.game.document_reading import Reading, Vocabulary
from separatrix.game.parameter_path import ParameterPath
from separatrix.io.plain_values import decimal_text
from separatrix.io.source import Path

__all__ = ["RAMP_KEYS", "read_schedule", "schedule_document"]

RAMP_KEYS = ("from", "to", "start", "end")

_KINDS = ("steps", "ramp", "table")


def read_schedule(reading: Reading, value: object, words: Vocabulary) -> dict[str, ParameterPath]:
    """Return the plan of each parameter that changes in time.

    Raises
    ------
    InputError
        G110, G111, G117, G119 for its shape; V301 for what is no finite number; V323 for times that do not
        rise.
    NameProblem
        G120 for a name that is no parameter.
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
