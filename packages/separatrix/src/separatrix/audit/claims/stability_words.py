"""The words that papers use for stability, and what each of them claims.

``ESS`` is a claim about the game, the others are claims about the dynamics: they are kept apart here, as
only some games make them the same (Weibull 1995, Evolutionary game theory, sections 3.5 and 5.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["STABILITY_WORDS", "StabilityWord", "stability_word"]


class StabilityWord(NamedTuple):
    """What a word claims: a ``label`` of the dynamics, evolutionary stability, or neither."""

    label: str | None = None
    ess: bool | None = None


_BY_LABEL: Mapping[StabilityWord, tuple[str, ...]] = {
    StabilityWord("asymptotically stable"): (
        "asymptotically stable",
        "locally asymptotically stable",
        "globally asymptotically stable",
        "las",
        "gas",
        "sink",
        "stable node",
        "stable focus",
        "stable spiral",
        "attractor",
        "asymptotic stability",
        "渐近稳定",
        "渐进稳定",
        "渐近稳定点",
        "汇点",
    ),
    StabilityWord("stable"): (
        "stable",
        "stable point",
        "lyapunov stable",
        "locally stable",
        "stability",
        "neutrally stable",
        "stable state",
        "stable equilibrium",
        "稳定",
        "稳定点",
    ),
    StabilityWord("saddle"): ("saddle", "saddle point", "鞍点"),
    StabilityWord("source"): (
        "source",
        "unstable node",
        "unstable focus",
        "unstable spiral",
        "repeller",
        "repellor",
        "源点",
    ),
    StabilityWord("unstable"): (
        "unstable",
        "unstable point",
        "instability",
        "not stable",
        "instable",
        "unstable state",
        "unstable equilibrium",
        "instability point",
        "不稳定",
        "不稳定点",
    ),
    StabilityWord("centre"): (
        "centre",
        "center",
        "centre point",
        "center point",
        "central point",
        "中心",
        "中心点",
    ),
    StabilityWord("not asymptotically stable"): ("not asymptotically stable",),
    StabilityWord(ess=True): (
        "ess",
        "evolutionarily stable",
        "evolutionary stable",
        "evolutionarily stable strategy",
        "evolutionary stable strategy",
        "evolutionarily stable point",
        "evolutionary stable point",
        "evolutionarily stable state",
        "evolutionary stable state",
        "evolutionary stability",
        "演化稳定",
        "演化稳定策略",
        "演化稳定点",
        "进化稳定策略",
    ),
    StabilityWord(ess=False): ("not ess", "non ess", "no ess", "not an ess", "not evolutionarily stable"),
    StabilityWord(): (
        "undecided",
        "uncertain",
        "undetermined",
        "indeterminate",
        "unknown",
        "critical",
        "non hyperbolic",
        "nonhyperbolic",
        "critical point",
        "cannot be determined",
        "不确定",
        "无法确定",
    ),
}

STABILITY_WORDS: Mapping[str, StabilityWord] = {
    word: claimed for claimed, words in _BY_LABEL.items() for word in words
}
"""Every word that is understood, in small letters and without hyphens."""


def stability_word(text: str) -> StabilityWord | None:
    """Return what a word claims, or None for a word that is not understood.

    Examples
    --------
    >>> stability_word("Saddle-point").label, stability_word("ESS"), stability_word("saddle-node")
    ('saddle', StabilityWord(label=None, ess=True), None)
    """
    plain = re.sub(r"[\s\-_‐‑–]+", " ", text.strip().strip(".").lower())
    return STABILITY_WORDS.get(re.sub(r"^(a|an|the) ", "", plain))
