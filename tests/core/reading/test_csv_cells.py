"""CSV files as cells: plain ones are read at once, others row by row, and both ways tell the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from separatrix.errors import InputError
from separatrix.io import csv as module
from separatrix.io.cells import Cells, EvenRows
from separatrix.io.csv import csv_cells

TEXT = st.text(st.sampled_from("ab1,;\t#.- \u3000\x0c\x1cé水\\'"), max_size=5)


def read(path: Path) -> Cells | str:
    """Return the cells of a file, or the code of its error."""
    try:
        return csv_cells(path)
    except InputError as problem:
        return problem.code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.lists(TEXT, min_size=1, max_size=4).map(",".join), max_size=6), st.sampled_from(["", "\n"])
)
def test_both_ways_of_reading_tell_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], end: str
) -> None:
    """Whatever the cells hold: comments, blanks of every kind, separators; rows empty or of any length."""
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + end, encoding="utf-8", newline="")
    found = read(path)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_even_rows", lambda *_: None)
        assert read(path) == found


def test_a_plain_file_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No list of each row is made of it; a single quote is enough for the other way."""
    monkeypatch.setattr(module, "_rows", lambda *_: pytest.fail("row by row"))
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1, 2\n3,4 \n", encoding="utf-8")
    found = csv_cells(path)
    assert (found.header, found.columns, found.rows) == (("a", "b"), (("1", "3"), ("2", "4")), [2, 3])
    path.write_text('a,b\n1,"2"\n', encoding="utf-8")
    with pytest.raises(pytest.fail.Exception):
        csv_cells(path)


def test_rows_kept_as_one_list_are_a_sequence_of_rows() -> None:
    """By place, from the end, as a part, and by column."""
    rows = EvenRows(list("abcdef"), 2)
    assert [*rows] == [["a", "b"], ["c", "d"], ["e", "f"]] and rows[-1] == ["e", "f"] and len(rows) == 3
    assert [*rows[1:]] == [["c", "d"], ["e", "f"]] and rows[1:].columns() == [("c", "e"), ("d", "f")]
    assert rows[3:].columns() == [(), ()] and not rows[3:]
