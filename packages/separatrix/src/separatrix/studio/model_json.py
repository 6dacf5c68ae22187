"""A game as the page reads it; the TypeScript side of this contract is ``web/src/model.ts``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from separatrix import __version__
from separatrix.analysis.results import Analysis
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.model import AdvantageForm, Game, ProfileTable, ReplicatorForm
from separatrix.game.reader import load
from separatrix.game.values import expand
from separatrix.io.yaml_output import decimal_text
from separatrix.languages import LANGUAGES, language_of
from separatrix.run.results import fingerprint
from separatrix.studio.formulas_json import formulas_json, variant_formulas_json
from separatrix.studio.page_model import PageModel
from separatrix.studio.tree_json import condition_json, tree_json

__all__ = ["model_json"]


def model_json(model: PageModel) -> dict[str, Any]:
    """Return a game and its answer in symbols as plain data, with the same content each time.

    Parameters
    ----------
    model : PageModel
        As `separatrix.studio.page_model.page_model` returns it.

    Returns
    -------
    dict
        What JSON can hold; the contract with the page is ``web/src/model.ts``.

    Raises
    ------
    InputError
        Where a formula cannot be written.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.studio.page_model import page_model
    >>> data = model_json(page_model(load("shi-chen-2018")))
    >>> data["populations"][0]["shares"], data["answer"]["points"][0]["id"]
    (['x'], 'E1')
    """
    game, played = model.game, model.played
    return {
        "schema": 1,
        "version": __version__,
        "hash": fingerprint(game),
        **_catalogue_and_file_name(game),
        "title": game.title,
        "source": game.source,
        "populations": [
            {
                "name": p.name,
                "share": p.share,
                "shares": list(p.shares),
                "free": list(p.free_shares),
                "strategies": [{"id": s.id, "name": s.name} for s in p.strategies],
            }
            for p in game.populations
        ],
        "parameters": [
            {
                "name": p.name,
                "meaning": p.meaning,
                "unit": p.unit,
                "value": _number(p.value),
                "range": None if p.range is None else [_number(v) for v in p.range],
                "fixed": p.name in model.fixed,
            }
            for p in game.parameters.values()
        ],
        "instruments": [
            {
                "name": i.name,
                "meaning": i.meaning,
                "unit": i.unit,
                "strategy": i.strategy,
                "idle": _number(i.idle),
                "range": None if i.range is None else [_number(v) for v in i.range],
                "changes": {n: tree_json(e) for n, e in sorted(i.changes.items())},
                "cost": {n: tree_json(e) for n, e in sorted(i.cost.items())},
            }
            for i in game.instruments.values()
        ],
        "scenarios": [
            {"name": n, "values": {k: _number(v) for k, v in values.items()}}
            for n, values in game.scenarios.items()
        ],
        "today": None if game.today is None else {k: _number(v) for k, v in game.today.items()},
        "assume": [{"condition": condition_json(c), "text": text} for c, text in model.assumptions],
        "speeds": [tree_json(s) for s in model.speeds],
        "time_unit": game.time_unit,
        "scheduled": sorted(game.schedule),
        "emissions": None if played.emissions is None else tree_json(expand(played, played.emissions)),
        "payoffs": [[tree_json(u) for u in row] for row in model.payoffs],
        **_variants(model),
        "form": {ProfileTable: "profiles", AdvantageForm: "advantages", ReplicatorForm: "replicator"}.get(
            type(game.form), "other"
        ),
        "balanced": model.balanced,
        "refused": {c: language_of(c).tell(model.refused) for c in LANGUAGES if model.refused},
        "axes": None if model.axes is None else list(model.axes),
        "answer": None if model.answer is None else _answer(model.answer),
        "texts": {
            language: {
                "title": t.title,
                "source": t.source,
                "names": dict(t.names),
                "meanings": dict(t.meanings),
                "units": dict(t.units),
                "scenarios": dict(t.scenarios),
            }
            for language, t in game.translations.items()
        },
        "formulas": formulas_json(model),
    }


def _catalogue_and_file_name(game: Game) -> dict[str, str | None]:
    """Return what the game is called in the catalogue, if this is its content, and as a file."""
    file = re.split(r"[\\/]", game.origin)[-1] or "game"
    slug = file.removesuffix(".yaml")
    known = slug in catalogue_slugs() and fingerprint(load(slug)) == fingerprint(game)
    return {"catalogue": slug if known else None, "file": file if "." in file else f"{file}.yaml"}


def _variants(model: PageModel) -> dict[str, Any]:
    if not model.variants:
        return {}
    return {
        "variants": [
            {
                "fixed": {name: _number(value) for name, value in fixed.items()},
                "payoffs": [[tree_json(u) for u in row] for row in payoffs],
                "formulas": variant_formulas_json(model, fixed),
            }
            for fixed, payoffs in model.variants
        ]
    }


def _number(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def _answer(answer: Analysis) -> dict[str, Any]:
    return {
        "definitions": [[name, tree_json(e)] for name, e in answer.definitions.items()],
        "points": [
            {
                "id": p.id,
                "support": [list(played) for played in p.support],
                "exact": None if p.exact is None else [tree_json(e) for e in p.exact],
            }
            for p in answer.rest_points
        ],
    }
