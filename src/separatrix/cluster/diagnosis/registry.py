"""The four difficulties of Shi & Chen (2018), section 3.1, each by the rules of its indicators.

Low understanding, extensive growth, a place at the low end of the chain, weak technology and innovation.
"""

from __future__ import annotations

from collections.abc import Mapping

from separatrix.cluster.diagnosis import growth, place, technology, understanding
from separatrix.cluster.diagnosis.indicator import DifficultyName, Rule

__all__ = ["DIFFICULTIES"]

DIFFICULTIES: Mapping[DifficultyName, tuple[Rule, ...]] = {
    "understanding": understanding.RULES,
    "growth": growth.RULES,
    "place": place.RULES,
    "technology": technology.RULES,
}
