"""The four difficulties of Shi & Chen (2018), section 3.1, each by the rules of its indicators.

Low understanding, extensive growth, a place at the low end of the chain, weak technology and innovation.
"""

from __future__ import annotations

from collections.abc import Mapping

from separatrix_cluster.diagnosis import awareness as low_carbon_awareness
from separatrix_cluster.diagnosis import extensive_growth, value_chain_position
from separatrix_cluster.diagnosis import innovation as innovation_capacity
from separatrix_cluster.diagnosis.indicator import DifficultyName, Rule

__all__ = ["DIFFICULTIES"]

DIFFICULTIES: Mapping[DifficultyName, tuple[Rule, ...]] = {
    "understanding": low_carbon_awareness.RULES,
    "growth": extensive_growth.RULES,
    "place": value_chain_position.RULES,
    "technology": innovation_capacity.RULES,
}
