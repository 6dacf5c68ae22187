"""Sums that may be published: every pair of a neighbour who reckons and an enterprise is gone through."""

from __future__ import annotations

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from separatrix.serve.park.keeping.disclosure import (
    FEWEST,
    PROTECTION,
    difference_is_safe,
    is_safe,
    merged,
)

AMOUNTS = st.floats(0, 1000).map(lambda x: round(x, 1))
PARKS = st.lists(st.tuples(AMOUNTS, AMOUNTS, st.sampled_from("xyz")), min_size=1, max_size=9)


def can_be_reckoned(values: list[float]) -> bool:
    """Whether somebody who knows one value comes nearer to another one than the protection allows."""
    total = sum(values)
    return any(
        total - mine - yours < PROTECTION * yours * (1 - 1e-9) for mine, yours in permutations(values, 2)
    )


@given(st.lists(AMOUNTS, max_size=7))
def test_a_sum_is_safe_where_nobody_can_reckon_anybody(values: list[float]) -> None:
    """The rule on the two largest says what going through all pairs says."""
    if is_safe(values):
        assert len(values) >= FEWEST and sum(values) > 0 and not can_be_reckoned(values)
    elif len(values) >= FEWEST and sum(values) > 0:
        largest = sorted(values, reverse=True)
        assert sum(largest[2:]) < PROTECTION * largest[0]


@given(PARKS)
def test_no_sum_of_groups_tells_of_an_enterprise(rows: list[tuple[float, float, str]]) -> None:
    """All unions of groups that are published, differences from the total among them, are safe as well."""
    table = {f"E{k}": row[:2] for k, row in enumerate(rows)}
    groups: dict[str, list[str]] = {}
    for k, row in enumerate(rows):
        groups.setdefault(row[2], []).append(f"E{k}")
    found = merged(table, groups)
    if found is None:
        assert not all(is_safe(column) for column in zip(*table.values(), strict=True))
        return
    assert sorted(m for members in found.values() for m in members) == sorted(table)
    for size in range(1, len(found) + 1):
        for chosen in combinations(found.values(), size):
            members = [m for group in chosen for m in group]
            for quantity in range(2):
                assert not can_be_reckoned([table[m][quantity] for m in members])


def test_groups_that_cannot_stand_alone_are_merged_and_never_the_only_one_left_out() -> None:
    """One small sector beside two large ones would be the total less these; so the smaller joins it."""
    table = {name: [value] for name, value in zip("abcdefgh", (9, 8, 7, 60, 50, 40, 3, 2), strict=True)}
    found = merged(table, {"glass": "abc", "steel": "def", "paper": "gh"})
    assert found == {"steel": ("d", "e", "f"), "": ("a", "b", "c", "g", "h")}


def test_degenerate_parks_are_told_apart() -> None:
    """Nobody, one, two, nobody with anything, and one who has almost all."""
    assert merged({}, {}) is None
    for values in ([5.0], [5.0, 5.0], [0.0, 0.0, 0.0], [1000.0, 5.0, 5.0]):
        table = {f"E{k}": [v] for k, v in enumerate(values)}
        assert merged(table, {"": list(table)}) is None
    assert merged({"a": [5.0], "b": [5.0], "c": [5.0]}, {"s": "abc"}) == {"s": ("a", "b", "c")}


@given(PARKS, st.sets(st.integers(0, 8)), AMOUNTS)
def test_two_publications_differ_by_what_could_be_published(
    rows: list[tuple[float, float, str]], corrected: set[int], more: float
) -> None:
    """What has changed within a group is nothing, or a sum in which nobody can be reckoned."""
    before = {f"E{k}": row[:2] for k, row in enumerate(rows)}
    now = {f"E{k}": (row[0] + more * (k in corrected), row[1]) for k, row in enumerate(rows)}
    changed = [now[m][0] - before[m][0] for m in before if now[m] != before[m]]
    safe = difference_is_safe(now, before, {"": list(before)})
    assert safe == (not changed or is_safe(changed))


def test_who_joins_or_leaves_alone_would_be_the_difference() -> None:
    """One more, one less, or one corrected value is refused; three of a kind are not."""
    park = {name: [10.0] for name in "abcdef"}
    everybody = {"": "abcdefghi"}
    assert difference_is_safe(park, park, everybody)
    for changed in (park | {"g": [7.0]}, {m: v for m, v in park.items() if m != "a"}, park | {"a": [11.0]}):
        assert not difference_is_safe(changed, park, everybody)
        assert not difference_is_safe(park, changed, everybody)
    assert difference_is_safe(park | {m: [7.0] for m in "ghi"}, park, everybody)
    assert not difference_is_safe(park | {m: [7.0] for m in "ghi"}, park, {"1": "abcg", "2": "defhi"})
