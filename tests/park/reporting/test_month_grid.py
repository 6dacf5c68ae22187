"""Bills month by month, one line a carrier."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from separatrix_park.reporting.forms import fits_grid, form_of_post, form_of_rows, grid_lines, rows_of_grid
from separatrix_park.reporting.tables import Row, reported_table


class Sent(dict[str, list[str]]):
    """What a browser sends."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        return self.get(key, [])


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "carrier": st.sampled_from(["raw_coal", "electricity", "steam"]),
            "amount": st.integers(0, 99).map(str),
        },
        optional={
            "unit": st.sampled_from(["t", "MWh"]),
            "month": st.integers(1, 12).map(str),
            "use": st.sampled_from(["used", "sold"]),
        },
    ),
    max_size=20,
)


def plain(rows: list[Row]) -> list[tuple[tuple[str, str], ...]]:
    """Return rows without their order."""
    return sorted(tuple(sorted(row.items())) for row in rows)


@given(ROWS)
def test_a_grid_loses_no_row_and_adds_none(rows: list[Row]) -> None:
    """Rows, as lines and back, are the same rows, second bills of a month among them."""
    assert fits_grid(rows)
    lines = grid_lines(rows)
    assert plain(rows_of_grid(lines)) == plain(rows)
    places = sorted(place for line in lines for place in line.places.values())
    assert places == list(range(len(rows)))


@given(ROWS)
def test_what_the_form_sends_back_is_what_it_showed(rows: list[Row]) -> None:
    """A report that is opened and saved without a change is unchanged."""
    table = reported_table("energy")
    for language in ("en", "zh"):
        form = form_of_rows(table, rows, language)
        sent = Sent(layout=[form.layout])
        for line in form.lines():
            for cell in line.cells:
                sent.setdefault(cell.name, []).append(cell.value)
        assert plain(list(form_of_post(table, sent, language).rows)) == plain(rows)


def test_quarters_stand_in_a_list() -> None:
    """A part of a year that is no month has no cell in the grid, and is not lost."""
    rows = [{"carrier": "heat", "month": "Q1", "amount": "3", "unit": "GJ"}]
    form = form_of_rows(reported_table("energy"), rows, "en")
    assert form.layout == "list"
    assert [cell.value for cell in form.lines()[0].cells if cell.name == "month"] == ["Q1"]
