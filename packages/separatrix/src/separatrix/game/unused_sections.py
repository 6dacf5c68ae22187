"""Sections that are read, checked for their shape and kept, and that later verbs will use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from separatrix.game.document_reading import QUOTE_HINT, Reading, Vocabulary
from separatrix.game.model import Population
from separatrix.io.plain_values import as_text
from separatrix.io.source import Path

__all__ = [
    "CLAIM_LISTS",
    "LATER_SECTIONS",
    "read_later",
]

LATER_SECTIONS = ("published", "starts")

_ANY_CLAIM = ("scenario", "when", "note", "where")

CLAIM_LISTS: Mapping[str, tuple[str, ...]] = {
    "rest_points": ("id", "at", *_ANY_CLAIM),
    "stability": ("at", "label", "ess", "eigenvalues", "stable_when", *_ANY_CLAIM),
    "regimes": ("stable", *_ANY_CLAIM),
    "outcomes": ("from", "to", *_ANY_CLAIM),
    "thresholds": ("parameter", "equals", "value", *_ANY_CLAIM),
    "curves": ("zero_of", "equals", *_ANY_CLAIM),
    "effects": ("parameter", "on", "sign", *_ANY_CLAIM),
}
"""Under `published`, the lists of claims and the keys that a claim may have."""


def read_later(
    reading: Reading, document: Mapping[str, Any], populations: tuple[Population, ...], words: Vocabulary
) -> tuple[str, ...]:
    """Check the shape of the sections in `LATER_SECTIONS` and return the names of those present."""
    present = tuple(s for s in LATER_SECTIONS if document.get(s) is not None)
    for section in present:
        _CHECKS[section](reading, document[section], populations, words)
    return present


# --------------------------------------------------------------------------- starts


def _check_starts(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> None:
    if isinstance(value, Mapping):
        entries: list[tuple[str | int, Any]] = [*reading.mapping(value, ("starts",), "`starts`").items()]
    else:
        entries = [*enumerate(reading.items(value, ("starts",), "`starts`"))]
    for key, state in entries:
        reading.state(state, ("starts", key), populations, f"the start `{key}`")


# --------------------------------------------------------------------------- what a paper claims


def _check_published(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> None:
    path: Path = ("published",)
    given = reading.mapping(value, path, "`published`")
    reading.only(given, path, (*CLAIM_LISTS, "replicator", "jacobian", "complete", "note"), "`published`")
    for key, section in given.items():
        here = (*path, key)
        if section is None:
            continue
        if key in CLAIM_LISTS:
            for i, claim in enumerate(reading.items(section, here, f"`{key}`")):
                what = f"a claim under `{key}`"
                reading.only(reading.mapping(claim, (*here, i), what), (*here, i), CLAIM_LISTS[key], what)
        elif key == "replicator":
            for share, claim in reading.mapping(section, here, "`replicator`").items():
                _check_claim(reading, claim, (*here, share))
        elif key == "jacobian":
            for i, row in enumerate(reading.items(section, here, "`jacobian`")):
                for j, claim in enumerate(reading.items(row, (*here, i), "a row of `jacobian`")):
                    _check_claim(reading, claim, (*here, i, j))
        elif key == "complete":
            for name, truth in reading.mapping(section, here, "`complete`").items():
                if not isinstance(truth, bool):
                    raise reading.fault("G110", f"`{name}` must be true or false", (*here, name))


def _check_claim(reading: Reading, value: object, path: Path) -> None:
    """An expression as printed: a text, a number, or a mapping that holds it as LaTeX."""
    if isinstance(value, Mapping):
        reading.only(reading.mapping(value, path, "a claim"), path, ("latex", *_ANY_CLAIM), "a claim")
    elif as_text(value) is None and not isinstance(value, float):
        raise reading.fault("G110", "a claim must be an expression", path, hint=QUOTE_HINT)


_CHECKS: Mapping[str, Callable[[Reading, object, tuple[Population, ...], Vocabulary], None]] = {
    "published": _check_published,
    "starts": _check_starts,
}
