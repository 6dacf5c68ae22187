"""The four difficulties of Shi & Chen (2018), section 3.1, each by the rules of its indicators.

Low understanding, extensive growth, a place at the low end of the chain, weak technology and innovation.
"""

from __future__ import annotations

from collections.abc import Mapping

from separatrix.cluster.diagnosis import (
    extensive_growth,
    innovation_capacity,
    low_carbon_awareness,
    value_chain_position,
)
from separatrix.cluster.diagnosis.indicator import DifficultyName, Rule

__all__ = ["DIFFICULTIES"]

DIFFICULTIES: Mapping[DifficultyName, tuple[Rule, ...]] = {
    "understanding": low_carbon_awareness.RULES,
    "growth": extensive_growth.RULES,
    "place": value_chain_position.RULES,
    "technology": innovation_capacity.RULES,
}
