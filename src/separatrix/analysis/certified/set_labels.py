"""Labels of rest sets, and how they hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from separatrix.analysis.certified.explore import Exploration
from separatrix.analysis.certified.sets import Patch
from separatrix.analysis.result import RestComponent, RestPoint, RestSet
from separatrix.analysis.stability import Verdict

__all__ = ["Group", "components_of", "label_patch"]


@dataclass(frozen=True)
class Group:
    """A connected set of rest states: indices of patches and of points on their closures."""

    patches: tuple[int, ...]
    points: tuple[int, ...]

    def component(self, number: int, sets: Sequence[RestSet], points: Sequence[RestPoint]) -> RestComponent:
        """Return the component in the words of the output."""
        names = [sets[k].id for k in self.patches] + [points[k].id for k in self.points]
        return RestComponent(number, tuple(names), "undecided", None, "the set as a whole was not analysed")


def components_of(found: Exploration) -> list[Group]:
    """Return the connected sets of rest states, as far as shared points show."""
    return [Group((k,), ()) for k in range(len(found.patches))]


def label_patch(found: Exploration, patch: Patch) -> Verdict:
    """Return the label of the single states of a rest set."""
    return Verdict("undecided", "its states were not labelled")
