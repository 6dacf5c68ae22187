"""One name for one rest point throughout a report: the cases take the names of the general list.

Each analysis counts its rest points by itself, so E9 in symbols and E9 in a case need not be the same state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from separatrix.analysis.result import Analysis, RestPoint, RestSet

__all__ = ["named_alike"]


def named_alike(case: Analysis, general: Analysis) -> Analysis:
    """Return `case` with the identifiers that its rest points and rest sets have in `general`.

    What is played tells which is which, where just one point (or set) of either list is played so.  Others
    get numbers that `general` does not use.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("wang-2023")
    >>> general = separatrix.analyze(game, symbolic=True)
    >>> case = separatrix.analyze(game, scenario="stage-4")
    >>> case.rest_points[8].id, named_alike(case, general).rest_points[8].id
    ('E9', 'E11')
    """
    points = _names(case.rest_points, general.rest_points, "E")
    sets = _names(case.rest_sets, general.rest_sets, "S")
    names = {**points, **sets}
    components = tuple(
        replace(c, pieces=tuple(sorted((names.get(p, p) for p in c.pieces), key=_order)))
        for c in case.rest_components
    )
    return replace(
        case,
        rest_points=tuple(sorted((replace(p, id=points[p.id]) for p in case.rest_points), key=_place)),
        rest_sets=tuple(sorted((replace(s, id=sets[s.id]) for s in case.rest_sets), key=_place)),
        rest_components=components,
    )


def _names(
    case: Sequence[RestPoint | RestSet], general: Sequence[RestPoint | RestSet], letter: str
) -> Mapping[str, str]:
    alone = _alone(general)
    unique = set(_alone(case))
    fresh = 1 + max((int(item.id[1:]) for item in general), default=0)
    names: dict[str, str] = {}
    for item in case:
        known = alone.get(item.support) if item.support in unique else None
        if known is None:
            known, fresh = f"{letter}{fresh}", fresh + 1
        names[item.id] = known
    return names


def _alone(items: Iterable[RestPoint | RestSet]) -> Mapping[tuple[tuple[str, ...], ...], str]:
    """Return what is played -> identifier, where one item alone is played so."""
    listed = list(items)
    count = Counter(item.support for item in listed)
    return {item.support: item.id for item in listed if count[item.support] == 1}


def _order(name: str) -> tuple[str, int]:
    # A component lists its sets before the points that they join.
    return ("0" if name[0] == "S" else "1", int(name[1:]))


def _place(item: RestPoint | RestSet) -> int:
    return int(item.id[1:])
