"""The JSON Schema of game files agrees with the reader."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jsonschema
import pytest

from core.game.every_form import FORMS
from separatrix.errors import SeparatrixError
from separatrix.game.catalogue import KINDS, Kind, template_text
from separatrix.game.catalogue_files import catalogue_path, catalogue_slugs
from separatrix.game.reader import load
from separatrix.game.schema import json_schema
from separatrix.io.yaml import parse_yaml, read_yaml

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def as_json(value: Any) -> Any:
    """Return exact numbers as JSON has them."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return float(value) if isinstance(value, Fraction) else value


def test_the_schema_is_one() -> None:
    """The schema itself is valid."""
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("slug", catalogue_slugs())
def test_the_catalogue_is_valid(slug: str) -> None:
    """Every game of the catalogue is valid by the schema."""
    VALIDATOR.validate(as_json(read_yaml(catalogue_path(slug))[0]))


def template() -> dict[str, Any]:
    """Return the template as data."""
    document: dict[str, Any] = as_json(parse_yaml(template_text())[0])
    return document


@pytest.mark.parametrize("kind", KINDS)
def test_the_templates_are_valid(kind: Kind) -> None:
    """Every template is valid by the schema and for the reader."""
    document = as_json(parse_yaml(template_text(kind))[0])
    VALIDATOR.validate(document)
    assert load(document).shares[0].startswith("x")


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_payoff_is_valid(name: str) -> None:
    """A game of any form is valid by the schema."""
    VALIDATOR.validate(FORMS[name])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(format=2),
        lambda d: d.update(payofs=[]),
        lambda d: d.pop("payoffs"),
        lambda d: d.update(payoff_matrix=[[1, 2], [3, 4]]),
        lambda d: d.update(populations=[]),
        lambda d: d["populations"][0].pop("name"),
        lambda d: d["populations"][0].update(strategies=[]),
        lambda d: d["populations"][0].update(share="1x"),
        lambda d: d["populations"][0].update(colour="red"),
        lambda d: d["parameters"].update({"2c": 1}),
        lambda d: d["parameters"].update(exp=1),
        lambda d: d["parameters"].update(c=[1]),
        lambda d: d["parameters"]["c"].update(valu=1),
        lambda d: d["parameters"]["c"].update(range=[1]),
        lambda d: d["parameters"]["c"].update(uncertain={"gaussian": [0, 1]}),
        lambda d: d["parameters"]["c"].update(uncertain={"uniform": [0, 1, 2]}),
        lambda d: d.update(assume=["c"]),
        lambda d: d.update(assume=[3]),
        lambda d: d["payoffs"][0].pop("pay"),
        lambda d: d["payoffs"][0].update(pay="c"),
        lambda d: d["payoffs"][0].update(pay=[["c"], 0]),
        lambda d: d["payoffs"][0].update(note="x"),
        lambda d: d["scenarios"].update(other=[1]),
        lambda d: d["scenarios"].update(other={"c": "big"}),
        lambda d: d.update(today=[0.2, 0.3]),
        lambda d: d.update(let={"P": [1]}),
        lambda d: d.update(published={"restpoints": []}),
        lambda d: d.update(published={"rest_points": [{"id": "O", "where_": 1}]}),
        lambda d: d.update(title=["a"]),
        lambda d: d.update(instruments=3),
        lambda d: d.update(instruments={"s": {}}),
        lambda d: d.update(instruments={"s": {"changes": {"c": 1}, "strategy": "state"}}),
        lambda d: d.update(instruments={"s": {"changes": {"c": 1}, "cost": {"state": 1}}}),
        lambda d: d.update(in_force=[["s"]]),
        lambda d: d.update(translations=["zh"]),
        lambda d: d.update(translations={"Chinese": {"title": "t"}}),
        lambda d: d.update(translations={"zh": {"titel": "t"}}),
        lambda d: d.update(translations={"zh": {"names": ["t"]}}),
        lambda d: d.update(translations={"zh": {"meanings": {"c": ["t"]}}}),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(spoil: Callable[[dict[str, Any]], Any]) -> None:
    """A spoilt game is refused by both."""
    document = copy.deepcopy(template())
    spoil(document)
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(SeparatrixError):
        load(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(note={"any": ["thing", 1]}, doi="10.1/2"),
        lambda d: d.update(source=None, let=None, scenarios=None, today=None, assume="c > 0"),
        lambda d: d["parameters"].update(
            q=None, r={}, s_="1/3", t={"value": "2/3", "uncertain": {"normal": [0, 1]}}
        ),
        lambda d: d["populations"][0].update(strategies=[{"id": "abate"}, {"name": "pollute"}]),
        lambda d: d.update(
            starts=[{"x": 0, "y": 1}],
            speeds={"x": 2},
            schedule={"c": {"steps": [[0, 1], ["5/2", 0]]}},
            instruments={
                "level": {
                    "changes": {"c": "c*(1 - level)"},
                    "cost": "level*c",
                    "range": [0, 1],
                    "idle": 0,
                    "strategy": "park",
                }
            },
            in_force=["level"],
            emissions="2 - x - level",
        ),
        lambda d: d.update(
            published={"replicator": {"x": "x(1-x)"}, "rest_points": [{"id": "O", "at": [0, 0]}]}
        ),
        lambda d: d.update(
            translations={
                "zh": {"title": "污染治理", "names": {"abate": "治污"}, "units": None},
                "pt-BR": {"meanings": {"c": None}, "scenarios": {"weak fine": 1}},
                "fr": None,
            }
        ),
    ],
)
def test_what_the_reader_takes_the_schema_takes(change: Callable[[dict[str, Any]], Any]) -> None:
    """Less common parts of the format are valid for both."""
    document = copy.deepcopy(template())
    change(document)
    VALIDATOR.validate(document)
    load(document)
