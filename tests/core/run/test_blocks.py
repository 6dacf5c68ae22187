"""Blocks are whole or not there, whatever happens to the disk or the process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix import InputError
from separatrix.run.block_store import BlockFolder, Tiling, seed_at
from separatrix.run.columns import (
    Column,
    Damaged,
    Numbers,
    Shares,
    Total,
    WordColumn,
    decoded,
    encoded,
    words_of,
)
from separatrix.run.files import replacing

SHAPES = st.lists(st.integers(1, 7), min_size=1, max_size=4)


def columns() -> dict[str, Column]:
    """Return one column of each kind."""
    return {
        "time": Numbers(np.array([1.5, np.nan, -2.0])),
        "stable": words_of(["a|b", None, "none"]),
        "basin": Shares(
            np.array([[0.25, 0.75], [np.nan] * 2, [1.0, 0.0]]), ("x", "y"), np.array([1, 0, 1]) > 0
        ),
    }


@given(SHAPES, st.integers(1, 60))
def test_tiles_cover_every_point_once(shape: list[int], points: int) -> None:
    """Whatever the tiles are, each point is in one of them, none is larger than asked, and in grid order."""
    tiling = Tiling.of(shape, points)
    met = []
    for k in range(len(tiling)):
        places = np.stack(tiling.places(k), axis=-1)
        assert len(places) == tiling.points_in(k) <= points
        met += [tiling.at(place) for place in places]
    assert met == list(range(tiling.size))


def test_a_block_comes_back_as_it_was() -> None:
    """Numbers, words and shares survive being written, to the last bit."""
    back = decoded(encoded(columns(), "run", 4), "run", 4)
    time, stable, basin = back["time"], back["stable"], back["basin"]
    assert isinstance(time, Numbers) and isinstance(stable, WordColumn) and isinstance(basin, Shares)
    np.testing.assert_array_equal(time.values, [1.5, np.nan, -2.0])
    assert [stable.words[k] if k >= 0 else None for k in stable.codes] == ["a|b", None, "none"]
    np.testing.assert_array_equal(basin.values, [[0.25, 0.75], [np.nan] * 2, [1.0, 0.0]])
    assert basin.names == ("x", "y") and basin.known.tolist() == [True, False, True]


@given(st.data())
def test_no_damage_goes_unnoticed(data: st.DataObject) -> None:
    """A block that was cut off anywhere, or in which one byte changed, is not read."""
    content = encoded(columns(), "run", 4)
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    for bad in (content[:place], bytes(changed)):
        with pytest.raises(Damaged):
            decoded(bad, "run", 4)


def test_a_block_of_another_run_is_not_read() -> None:
    """Neither the block of another run, nor another block of this one, is taken for it."""
    content = encoded(columns(), "run", 4)
    for run, number in (("other", 4), ("run", 5)):
        with pytest.raises(Damaged):
            decoded(content, run, number)


def test_a_folder_goes_on_where_it_was(tmp_path: Path) -> None:
    """Finished blocks are found again; damaged and missing ones are missing; the first tiles stay."""
    first = BlockFolder.opened(tmp_path / "parts", Tiling.of((3, 4), 4), {"model": "a"})
    for k in range(3):
        first.put(k, encoded({"x": Numbers(np.zeros(4))}, first.run, k))
    first.file(1).write_bytes(first.file(1).read_bytes()[:-3])
    first.release()
    again = BlockFolder.opened(tmp_path / "parts", Tiling.of((3, 4), 100), {"model": "a"})
    assert again.tiling == first.tiling
    assert again.missing() == [1]


def test_blocks_of_another_run_are_refused_kindly(tmp_path: Path) -> None:
    """The message says what differs, and nothing is touched."""
    first = BlockFolder.opened(
        tmp_path / "parts", Tiling.of((3,), 1), {"model": "a", "axes": {"C1": "0:1:3"}}
    )
    first.put(0, encoded({}, first.run, 0))
    first.release()
    with pytest.raises(InputError, match=r'axes: \{"C1": "0:1:3"\}, now \{"C1": "0:2:3"\}') as problem:
        BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 1), {"model": "a", "axes": {"C1": "0:2:3"}})
    assert problem.value.code == "D673"
    assert first.missing() == [1, 2]


def test_one_process_at_a_time_works_on_a_folder(tmp_path: Path) -> None:
    """A second run is told that another one is at work; when that is gone it may go on."""
    first = BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 1), {"model": "a"})
    with pytest.raises(InputError, match="another process is at work") as problem:
        BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 1), {"model": "a"})
    assert problem.value.code == "D673"
    first.release()
    assert BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 1), {"model": "a"}).missing() == [0, 1, 2]


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        "{}",
        "[" * 9000,
        '{"format": 1}',
        '{"format": 1, "described": {"model": "a"}}',
        '{"format": 1, "described": {"model": "a"}, "shape": [3], "tile": 7}',
        '{"format": 1, "described": {"model": "a"}, "shape": [3, 3], "tile": [1, 1]}',
        '{"format": 1, "described": {"model": "a"}, "shape": [3], "tile": [0]}',
        '{"format": 1, "described": {"model": "a"}, "shape": [true], "tile": [1.5]}',
    ],
    ids=range(10),
)
def test_a_damaged_description_of_a_run_costs_its_blocks_and_nothing_else(
    damaged: str, tmp_path: Path
) -> None:
    """Where the manifest cannot be read the run begins anew, and says no untruth."""
    first = BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 1), {"model": "a"})
    first.put(0, encoded({}, first.run, 0))
    first.release()
    (tmp_path / "parts" / "manifest.json").write_text(damaged, "utf-8")
    again = BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 3), {"model": "a"})
    assert again.tiling.tile == (3,)
    assert again.missing() == [0]


def test_only_its_own_files_are_removed(tmp_path: Path) -> None:
    """What somebody keeps in the folder of blocks stays, and the folder with it."""
    folder = BlockFolder.opened(tmp_path / "parts", Tiling.of((3,), 1), {})
    folder.put(0, encoded({}, folder.run, 0))
    (tmp_path / "parts" / "notes.txt").write_text("mine", "utf-8")
    folder.remove()
    assert [file.name for file in (tmp_path / "parts").iterdir()] == ["notes.txt"]


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    """A write that fails half-way leaves what was there, and nothing beside it."""
    target = tmp_path / "answer"
    target.write_text("old", "utf-8")
    with pytest.raises(RuntimeError), replacing(target) as temporary:
        temporary.write_text("ne", "utf-8")
        raise RuntimeError
    assert [(file.name, file.read_text("utf-8")) for file in tmp_path.iterdir()] == [("answer", "old")]


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_points_have_seeds_of_their_own(first: int, second: int) -> None:
    """Two points, or two purposes at one point, share no seed."""
    assert (seed_at(3, first, "a") == seed_at(3, second, "a")) == (first == second)
    assert seed_at(3, first, "a") != seed_at(3, first, "b") != seed_at(4, first, "b")


def test_totals_know_what_no_block_names() -> None:
    """An outcome that one block does not name has the share 0 there."""
    total = Total()
    total.add(Shares(np.array([[0.5]]), ("x",), np.array([True])).summary())
    total.add(Shares(np.array([[1.0]]), ("y",), np.array([True])).summary())
    assert total.range_of("x") == (0.0, 0.5) and total.range_of("y") == (0.0, 1.0)
