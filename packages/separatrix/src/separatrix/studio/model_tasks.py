"""What policy can do where the levers stand: the cheapest temporary programme, and tipping values.

What a page is given first: the game with its answer in symbols.
"""

from __future__ import annotations

from typing import Any

from separatrix.game.catalogue import catalogue
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.tipping.tipping import tipping_values
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model
from separatrix.studio.tasks import (
    Arguments,
    PlacedGame,
    Progress,
    in_every_language,
    not_understood,
    placed,
    texts_of,
)

__all__ = ["examples", "model", "programme", "tip"]

_SECONDS = 8.0
"""For the answer in symbols: a game of many strategies opens without the conditions that took longer."""


def model(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return a game as the page reads it."""
    return model_json(page_model(game, _SECONDS))


def examples(nothing: None, arguments: Arguments, progress: Progress) -> list[dict[str, str]]:
    """Return the catalogue, with titles in a language."""
    entries = catalogue(str(arguments.get("language") or "en"))
    return [{"name": e.slug, "size": e.size, "title": e.title, "source": e.short_source} for e in entries]


def programme(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return the cheapest temporary programme, as ``separatrix programme --temporary --format json`` has it.

    In addition to the positions of the levers, ``instruments`` names those that may be used, by default all
    that are idle; ``target`` is the id of a rest point; ``start`` has the text of each share; ``payer``,
    ``by`` and ``discount`` are as in the command. Only the command draws uncertain parameters.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = programme(load("shi-chen-2018"), {"instruments": ["subsidy"]}, lambda part: None)
    >>> answer["answer"], round(answer["programmes"][0]["cost"], 4)
    ('found', 2.4568)
    """
    there = placed(game, arguments)
    by, discount = (_number(arguments, key) for key in ("by", "discount"))
    found = temporary_programme(
        there.game,
        _instruments(arguments, there),
        _text(arguments, "target"),
        start=texts_of(arguments, "start") or None,
        payer=_text(arguments, "payer") or "public",
        horizon=by,
        discount=discount or 0.0,
        draws=0,
        **there.analysis_arguments,
    )
    notes = {f"note {k}": note for k, note in enumerate(found.notes)}
    return {**found.to_dict(), "told": in_every_language({"how_sure": found.how_sure, **notes})}


def tip(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return the tipping values of instruments, as ``separatrix tip --no-noise --format json`` has them.

    In addition to the positions of the levers, ``instruments`` names those to examine, by default all that
    are idle; ``target`` and ``start`` are as for `programme`.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = tip(load("shi-chen-2018"), {"instruments": ["subsidy"]}, lambda part: None)
    >>> answer["instruments"][0]["conditions"]["basin"]["tipping_value"]["value"]
    0.6283888881198499
    """
    there = placed(game, arguments)
    found = tipping_values(
        there.game,
        _instruments(arguments, there),
        target=_text(arguments, "target"),
        start=texts_of(arguments, "start") or None,
        noise=False,
        advance=lambda done, of: progress(done / of),
        **there.analysis_arguments,
    )
    sentences = {}
    for one in found.instruments:
        for condition in one.conditions:
            sentences[f"{one.name} {condition.name}"] = condition.how_sure
            if condition.shortfall is not None:
                sentences[f"{one.name} {condition.name} shortfall"] = condition.shortfall
    return {**found.to_dict(), "told": in_every_language(sentences)}


def _instruments(arguments: Arguments, there: PlacedGame) -> list[str]:
    names = arguments.get("instruments")
    if names is None:
        return [name for name in there.game.instruments if name not in there.game.in_force]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise not_understood("instruments")
    return names


def _text(arguments: Arguments, key: str) -> str | None:
    value = arguments.get(key)
    if value is None or isinstance(value, str):
        return value
    raise not_understood(key)


def _number(arguments: Arguments, key: str) -> float | None:
    text = _text(arguments, key)
    return None if text is None else float(exact(text, key))
