"""Common parts of all documents: their frame, the certainty of an answer, the evidence for a number, a
state, a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from separatrix.document.document import Block, Document, Paragraph, line
from separatrix.document.numbers import readable
from separatrix.game.model import Game
from separatrix.game.populations import scenario_name
from separatrix.languages import Language

__all__ = ["basis_in_words", "certainty", "document_in", "scenario_words", "state_words"]


def document_in(
    words: Language, title: str, subtitle: str | None, blocks: Iterable[Block], *, floating: bool = False
) -> Document:
    """Return a document in a language: its writers choose fonts and add words of their own by it."""
    return Document(title, subtitle or "", tuple(blocks), words.code, words.names, floating=floating)


def basis_in_words(basis: str, words: Language) -> str:
    """Return the evidence for a number, one of `separatrix.game.model.BASES`, in the reader's language.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> basis_in_words("literature", language_of("en")), basis_in_words("assumed", language_of("zh"))
    ('from literature', '假设')
    """
    return {
        "measured": words.BASIS_MEASURED,
        "literature": words.BASIS_LITERATURE,
        "assumed": words.BASIS_ASSUMED,
    }[basis]


def certainty(how_sure: str, words: Language) -> Paragraph:
    """Return how sure an answer is, as a paragraph."""
    return Paragraph(line(words.BASINS_SURE.format(how_sure=words.capital(words.tell(how_sure)))))


def state_words(places: int, shares: Sequence[str], state: Sequence[float]) -> str:
    """Return the share of each strategy at a state, to some decimals."""
    return ", ".join(f"{s}\u00a0=\u00a0{readable(v, places)}" for s, v in zip(shares, state, strict=True))


def scenario_words(game: Game, scenario: str | None, words: Language) -> str:
    """Return which scenario an answer is about, in the language of the game; nothing where there is none."""
    return "" if scenario is None else words.SCENARIO.format(scenario=scenario_name(game, scenario))
