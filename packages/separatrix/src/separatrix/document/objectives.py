"""What programmes are judged by, as headings and on axes."""

from __future__ import annotations

from separatrix.languages import Language

__all__ = ["objective_words"]


def objective_words(name: str, words: Language) -> str:
    """Return an objective as a heading."""
    return {
        "public_cost": words.PARETO_PUBLIC,
        "enterprise_cost": words.PARETO_ENTERPRISES,
        "welfare": words.PARETO_WELFARE,
        "tonnes_avoided": words.PARETO_AVOIDED,
        "time": words.PARETO_TIME,
        "probability": words.PARETO_PROBABILITY,
        "cooperation": words.PARETO_COOPERATION,
    }[name]
