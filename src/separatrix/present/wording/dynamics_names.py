"""What dynamics are called, in the reader's language."""

from __future__ import annotations

from separatrix.present.languages import Language

__all__ = ["dynamics_in_words"]


def dynamics_in_words(kind: str, words: Language) -> str:
    """Return the name of a kind of dynamics, one of `separatrix.dynamics.fields.KINDS`.

    Examples
    --------
    >>> from separatrix.present.languages import language_of
    >>> dynamics_in_words("smith", language_of("en")), dynamics_in_words("logit", language_of("zh"))
    ('Smith dynamics', 'Logit 动态')
    """
    return {
        "replicator": words.DYNAMICS_REPLICATOR,
        "payoff-adjusted": words.DYNAMICS_PAYOFF_ADJUSTED,
        "replicator-mutator": words.DYNAMICS_MUTATOR,
        "smith": words.DYNAMICS_SMITH,
        "bnn": words.DYNAMICS_BNN,
        "logit": words.DYNAMICS_LOGIT,
        "best-response": words.DYNAMICS_BEST_RESPONSE,
    }[kind]
