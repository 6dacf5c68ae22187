"""The JSON Schema of game files, for editors that check while one types.

It describes shapes and keys. The reader checks the rest: that a name in a payoff is declared, that no
profile is missing, that a range is not reversed.
"""

from __future__ import annotations

from typing import Any

from separatrix.expression.parser import MAX_CHARACTERS
from separatrix.expression.tree import FUNCTIONS
from separatrix.game.distributions import uncertain_schema
from separatrix.game.documents import RAMP_KEYS
from separatrix.game.model import BASES, PAYERS, POLICY_STRATEGIES, TIME_UNITS
from separatrix.game.payoff_forms import FORMS
from separatrix.game.populations import CLAIM_LISTS, LANGUAGE, MAX_STRATEGIES
from separatrix.game.reader import NOTES

__all__ = ["json_schema"]

Schema = dict[str, Any]

_IDENTIFIER = r"^[^\W\d]\w*$"


def _closed(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    """Return the schema of a mapping that has no other keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
        **more,
    }


def _map(values: Schema, **more: Any) -> Schema:
    return {"type": "object", "additionalProperties": values, **more}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _optional(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def json_schema() -> Schema:
    """Return the schema of a game file (JSON Schema, draft 2020-12).

    Examples
    --------
    >>> json_schema()["properties"]["format"]
    {'description': 'The version of the format.', 'const': 1}
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A game for separatrix",
        "description": "Who plays, what they may do, what it pays.",
        "type": "object",
        "properties": {**_about(), **_payoffs(), **_later()},
        "oneOf": [{"required": [form]} for form in FORMS],
        "additionalProperties": False,
        "$defs": _definitions(),
    }


def _about() -> Schema:
    population = _closed(
        {
            "name": _ref("name"),
            "share": _optional(_ref("identifier")),
            "strategies": _optional(_list(_ref("strategy"), minItems=1, maxItems=MAX_STRATEGIES)),
        },
        ["name"],
    )
    return {
        "format": {"description": "The version of the format.", "const": 1},
        "title": {"description": "What the game is about.", **_ref("text")},
        "source": {"description": "Whom to cite.", **_optional(_ref("text"))},
        "populations": {
            "description": "Who plays; `share` names the fraction that plays the first strategy.",
            **_optional(_list({"anyOf": [population, {"type": "string", "minLength": 1}]}, minItems=1)),
        },
        "parameters": {
            "description": "Every symbol of the payoffs.",
            **_optional(_map(_ref("parameter"), propertyNames=_ref("identifier"))),
        },
        "let": {
            "description": "Shorthands for expressions.",
            **_optional(_map(_ref("expression"), propertyNames=_ref("identifier"))),
        },
        "assume": {
            "description": "What always holds; proofs may use it.",
            **_optional({"anyOf": [_ref("condition"), _list(_ref("condition"))]}),
        },
        "scenarios": {
            "description": "Other values, under a name.",
            **_optional(_map(_optional(_map(_ref("number"))))),
        },
        "today": {"description": "Today's state.", **_optional(_ref("state"))},
        "translations": {
            "description": "What people read, in other languages: for each what differs.",
            **_optional(_map(_optional(_translation()), propertyNames={"pattern": LANGUAGE})),
        },
        **{key: {"description": "A note for people."} for key in NOTES},
    }


def _translation() -> Schema:
    text, name = _optional(_ref("text")), _optional(_ref("name"))
    return _closed(
        {
            "title": text,
            "source": text,
            "names": {"description": "Of populations and strategies.", **_optional(_map(name))},
            "meanings": {"description": "Of parameters.", **_optional(_map(text))},
            "units": {"description": "Of parameters, by unit.", **_optional(_map(text))},
            "scenarios": {"description": "Names of scenarios.", **_optional(_map(name))},
        }
    )


def _payoffs() -> Schema:
    matrix = _list(_list(_ref("expression"), minItems=1), minItems=1)
    pair = _list(_ref("expression"), minItems=2, maxItems=2)
    return {
        "payoffs": {
            "description": "One entry for each combination of strategies.",
            **_list(
                _closed(
                    {
                        "play": _list(_ref("name"), minItems=1),
                        "pay": _list(_ref("expression"), minItems=1),
                    },
                    ["play", "pay"],
                ),
                minItems=1,
            ),
        },
        "payoff_matrix": {"description": "One population against itself.", **matrix},
        "bimatrix": {
            "description": "Two populations: each entry holds both payoffs.",
            **_list(_list(pair, minItems=1), minItems=1),
        },
        "payoff_matrices": {
            "description": "'A,B' is what A earns when it meets B.",
            **_map(matrix, minProperties=1),
        },
        "payoff_functions": {
            "description": "For each population and strategy a payoff that may use the shares.",
            **_map(_map(_ref("expression"), minProperties=2), minProperties=1),
        },
        "advantages": {
            "description": "For each share the payoff of the first strategy minus that of the second.",
            **_map(_ref("expression"), minProperties=1),
        },
        "replicator": {
            "description": "For each share its rate of change.",
            **_map(_ref("expression"), minProperties=1),
        },
        "group": {
            "description": "A game among `size` players; k counts the cooperators among the others.",
            **_closed(
                {"size": _ref("expression"), "payoff": _map(_ref("expression"), minProperties=2)},
                ["size", "payoff"],
            ),
        },
    }


def _later() -> Schema:
    claim = {
        "anyOf": [
            _ref("scalar"),
            {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(("latex", "scenario", "when", "note", "where"), True),
            },
        ]
    }
    claims = {
        name: _optional(
            _list({"type": "object", "additionalProperties": False, "properties": dict.fromkeys(keys, True)})
        )
        for name, keys in CLAIM_LISTS.items()
    }
    published = _closed(
        {
            **claims,
            "replicator": _optional(_map(claim)),
            "jacobian": _optional(_list(_list(claim))),
            "complete": _optional(_map({"type": "boolean"})),
            "note": True,
        }
    )
    return {
        "published": {"description": "What a paper claims.", **_optional(published)},
        "starts": _optional({"anyOf": [_map(_ref("state")), _list(_ref("state"))]}),
        "speeds": {
            "description": "How fast each population changes; 1 if not given.",
            **_optional(_map(_ref("expression"))),
        },
        "time_unit": {
            "description": "What a unit of time is, where the speeds are in it.",
            "enum": [*TIME_UNITS, None],
        },
        "schedule": {
            "description": "How parameters change in time.",
            **_optional(_map(_ref("plan"), propertyNames=_ref("identifier"))),
        },
        "instruments": {
            "description": "What policy can do; the key is also the name of its level.",
            **_optional(_map(_ref("instrument"), propertyNames=_ref("identifier"))),
        },
        "in_force": {
            "description": "The instruments whose levels are parameters of this game.",
            **_optional(_list(_ref("name"))),
        },
        "emissions": {
            "description": "Of all together per unit of time; may use shares.",
            **_optional(_ref("expression")),
        },
    }


def _plan() -> Schema:
    points = _list(_list(_ref("number"), minItems=2, maxItems=2), minItems=1)
    ramp = _closed({key: _ref("number") for key in RAMP_KEYS}, list(RAMP_KEYS))
    return _closed(
        {
            "steps": {"description": "[time, value]: each value holds until the next time.", **points},
            "ramp": {"description": "From one value to another, in a straight line.", **ramp},
            "table": {"description": "[time, value]: straight lines in between.", **points},
        },
        minProperties=1,
        maxProperties=1,
    )


def _definitions() -> Schema:
    reserved = [*FUNCTIONS, "True", "False", "None", "and", "or", "not"]
    parameter = _closed(
        {
            "value": _optional(_ref("number")),
            "latex": _optional(_ref("text")),
            "meaning": _optional(_ref("text")),
            "unit": _optional(_ref("text")),
            "range": _optional(_list(_ref("number"), minItems=2, maxItems=2)),
            "uncertain": _optional(uncertain_schema(_ref("number"))),
            "basis": {"description": "The evidence for the value.", "enum": [*BASES, None]},
            "interval": {
                "description": "What holds the value as far as is known.",
                **_optional(_list(_ref("number"), minItems=2, maxItems=2)),
            },
            "source": {"description": "Where value and interval come from.", **_optional(_ref("text"))},
        }
    )
    instrument = _closed(
        {
            "changes": {
                "description": "What it makes of each parameter.",
                **_map(_ref("expression"), minProperties=1),
            },
            "cost": {
                "description": "Per unit of time, of the public purse or of each payer.",
                "anyOf": [
                    _ref("expression"),
                    _closed(dict.fromkeys(PAYERS, _ref("expression"))),
                    {"type": "null"},
                ],
            },
            "range": _optional(_list(_ref("number"), minItems=2, maxItems=2)),
            "idle": {"description": "The level at which it does nothing.", **_optional(_ref("number"))},
            "meaning": _optional(_ref("text")),
            "unit": _optional(_ref("text")),
            "latex": _optional(_ref("text")),
            "strategy": {"enum": [*POLICY_STRATEGIES, None]},
        },
        ["changes"],
    )
    return {
        "instrument": instrument,
        "text": {"type": ["string", "number", "boolean"]},
        "scalar": {"type": ["string", "number", "boolean"]},
        "name": {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 200},
        "identifier": {
            "type": "string",
            "pattern": _IDENTIFIER,
            "maxLength": 200,
            "not": {"enum": reserved},
        },
        "strategy": {
            "anyOf": [
                _ref("name"),
                _closed({"id": {"type": ["string", "number"]}, "name": _ref("name")}, minProperties=1),
            ]
        },
        "number": {
            "description": "A number, or a text such as '1/3'.",
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": "[0-9]", "maxLength": MAX_CHARACTERS},
            ],
        },
        "expression": {
            "description": "A number or an expression; quote it if it holds , [ ] { } or starts with - or *.",
            "anyOf": [{"type": "number"}, {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS}],
        },
        "condition": {"type": "string", "pattern": "[<>=≤≥≠＜＞＝]", "maxLength": MAX_CHARACTERS},
        "plan": _plan(),
        "parameter": {"anyOf": [{"type": "null"}, _ref("number"), parameter]},
        "state": _map(_ref("number")),
    }
