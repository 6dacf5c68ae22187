"""What park standards ask for: streams by their names, green power, energy sold, processes, and gaps."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.frame.park_indicators import stream_category
from separatrix_cluster.frame.standards import Gap, Scorecard, scorecard

NOTICE = DESCRIPTION + "park_standard: cn-zero-carbon-park-2025\n"
FULL = "enterprise,year,carrier,amount,unit,use,supplier,market,market_factor\n"
STREAMS = "enterprise,stream,direction,amount,unit,reused,category\n"
EMISSIONS = "enterprise,year,kind,amount,unit,gas\n"
COAL, TCE = 20.908 * 0.02637 * 0.94 * 44 / 12, 29.307


def card_of(folder: Path, description: str = NOTICE, **tables: str) -> Scorecard:
    """Return the scorecard of a folder made of these tables."""
    read = park(folder, description + "complete: all\n", **tables)
    card = scorecard(read, carbon_accounts(read))
    assert card is not None
    return card


def gap_of(card: Scorecard, name: str) -> Gap:
    """Return the gap with an id."""
    return next(g for g in card.gaps if g.requirement.id == name)


# --------------------------------------------------------------------------- streams


@pytest.mark.parametrize(
    ("name", "dimension", "category"),
    [
        ("fly ash", "mass", "solid waste"),
        ("Blast-furnace slag", "mass", "solid waste"),
        ("waste gypsum", "mass", "solid waste"),
        ("plastic waste", "mass", "solid waste"),
        ("sewage sludge", "mass", "solid waste"),
        ("粉煤灰", "mass", "solid waste"),
        ("炉渣", "mass", "solid waste"),
        ("污泥", "mass", "solid waste"),
        ("wash water", "mass", "water"),
        ("wash water", "volume", "water"),
        ("waste water", "mass", "water"),
        ("wastewater", "volume", "water"),
        ("废水", "mass", "water"),
        ("中水", "volume", "water"),
        ("waste acid", "mass", ""),
        ("waste gas", "mass", ""),
        ("废气", "mass", ""),
        ("soda ash", "mass", ""),
        ("cashew shells", "mass", ""),
        ("石灰", "mass", ""),
        ("steam", "energy", "waste energy"),
        ("余热", "energy", "waste energy"),
        ("power", "energy", ""),
    ],
)
def test_streams_by_the_whole_words_of_their_names(name: str, dimension: str, category: str) -> None:
    """`wash water` has no ash in it, and what is wet or gaseous is no solid waste."""
    assert stream_category(name, dimension) == category


def test_a_category_that_is_declared_goes_first(tmp_path: Path) -> None:
    """Bone ash may be a product, whatever its name says."""
    rows = "E01,bone ash,offered,900,t,100 %,other\nE01,fly ash,offered,100,t,50 %,\n"
    rows += "E01,wash water,offered,5000,t,0 %,\n"
    card = card_of(tmp_path, energy=ENERGY + "E01,2023,diesel,1,t\n", streams=STREAMS + rows)
    assert gap_of(card, "solid-waste").found == pytest.approx(0.5)
    assert gap_of(card, "water").found == 0


@pytest.mark.parametrize(
    ("known", "verdict"), [("90 %", "cannot be told"), ("100 %", "met"), ("20 %", "not met")]
)
def test_a_stream_of_which_the_use_is_not_known_leaves_the_verdict_open(
    tmp_path: Path, known: str, verdict: str
) -> None:
    """Of 1,000 t the use of 150 is not known: 90 % of the rest is 76.5 to 91.5 % of all."""
    rows = f"E01,slag,offered,850,t,{known},\nE02,fly ash,offered,150,t,,\n"
    card = card_of(tmp_path, energy=ENERGY + "E01,2023,diesel,1,t\n", streams=STREAMS + rows)
    gap = gap_of(card, "solid-waste")
    assert gap.verdict == verdict
    assert (gap.why is not None) is (verdict == "cannot be told")


# --------------------------------------------------------------------------- green power


@pytest.mark.parametrize(
    ("generated", "verdict", "share"),
    [
        # 900 MWh that the coal may have made are not green
        ("E01,2023,electricity,900,MWh,generated,,,\n", "cannot be told", 0),
        # stated to be so
        ("E01,2023,electricity,900,MWh,generated,,,0\n", "met", 0.9),
        # of an enterprise that burns nothing
        ("E02,2023,electricity,900,MWh,generated,,,\n", "met", 0.9),
    ],
)
def test_power_that_coal_may_have_made_is_not_green(
    tmp_path: Path, generated: str, verdict: str, share: float
) -> None:
    """Beside it 100 MWh of the grid."""
    rows = "E01,2023,raw_coal,1000,t,,,,\nE02,2023,electricity,100,MWh,,,grid,\n" + generated
    read = park(tmp_path, NOTICE + "complete: all\n", energy=FULL + rows)
    books = carbon_accounts(read)
    card = scorecard(read, books)
    assert card is not None
    gap = gap_of(card, "green-power")
    assert (gap.verdict, gap.found) == (verdict, pytest.approx(share))
    warned = found(books.remarks, "K223")
    assert warned == ([("energy.csv", 4, "use", "warning")] if verdict == "cannot be told" else [])


# --------------------------------------------------------------------------- energy sold, processes


def test_energy_sold_outside_is_taken_off(tmp_path: Path) -> None:
    """Of 100,000 GJ of heat 40,000 stay inside; 60,000 GJ at 0.11 t/GJ go off, and their energy."""
    rows = "E01,2023,raw_coal,500000,t,,,,\nE01,2023,heat,100000,GJ,sold,,,\nE02,2023,heat,40000,GJ,,E01,,\n"
    gap = gap_of(card_of(tmp_path, energy=FULL + rows), "carbon-per-energy")
    energy = 500_000 * 20.908 - 60_000
    assert gap.found == pytest.approx((500_000 * COAL - 60_000 * 0.11) / (energy / TCE))
    assert any("6,600 t CO2" in str(said) for said in gap.beside)


def test_who_sells_more_than_it_uses_has_no_carbon_per_energy(tmp_path: Path) -> None:
    """A quotient of a negative amount says nothing."""
    rows = "E01,2023,raw_coal,10,t,,,,\nE01,2023,heat,100000,GJ,sold,,,\n"
    gap = gap_of(card_of(tmp_path, energy=FULL + rows), "clean-energy")
    assert gap.found == 0
    line = card_of(tmp_path / "b", energy=FULL + rows).gaps[0]
    assert line.verdict == "cannot be told" and "sold more energy" in str(line.why)


def test_the_notice_counts_process_emissions_and_shows_both(tmp_path: Path) -> None:
    """200,000 t of CO2 from clinker beside coal; methane of a process is none of its carbon."""
    emissions = "E01,2023,process,200000,t,CO2\nE01,2023,process,1000,t,CH4\n"
    card = card_of(
        tmp_path, energy=FULL + "E01,2023,raw_coal,500000,t,,,,\n", emissions=EMISSIONS + emissions
    )
    gap = gap_of(card, "carbon-per-energy")
    energy = 500_000 * 20.908 / TCE
    assert gap.found == pytest.approx((500_000 * COAL + 200_000) / energy)
    assert gap.other_way == pytest.approx(500_000 * COAL / energy)
    assert any("on which the verdict rests" in str(said) for said in gap.beside)
    hunan = card_of(
        tmp_path / "b",
        DESCRIPTION + "park_standard: cn-hunan-zero-carbon-park\n",
        energy=FULL + "E01,2023,raw_coal,500000,t,,,,\n",
        emissions=EMISSIONS + emissions,
    )
    other = gap_of(hunan, "carbon-per-energy")
    assert (other.found, other.other_way) == (pytest.approx(gap.other_way), pytest.approx(gap.found))


def test_a_verified_total_above_its_fuels_holds_processes(tmp_path: Path) -> None:
    """What was verified beyond what the fuels give is of processes; below it nothing is."""
    rows = FULL + "E01,2023,raw_coal,500000,t,,,,\n"
    gap = gap_of(
        card_of(tmp_path, energy=rows, emissions=EMISSIONS + "E01,2023,verified,1200000,t,\n"),
        "carbon-per-energy",
    )
    assert gap.found == pytest.approx(1_200_000 / (500_000 * 20.908 / TCE))
    low = gap_of(
        card_of(tmp_path / "b", energy=rows, emissions=EMISSIONS + "E01,2023,verified,5,t,\n"),
        "carbon-per-energy",
    )
    assert low.found == pytest.approx(500_000 * COAL / (500_000 * 20.908 / TCE)) and low.other_way is None


def test_a_park_too_small_for_a_core_requirement_is_told_what_that_means(tmp_path: Path) -> None:
    """Below 200,000 tce the notice sets none: neither met nor missed, with the figures for comparison."""
    card = card_of(tmp_path, energy=ENERGY + "E01,2023,raw_coal,1000,t\n")
    core = [g for g in card.gaps if g.requirement.kind == "core"]
    assert [g.verdict for g in core] == ["does not apply"] * 2
    assert "neither meet nor miss" in str(card.said[0])
    assert "2.66 tCO2/tce here, and at most 0.2 tCO2/tce" in str(card.said[1])
    large = card_of(tmp_path / "b", energy=ENERGY + "E01,2023,raw_coal,500000,t\n")
    assert large.said == ()
