"""Answers of a bounded size."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from separatrix.mcp.tools import bounded, plain

LEAVES = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=900)
DATA = some.dictionaries(
    some.text(max_size=3),
    some.recursive(
        LEAVES, lambda parts: some.lists(parts, max_size=60) | some.dictionaries(some.text(max_size=3), parts)
    ),
    max_size=4,
)


@pytest.mark.parametrize("data", [{}, {"a": None}, {"a": []}, {"a": {}}])
def test_little_is_left_as_it_is(data: dict[str, Any]) -> None:
    """What is small enough is not touched, and nothing is said."""
    assert bounded(data) == (data, [])


@given(DATA)
def test_the_bound_holds_or_nothing_can_be_cut(data: dict[str, Any]) -> None:
    """What is kept is JSON of at most that size, unless it consists of short texts and lists of one item."""
    kept, told = bounded(plain(data), 3000)
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
    assert len(text) <= 3000 or told
    assert bounded(plain(data), 10**9) == (plain(data), [])


def test_the_longest_list_is_cut_and_whole_items_are_kept() -> None:
    """Of several lists the longest loses its end; the others stay."""
    points = [{"id": f"E{k}", "state": [k, k]} for k in range(500)]
    kept, told = bounded({"title": "many", "few": [1, 2], "points": points}, 2000)
    assert (kept["title"], kept["few"]) == ("many", [1, 2])
    assert kept["points"] == points[: len(kept["points"])]
    assert told == [f"points: the first {len(kept['points'])} of 500 are shown"]
    assert len(json.dumps(kept)) <= 2000


def test_a_long_text_is_cut() -> None:
    """A text loses its end, counted in characters."""
    kept, told = bounded({"text": "ab" * 5000}, 1000)
    assert kept["text"].startswith("abab")
    assert told == [f"text: the first {len(kept['text']):,} of 10,000 characters are shown"]
