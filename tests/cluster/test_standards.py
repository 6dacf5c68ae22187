"""Park standards and the border adjustment."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, park, write
from separatrix.errors import SeparatrixError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.diagnosis.value_chain import border_exposure, goods_of, phase_in
from separatrix_cluster.frame.standards import scorecard, standard_named, standards
from separatrix_cluster.tables.panel import Cluster

# --------------------------------------------------------------------------- standards

OWN = "id: own\ntitle: Own\nsource: me\nverified: {v}\nindicators:\n"
LINE = "  - {{id: a, text: carbon, op: '{op}', value: {value}, measure: {measure}{more}}}\n"


def judged(folder: Path, line: str, energy: str, extra: str = "", **tables: str) -> tuple[str, float | None]:
    """Return verdict and number of a standard of one line."""
    cluster = written(folder, line, energy, extra, **tables)
    card = scorecard(cluster, carbon_accounts(cluster))
    assert card is not None
    return card.gaps[0].verdict, card.gaps[0].found


def written(folder: Path, line: str, energy: str, extra: str = "", **tables: str) -> Cluster:
    """Return a park with a standard of its own."""
    extra += "" if "complete:" in extra else "complete: all\n"
    write(folder, DESCRIPTION + "park_standard: own.yaml\n" + extra)
    (folder / "own.yaml").write_text(OWN.format(v="false") + line, encoding="utf-8")
    return park(folder, DESCRIPTION + "park_standard: own.yaml\n" + extra, energy=energy, **tables)


FULL = "enterprise,year,carrier,amount,unit,use,market,market_factor\n"


@pytest.mark.parametrize(
    ("tce", "condition", "verdict"),
    [
        (100, "energy < 100", "does not apply"),
        (100, "energy <= 100", "not met"),
        (100, "100 <= energy < 200", "not met"),
        (100, "100 < energy", "does not apply"),
        (200, "100 <= energy < 200", "does not apply"),
        (99, "energy >= 100", "does not apply"),
        (101, "energy > 100", "not met"),
    ],
)
def test_when_a_requirement_applies(tmp_path: Path, tce: int, condition: str, verdict: str) -> None:
    """Bounds belong to it or not as they are written."""
    line = LINE.format(op="<=", value=0.2, measure="carbon_per_energy", more=f", applies_if: '{condition}'")
    assert judged(tmp_path, line, FULL + f"E01,2023,raw_coal,{tce},tce,,,\n")[0] == verdict


@pytest.mark.parametrize(
    ("op", "value", "verdict"), [("<=", 1, "met"), (">=", 0.5, "met"), (">=", 0.6, "not met")]
)
def test_a_bound_that_is_met_exactly_is_met(tmp_path: Path, op: str, value: float, verdict: str) -> None:
    """Half of the power comes by a direct line without carbon."""
    energy = FULL + "E01,2023,electricity,5,MWh,,direct,0\nE02,2023,electricity,5,MWh,,grid,\n"
    line = LINE.format(op=op, value=value, measure="direct_green_power", more="")
    assert judged(tmp_path, line, energy) == (verdict, 0.5)


def test_a_verified_total_does_not_make_fuels_clean(tmp_path: Path) -> None:
    """Coal stays coal when a verified total takes the place of its carbon."""
    emissions = "enterprise,year,kind,amount,unit\nE01,2023,verified,5,t\nE01,2023,scope 2,1,t\n"
    energy = FULL + "E01,2023,raw_coal,100,t,,,\nE01,2023,electricity,1,MWh,,,\n"
    clean = LINE.format(op=">=", value=0.9, measure="clean_energy_share", more="")
    assert judged(tmp_path / "a", clean, energy, emissions=emissions) == ("not met", 0)
    per_energy = LINE.format(op="<=", value=0.2, measure="carbon_per_energy", more="")
    verdict, found = judged(tmp_path / "b", per_energy, energy, emissions=emissions)
    assert verdict == "not met" and found == pytest.approx(
        (190.0329 + 0.55) / (2090.8 + 3.6) * 29.307, rel=1e-4
    )


LISTED = "id,name\nE01,First\nE02,Second\n"
PART = "enterprise,year,carrier,amount,unit,market,market_factor\n"


def test_gaps_leave_a_verdict_open(tmp_path: Path) -> None:
    """E02's coal of 2024 is missing: with 100 tce of it 2.664 t/tce, and 2.35 with none of it."""
    energy = PART + "E01,2023,raw_coal,50,tce,,\nE02,2023,raw_coal,100,tce,,\n"
    energy += "E01,2024,raw_coal,50,tce,,\nE01,2024,natural_gas,50,tce,,\nE02,2024,natural_gas,1,tce,,\n"
    line = LINE.format(op="<=", value=2.4, measure="carbon_per_energy", more=", unit: t")
    line += LINE.format(op="<=", value=9, measure="carbon_per_energy", more=", applies_if: 'energy < 150'")
    line = line.replace("{id: a", "{id: b", 1)
    read = written(tmp_path, line, energy, "complete: [2023]\n", enterprises=LISTED)
    card = scorecard(read, carbon_accounts(read), year=2024, target_year=2030)
    assert card is not None and card.yearly_cut is None
    first, second = card.gaps
    assert first.verdict == "cannot be told" and first.why is not None and "between" in str(first.why)
    assert first.low == first.found and first.found is not None and first.found < 2.4 < (first.high or 0)
    # 101 tce are counted, and with about 100 more it is beyond 150.
    assert second.verdict == "cannot be told" and "applies" in str(second.why)
    sure = scorecard(read, carbon_accounts(read), year=2023, target_year=2030)
    assert sure is not None and sure.gaps[0].verdict == "not met" and sure.yearly_cut_interval is None


def test_a_verdict_that_gaps_cannot_change_is_given(tmp_path: Path) -> None:
    """Whatever coal is missing, carbon per energy is between that of gas and that of coal."""
    energy = PART + "E01,2023,raw_coal,50,tce,,\nE02,2023,raw_coal,100,tce,,\n"
    energy += "E01,2024,raw_coal,50,tce,,\nE01,2024,natural_gas,50,tce,,\nE02,2024,natural_gas,1,tce,,\n"
    line = LINE.format(op="<=", value=0.2, measure="carbon_per_energy", more="")
    read = written(tmp_path, line, energy, "complete: [2023]\n", enterprises=LISTED)
    card = scorecard(read, carbon_accounts(read), year=2024, target_year=2030)
    assert card is not None and card.gaps[0].verdict == "not met" and card.yearly_cut_interval is not None
    low, high = card.yearly_cut_interval
    assert card.yearly_cut is not None and low <= card.yearly_cut < high
    assert any("cut" in str(said) for said in card.said)


def test_a_total_without_fuels_does_not_stand_over_a_part_of_the_energy(tmp_path: Path) -> None:
    """Verified 300 t beside 10 MWh alone bound the value: they are of processes, or of fuels of some kind."""
    energy = FULL + "E01,2023,raw_coal,100,tce,,,\nE02,2023,electricity,10,MWh,,grid,\n"
    emissions = "enterprise,year,kind,amount,unit\nE02,2023,verified,300,t\n"
    line = LINE.format(op="<=", value=2.6, measure="carbon_per_energy", more="")
    read = written(tmp_path, line, energy, emissions=emissions)
    (tmp_path / "own.yaml").write_text(
        OWN.format(v="false").replace("indicators", "process: true\nindicators") + line, encoding="utf-8"
    )
    card = scorecard(read, carbon_accounts(read))
    assert card is not None
    gap = card.gaps[0]
    assert gap.verdict == "cannot be told" and gap.found is not None and gap.found < 4.2
    # 300 t of process alone add no energy, 300 t of gas add 300 / 0.0543 GJ.
    fuel, power = 100 * 29.307, 36.0
    carbon = gap.found * (fuel + power) / 29.307
    assert gap.high == pytest.approx((carbon + 300) / (fuel + power) * 29.307, rel=1e-6)
    assert gap.low == pytest.approx((carbon + 300) / (fuel + power + 300 / 0.0543) * 29.307, rel=1e-6)


def test_power_of_which_no_row_says_how_it_was_bought(tmp_path: Path) -> None:
    """It may come by a direct green line; where some rows tell, the others are of the grid."""
    line = LINE.format(op=">=", value=0.5, measure="direct_green_power", more="")
    silent = FULL + "E01,2023,electricity,5,MWh,,,\nE02,2023,electricity,5,MWh,,,\n"
    assert judged(tmp_path / "a", line, silent) == ("cannot be told", 0.0)
    told = silent.replace("E02,2023,electricity,5,MWh,,,", "E02,2023,electricity,5,MWh,,grid,")
    assert judged(tmp_path / "b", line, told) == ("not met", 0.0)
    clean = LINE.format(op=">=", value=0.5, measure="clean_energy_share", more="")
    assert judged(tmp_path / "c", clean, silent) == ("cannot be told", 0.0)


@pytest.mark.parametrize(
    "measure",
    ["water_reused", "certified_large", "waste_heat_used", "solid_waste_used", "product_energy_share"],
)
def test_what_is_not_known_cannot_be_told(tmp_path: Path, measure: str) -> None:
    """Neither met nor not met, and the reason is given."""
    cluster = written(
        tmp_path, LINE.format(op=">=", value=0.5, measure=measure, more=""), FULL + "E01,2023,diesel,1,t,,,\n"
    )
    card = scorecard(cluster, carbon_accounts(cluster))
    assert card is not None and card.gaps[0].verdict == "cannot be told" and card.gaps[0].why


def test_the_cut_that_is_needed_every_year(tmp_path: Path) -> None:
    """2.6637 (1 − r)⁷ = 0.2."""
    line = LINE.format(op="<=", value=0.2, measure="carbon_per_energy", more="")
    cluster = written(tmp_path, line, FULL + "E01,2023,raw_coal,100,t,,,\n", "target_year: 2030\n")
    card = scorecard(cluster, carbon_accounts(cluster))
    assert card is not None and card.yearly_cut is not None
    assert 2.66367 * (1 - card.yearly_cut) ** 7 == pytest.approx(0.2, rel=1e-5)
    past = scorecard(cluster, carbon_accounts(cluster), target_year=2023)
    assert past is not None and past.yearly_cut is None


def test_only_one_shipped_standard_is_shown_as_verified(tmp_path: Path) -> None:
    """The others carry the mark in their data and in words."""
    from separatrix.document.tree import Paragraph
    from separatrix.languages import language_of
    from separatrix_cluster.documents.data_check import standard_blocks

    assert [n for n in standards() if standard_named(n).verified] == ["cn-zero-carbon-park-2025"]
    read = park(tmp_path, energy=ENERGY + "E01,2023,diesel,1,t\n")
    words = language_of("en")
    for name in standards():
        card = scorecard(read, carbon_accounts(read), name)
        assert card is not None
        told = " ".join(str(b.content) for b in standard_blocks(card, words) if isinstance(b, Paragraph))
        assert (words.CL_STANDARD_UNVERIFIED in told) is not card.standard.verified


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be a mapping"),
        ("title: x\n", "no `indicators`"),
        ("indicators: 5\n", "list"),
        ("indicators: [5]\n", "mapping"),
        (OWN.format(v="true") + "  - {id: a}\n", "needs `text`"),
        (OWN.format(v="true") + LINE.format(op="==", value=1, measure="water_reused", more=""), "<= or >="),
        (OWN.format(v="true") + LINE.format(op="<=", value="x", measure="water_reused", more=""), "value"),
        (OWN.format(v="true") + LINE.format(op="<=", value=1, measure="[1]", more=""), "nothing measures"),
        (
            OWN.format(v="true") + LINE.format(op="<=", value=1, measure="water_resued", more=""),
            "`water_reused`",
        ),
        *[
            (
                OWN.format(v="true")
                + LINE.format(op="<=", value=1, measure="water_reused", more=f", applies_if: '{c}'"),
                "applies_if",
            )
            for c in (
                "energy",
                "energy > 1.2.3",
                "water > 5",
                "energy > 1,000",
                "1 < energy < ",
                "energy == 5",
            )
        ],
        (
            OWN.format(v="true")
            + LINE.format(op="<=", value=1, measure="water_reused", more=", colour: red"),
            "colour",
        ),
    ],
)
def test_standards_that_make_no_sense(tmp_path: Path, text: str, words: str) -> None:
    """Each fault is an error with its line."""
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SeparatrixError) as refused:
        standard_named("own.yaml", str(tmp_path))
    assert words in str(refused.value) and refused.value.where is not None


def test_a_standard_that_was_edited_is_read_anew(tmp_path: Path) -> None:
    """Within one session."""
    line = LINE.format(op="<=", value=1, measure="water_reused", more="")
    (tmp_path / "own.yaml").write_text(OWN.format(v="false") + line, encoding="utf-8")
    assert standard_named("own.yaml", str(tmp_path)).title == "Own"
    (tmp_path / "own.yaml").write_text("title: New\nindicators:\n" + line, encoding="utf-8")
    assert standard_named("own.yaml", str(tmp_path)).title == "New"


@pytest.mark.parametrize("name", ["zero-carbon", "cn-zero-carbon-park-2026", "nothing.yaml"])
def test_a_standard_that_is_not_there(tmp_path: Path, name: str) -> None:
    """It is told also where no year could be compared with it."""
    with pytest.raises(SeparatrixError) as refused:
        diagnose(park(tmp_path), standard=name)
    assert refused.value.code in ("K230", "G100")


# --------------------------------------------------------------------------- the border adjustment


@pytest.mark.parametrize(
    ("code", "goods"),
    [
        ("2523 29 00", "cement"),
        ("CN 7208.10.00", "iron and steel"),
        ("７６０１", "aluminium"),
        ("3102", "fertilisers"),
        ("28041000", "hydrogen"),
        ("2716", "electricity"),
        ("25", None),
        ("2522", None),
        ("", None),
        ("steel", None),
        ("8703", None),
        ("7204", None),
        # Annex I excepts these of headings 7202 and 3105
        ("7202 21 00", None),
        ("7202 30 00", None),
        ("7202 50 00", None),
        ("7202 99 80", None),
        ("3105 60 00", None),
        ("310560", None),
        ("7202 11 20", "iron and steel"),
        ("7202 41 10", "iron and steel"),
        ("7202 60 00", "iron and steel"),
        ("3105 20 10", "fertilisers"),
    ],
)
def test_codes_of_goods(code: str, goods: str | None) -> None:
    """By the beginning of the code, however it is written; a chapter says nothing, scrap is not covered."""
    assert goods_of(code) == goods


def test_a_code_too_short_to_tell_is_in_no_sum(tmp_path: Path) -> None:
    """Heading 7202 holds ferro-manganese, which falls under it, and ferro-silicon, which does not."""
    rows = "E01,2023,7202,DE,100,t,900,4,\nE01,2023,7203,DE,100,t,400,2,\nE01,2023,7202 21 00,DE,9,t,900,4,\n"
    read = park(tmp_path, trade=TRADE + rows, accounts="enterprise,year,exports\nE01,2023,40\n")
    exposure = border_exposure(read, carbon_accounts(read))
    assert exposure.sales == {"iron and steel": 40_000} and exposure.carbon == {"iron and steel": 200}
    assert exposure.share_of_exports is None
    assert any("7202" in str(e) and "too short" in str(e) for e in exposure.evidence)


def test_the_phase_in_of_the_adjustment() -> None:
    """Nothing before 2026, rising every year, all from 2034."""
    shares = [phase_in(y) for y in range(2023, 2040)]
    assert shares[:3] == [0, 0, 0] and shares[3] == 0.025 and shares[-6:] == [1] * 6
    assert shares == sorted(shares)


TRADE = "enterprise,year,product,destination,amount,unit,price,embedded,carbon_price_paid\n"


def test_the_cost_at_the_border(tmp_path: Path) -> None:
    """Only goods of the list sold to the EU count, at the price that was not yet paid at home."""
    rows = "E01,2023,7601,DE,100,t,2000,8,20\nE01,2023,7601,US,100,t,2000,8,20\nE01,2023,8703,FR,100,t,9,8,\n"
    rows += "E02,2023,2523,EU,1,kt,50000,700,100\nE02,2022,2523,EU,1,kt,50,0.7,\n"
    read = park(
        tmp_path,
        DESCRIPTION + "eu_carbon_price: 80\n",
        trade=TRADE + rows,
        accounts="enterprise,year,exports\nE01,2023,40\nE02,2023,60\n",
    )
    found = border_exposure(read, carbon_accounts(read))
    assert found.sales == pytest.approx({"aluminium": 200_000, "cement": 50_000})
    assert found.carbon == pytest.approx({"aluminium": 800, "cement": 700})
    assert found.cost == pytest.approx(800 * 60 + 0)
    assert found.share_of_exports == pytest.approx(0.25)
    assert found.to_dict()["verified"] is False


def test_what_is_not_known_at_the_border(tmp_path: Path) -> None:
    """Goods without a price or without emissions are told, and no share is given; nor above all exports."""
    rows = "E01,2023,7601,DE,100,t,,8,\nE01,2023,2523,DE,100,t,5,,\n"
    read = park(tmp_path / "a", trade=TRADE + rows, accounts="enterprise,year,exports\nE01,2023,40\n")
    found = border_exposure(read, carbon_accounts(read))
    assert found.share_of_exports is None and found.unknown == 100 and found.cost is None
    told = " ".join(str(e) for e in found.evidence)
    assert "without a price" in told and "without embedded emissions" in told
    rows = "E01,2023,7601,DE,100,t,9000,8,\n"
    read = park(tmp_path / "b", trade=TRADE + rows, accounts="enterprise,year,exports\nE01,2023,40\n")
    found = border_exposure(read, carbon_accounts(read))
    assert found.share_of_exports is None and any("one of both is wrong" in str(e) for e in found.evidence)


# --------------------------------------------------------------------------- green power


def test_green_power_by_contract_counts_at_its_own_factor(tmp_path: Path) -> None:
    """95 % direct wind, 5 % of the grid: by location it were 4.5 t a tce, as if nothing had been done."""
    energy = FULL + "E01,2023,electricity,9500,MWh,,direct,0\nE01,2023,electricity,500,MWh,,grid,\n"
    line = LINE.format(op="<=", value=0.3, measure="carbon_per_energy", more="")
    verdict, value = judged(tmp_path, line, energy)
    assert verdict == "met"
    assert value == pytest.approx(500 * 0.55 / (10_000 * 3.6 / 29.307))


def test_a_contract_without_a_factor_counts_as_the_grid(tmp_path: Path) -> None:
    """What is not stated is not guessed."""
    line = LINE.format(op="<=", value=0.3, measure="carbon_per_energy", more="")
    verdict, value = judged(tmp_path, line, FULL + "E01,2023,electricity,1000,MWh,,contract,\n")
    assert verdict == "not met"
    assert value == pytest.approx(550 / (3600 / 29.307))


def test_the_note_of_a_standard_is_printed(tmp_path: Path) -> None:
    """How what is measured here differs from the standard's own rules stands below its source."""
    from separatrix.languages import language_of
    from separatrix.writers.registry import write as written_as
    from separatrix_cluster.documents.diagnosis import diagnosis_document

    cluster = park(tmp_path, energy=ENERGY + "E01,2023,raw_coal,1,t\n")
    found = diagnose(cluster, standard="cn-zero-carbon-park-2025")
    for lang, words in (("en", "how contract power counts"), ("zh", "合同购电如何计算")):
        document = diagnosis_document(found, language_of(lang))
        assert words in written_as(document, "md", "x").content.decode()
