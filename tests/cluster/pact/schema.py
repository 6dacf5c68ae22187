"""PACT's ProductFootprint 3.0 as published: `openapi_v3_0.yaml` of the PACT directory service, as it is.

It comes from github.com/wbcsd/pact-directory-service, commit eeba9c8, packages/pact-data-model/schemas, under
the MIT licence beside it.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Return the validator of one ProductFootprint; formats and the bounds of decimals are held to, too."""
    whole = yaml.safe_load(Path(__file__).with_name("openapi_v3_0.yaml").read_text(encoding="utf-8"))
    schemas = {name: _bounded(schema) for name, schema in whole["components"]["schemas"].items()}
    document = {"$ref": "#/components/schemas/ProductFootprint", "components": {"schemas": schemas}}
    return jsonschema.Draft202012Validator(document, format_checker=_formats())


def faults(record: Any) -> list[str]:
    """Return where and why the published schema refuses a record."""
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator().iter_errors(record)]


def _bounded(schema: Any) -> Any:
    """Turn the bounds that the file tells beside its decimals (`x-comment: '>= 0'`) into formats."""
    if isinstance(schema, list):
        return [_bounded(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _bounded(value) for name, value in schema.items()}
    if found.get("format") == "decimal" and isinstance(found.get("x-comment"), str):
        found["format"] = f"decimal {found['x-comment']}"
    return found


def _formats() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=["uuid"])

    @checker.checks("date-time")
    def _(value: object) -> bool:
        form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
        moment = isinstance(value, str) and re.fullmatch(form, value)
        try:
            return bool(moment) and datetime.fromisoformat(str(value)) is not None
        except ValueError:
            return False

    @checker.checks("urn")
    def _(value: object) -> bool:
        return (
            isinstance(value, str) and re.fullmatch(r"urn:[A-Za-z0-9-]{2,32}:[\x21-\x7e]+", value) is not None
        )

    for name, holds in (
        ("decimal", lambda number: True),
        ("decimal > 0", lambda number: number > 0),
        ("decimal >= 0", lambda number: number >= 0),
        ("decimal <= 0", lambda number: number <= 0),
    ):

        @checker.checks(name)
        def _(value: object, holds: Any = holds) -> bool:
            return isinstance(value, str) and bool(_DECIMAL.fullmatch(value)) and holds(float(value))

    return checker
