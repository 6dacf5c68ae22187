"""Sentences of an answer in every language: a page changes its language without a new request."""

from __future__ import annotations

from collections.abc import Mapping

from separatrix.languages import LANGUAGES, language_of

__all__ = ["in_every_language"]


def in_every_language(sentences: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the same sentences for each language, by the same keys.

    Examples
    --------
    >>> from separatrix.sentences import say
    >>> told = in_every_language({"E1": say("the game describes no instruments")})
    >>> told["en"]["E1"], sorted(told)
    ('the game describes no instruments', ['en', 'zh'])
    """
    return {
        code: {name: language_of(code).tell(sentence) for name, sentence in sentences.items()}
        for code in LANGUAGES
    }
