"""The library's checks of a report, before anybody else sees it."""

from __future__ import annotations

import pytest

from separatrix_cluster.tables.description import Description
from separatrix_park.reporting.checks import Background, blocking, doubts, examination, examined
from separatrix_park.reporting.tables import Row, reported_table

PARK = Description("A park", grid_area="CN", money_factor=1e4, factor_set="cn-guideline")


def months(carrier: str, unit: str, *amounts: float) -> list[Row]:
    """Return a year of bills."""
    return [
        {"carrier": carrier, "unit": unit, "month": str(k), "amount": str(a)}
        for k, a in enumerate(amounts, 1)
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"carrier": "raw_coal", "amount": "much", "unit": "t"}, "amount"),
        ({"carrier": "raw_coal", "amount": "-3", "unit": "t"}, "amount"),
        ({"carrier": "raw_coal", "amount": "3", "unit": "parsec"}, "unit"),
        ({"carrier": "raw_coal", "amount": "3", "unit": "t", "use": "lent"}, "use"),
        ({"carrier": "raw_coal", "amount": "3", "unit": "t", "month": "13"}, "month"),
        ({"carrier": "raw_coal", "unit": "t"}, "amount"),
        ({"carrier": "raw_coal", "amount": "=1+1", "unit": "t"}, "amount"),
        ({"carrier": "heat", "amount": "3", "unit": "GJ", "supplier": "E77"}, "supplier"),
    ],
)
def test_what_cannot_be_read_is_an_error_at_its_cell(row: Row, column: str) -> None:
    """The error names the row and the column, and keeps the report from being submitted."""
    good = {"carrier": "diesel", "amount": "5", "unit": "t"}
    found = blocking(examined(reported_table("energy"), 2024, [good, row], Background(PARK, "E01")))
    assert {(f.row, f.column) for f in found} == {(1, column)}


def test_a_year_ten_times_the_one_before_is_a_doubt_of_that_year_alone() -> None:
    """The doubt is told of the report that raises it, and not of one that was there before."""
    before = {("energy", y): [{"carrier": "raw_coal", "amount": "1000", "unit": "t"}] for y in (2022, 2023)}
    park = Background(PARK, "E01", before=before)
    usual = [{"carrier": "raw_coal", "amount": "1050", "unit": "t"}]
    tenfold = [{"carrier": "raw_coal", "amount": "10500", "unit": "t"}]
    assert doubts(examined(reported_table("energy"), 2024, usual, park)) == []
    assert "K154" in {f.code for f in doubts(examined(reported_table("energy"), 2024, tenfold, park))}
    wrong = Background(PARK, "E01", before={**before, ("energy", 2021): tenfold})
    assert doubts(examined(reported_table("energy"), 2024, usual, wrong)) == []


def test_months_beside_the_whole_year_would_count_twice() -> None:
    """Both of one carrier are refused; of two carriers each may be told in its own way."""
    whole = [{"carrier": "raw_coal", "unit": "t", "amount": "9"}]
    both = examined(
        reported_table("energy"), 2024, [*whole, *months("raw_coal", "t", 4, 5)], Background(PARK, "E01")
    )
    assert "W243" in {f.code for f in blocking(both)}
    apart = examined(
        reported_table("energy"), 2024, [*whole, *months("heat", "GJ", 4, 5)], Background(PARK, "E01")
    )
    assert blocking(apart) == []


def test_months_of_a_year_that_is_not_over_are_no_doubt() -> None:
    """Of the year that runs a part is all there can be; of one that is over it is doubted."""
    before = {("energy", 2023): months("electricity", "MWh", *[100] * 12)}
    part = months("electricity", "MWh", 100, 100)
    over, running = (Background(PARK, "E01", before=before, running=year) for year in (2025, 2024))
    assert doubts(examined(reported_table("energy"), 2024, part, over))
    found = examined(reported_table("energy"), 2024, part, running)
    assert doubts(found) == []
    assert {f.severity for f in found} == {"note"}


def test_a_reason_holds_for_the_doubt_it_was_given_for() -> None:
    """The key of a doubt is the same as long as its figures are, and another one with others."""
    before = {("energy", y): [{"carrier": "raw_coal", "amount": "1000", "unit": "t"}] for y in (2022, 2023)}
    park = Background(PARK, "E01", before=before)
    keys = [
        {
            f.key
            for f in doubts(
                examined(
                    reported_table("energy"), 2024, [{"carrier": "raw_coal", "amount": a, "unit": "t"}], park
                )
            )
        }
        for a in ("10500", "10500", "90000")
    ]
    assert keys[0] == keys[1]
    assert keys[0] and keys[0].isdisjoint(keys[2])


def test_energy_is_counted_as_the_accounts_count_it() -> None:
    """Months and the year as a whole give the same; the sum is that of units by hand."""
    energy = reported_table("energy")
    park = Background(PARK, "E01")
    whole = [{"carrier": "electricity", "amount": "1200", "unit": "MWh"}]
    by_month = examination(energy, 2024, months("electricity", "MWh", *[100] * 12), park)
    beside = Background(PARK, "E01", before={("energy", 2023): whole})
    at_once = examination(energy, 2024, whole, beside)
    assert by_month.energy == pytest.approx(at_once.energy) == pytest.approx(1200 * 3.6)
    assert (by_month.energy_before, at_once.energy_before) == (None, pytest.approx(1200 * 3.6))
    assert examination(energy, 2024, [], park).energy is None


@pytest.mark.parametrize("rows", [[], [{"amount": "3"}], [{"use": "used"}] * 3])
def test_a_form_just_begun_is_no_fault_of_the_program(rows: list[Row]) -> None:
    """Rows without what a row needs end as findings, never as an exception."""
    found = examined(reported_table("energy"), 2024, rows, Background(PARK, "E01"))
    assert all(f.what for f in found)
    assert bool(blocking(found)) == any(rows)


OWN_FACTORS: tuple[Row, ...] = (
    {"carrier": "peat briquettes of here", "kind": "combustion", "factor": "1.6", "unit": "tCO2/t"},
)


def test_a_carrier_that_the_factors_of_the_park_alone_know_is_no_error() -> None:
    """The form counts with the same factors as the accounts; what is amiss in them is the office's matter."""
    peat = [{"carrier": "Peat briquettes of here", "amount": "5", "unit": "t"}]
    assert "K214" in {f.code for f in examined(reported_table("energy"), 2024, peat, Background(PARK, "E01"))}
    park = Background(PARK, "E01", factors=OWN_FACTORS)
    assert blocking(examined(reported_table("energy"), 2024, peat, park)) == []
    odd = Background(PARK, "E01", factors=(*OWN_FACTORS, {"carrier": "diesel", "factor": "lots"}))
    usual = [{"carrier": "heat", "amount": "5", "unit": "GJ"}]
    assert examined(reported_table("energy"), 2024, usual, odd) == examined(
        reported_table("energy"), 2024, usual, Background(PARK, "E01")
    )
