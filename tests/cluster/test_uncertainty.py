"""How sure totals are, and what they are totals of: intervals that hold, and statements that say so."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, park, write
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.uncertainty import monte_carlo_total, spread_of_total
from separatrix_cluster.completeness.completeness import completeness_of

IPCC = DESCRIPTION.replace("cn-guideline", "ipcc-2006")
DOUBTS = "enterprise,year,carrier,amount,unit,uncertainty\n"


def account(folder: Path, description: str = DESCRIPTION, **tables: str) -> CarbonAccounts:
    """Return the accounts of a folder made of these tables."""
    return carbon_accounts(park(folder, description, **tables))


def test_heating_value_and_carbon_content_add_in_squares(tmp_path: Path) -> None:
    """Bituminous coal: NCV 25.8 (19.9 to 30.5), carbon 25.8 (24.4 to 27.2): ±21.3 %, not ±25.8 %."""
    books = account(tmp_path, IPCC, energy=ENERGY + "E01,2023,bituminous_coal,1000,t\n")
    (factor,) = books.factors
    value = 25.8 * 25.8 / 1000 * 44 / 12
    below = math.hypot(1 - 19.9 / 25.8, 1 - 24.4 / 25.8)
    above = math.hypot(30.5 / 25.8 - 1, 27.2 / 25.8 - 1)
    assert factor["low"] == pytest.approx(value * (1 - below))
    assert factor["high"] == pytest.approx(value * (1 + above))
    spread = spread_of_total(books, 2023)
    assert (spread.high - spread.low) / 2 / spread.total == pytest.approx((below + above) / 2)
    assert (below + above) / 2 == pytest.approx(0.2126, abs=5e-4)


@pytest.mark.parametrize("doubt", [40, 70, 100])
def test_no_bound_is_negative(tmp_path: Path, doubt: int) -> None:
    """Above 30 % the interval is lognormal, of the stated mean and variance; both routes agree on it."""
    books = account(tmp_path, energy=DOUBTS + f"E01,2023,diesel,100,t,{doubt} %\n")
    spread = spread_of_total(books, 2023)
    sigma = math.sqrt(math.log(1 + (doubt / 100 / 1.959964) ** 2))
    middle = math.log(spread.total) - sigma**2 / 2
    assert spread.low == pytest.approx(math.exp(middle - 1.959964 * sigma), rel=1e-5)
    assert spread.high == pytest.approx(math.exp(middle + 1.959964 * sigma), rel=1e-5)
    assert 0 < spread.low < spread.total < spread.high and "lognormal" in str(spread.why)
    drawn = monte_carlo_total(books, 2023, draws=40_000, seed=1)
    assert drawn.low == pytest.approx(spread.low, rel=0.05)
    assert drawn.high == pytest.approx(spread.high, rel=0.05)


def test_small_doubts_stay_even_on_both_sides(tmp_path: Path) -> None:
    """At 30 % and below the normal distribution holds."""
    spread = spread_of_total(account(tmp_path, energy=DOUBTS + "E01,2023,diesel,100,t,30 %\n"), 2023)
    assert spread.high - spread.total == pytest.approx(spread.total - spread.low)
    assert spread.high == pytest.approx(1.3 * spread.total) and spread.why is None


def test_an_interval_that_is_not_known_is_null_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In totals, in lines and in factors: no one takes 'not stated' for 'exact'."""
    from separatrix_cluster.cli.accounting import account as command

    command(str(write(tmp_path, energy=ENERGY + "E01,2023,diesel,1,t\n")), format="json")
    answer = json.loads(capsys.readouterr().out)
    total = answer["totals"]["2023"]
    assert (total["low"], total["high"]) == (None, None) and "not known" in total["why"]
    assert answer["lines"][0]["half_width_95"] is None
    assert (answer["factors"][0]["low"], answer["factors"][0]["high"]) == (None, None)


def test_what_totals_are_of_is_said(tmp_path: Path) -> None:
    """Fuels by CO2, CH4 and N2O and by net calorific value; gases by their GWP; biogenic CO2 apart."""
    books = account(
        tmp_path,
        IPCC,
        energy=ENERGY + "E01,2023,wood,100,t\nE01,2022,diesel,1,t\n",
        emissions="enterprise,year,kind,amount,unit,gas\nE02,2023,process,1,t,CH4\n",
    )
    wood = 100 * 15.6 * 30.5 / 1000 * 44 / 12
    assert books.biogenic_total(2023) == pytest.approx(wood) and books.biogenic_total(2022) == 0
    said = [str(s) for s in books.statements(2023)]
    # 1,560 GJ of wood: 30 kg CH4 and 4 kg N2O a TJ, by the GWP of AR5
    assert f"are {1.56 * (30 * 28 + 4 * 265) / 1000:.2f} t CO2e" in said[0]
    assert [w for w in ("CH4 and N2O", "net calorific", "GWP", "biogenic") if any(w in s for s in said)] == [
        "CH4 and N2O",
        "net calorific",
        "GWP",
        "biogenic",
    ]
    assert not any("GWP" in str(s) or "biogenic" in str(s) for s in books.statements(2022))
    found = books.to_dict()
    assert found["biogenic_t_co2"] == {"2022": 0, "2023": pytest.approx(wood)}
    assert {f["heating_value"] for f in found["factors"]} == {"net"}


def test_a_document_says_what_totals_are_of(tmp_path: Path) -> None:
    """In both languages, below the table of years."""
    from separatrix.languages import language_of
    from separatrix.writers.registry import write as written_as
    from separatrix_cluster.documents.accounts import account_document

    read = park(tmp_path, IPCC, energy=ENERGY + "E01,2023,wood,100,t\nE01,2023,diesel,1,t\n")
    books = carbon_accounts(read)
    whole = completeness_of(read, books)
    for lang, words in (("en", "net calorific value"), ("zh", "低位发热量")):
        document = account_document(read, whole, language_of(lang))
        assert words in written_as(document, "md", "x").content.decode()


def test_an_interval_says_which_share_of_the_total_it_rests_on(tmp_path: Path) -> None:
    """A doubt of a tenth of the coal leaves nine tenths as if they were exact."""
    rows = "enterprise,year,carrier,amount,unit,uncertainty\nE01,2023,raw_coal,10,t,0.05\n"
    read = park(tmp_path, energy=rows + "E02,2023,raw_coal,90,t,\n")
    spread = spread_of_total(carbon_accounts(read), 2023)
    assert spread.low < spread.total < spread.high and "10 % of the total" in str(spread.why)


def test_an_uncertainty_of_0_is_stated(tmp_path: Path) -> None:
    """Rows that say 0 are exact, and count among those whose uncertainty is stated."""
    rows = "enterprise,year,carrier,amount,unit,uncertainty\n"
    rows += "E01,2023,raw_coal,10,t,{}\nE02,2023,raw_coal,90,t,0\n"
    exact = spread_of_total(carbon_accounts(park(tmp_path / "a", energy=rows.format(0))), 2023)
    assert exact.low == exact.high and "stated are 0" in str(exact.why)
    spread = spread_of_total(carbon_accounts(park(tmp_path / "b", energy=rows.format(0.05))), 2023)
    assert spread.high / spread.total == pytest.approx(1.005) and spread.why is None
