"""The first page of a diagnosis: what it answers, in whose words, and that its sums add up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, write
from separatrix.document.tree import Block, Bullets, Figure, Paragraph, Table, Words
from separatrix.languages import language_of
from separatrix.writers.registry import write as written
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.diagnosis import Diagnosis, diagnose
from separatrix_cluster.documents.accounts import account_document, enterprise_table, year_table
from separatrix_cluster.documents.completeness import gaps_table
from separatrix_cluster.documents.diagnosis import diagnosis_document
from separatrix_cluster.documents.summary_page import page_one
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_names

FOUND = {name: diagnose(load_cluster(name)) for name in shipped_names()}

YEARS = (2021, 2022, 2023)


def texts(blocks: list[Block]) -> dict[str, str]:
    """Return the answers by their heads, and the sentence above them as ``lead``."""
    answers = {}
    for block in blocks:
        if isinstance(block, Paragraph) and block.lead:
            answers["lead"] = plain(block.content)
        if isinstance(block, Bullets):
            for item in block.items:
                assert isinstance(item[0], Words) and item[0].style == "strong"
                answers[item[0].text] = plain(item[1:])
    return answers


def plain(line: tuple[object, ...]) -> str:
    """Return a line as text with plain spaces."""
    return "".join(getattr(part, "text", "") for part in line).replace("\u00a0", " ").strip()


def page(found: Diagnosis, lang: str = "en") -> dict[str, str]:
    """Return the first page as texts."""
    return texts(list(page_one(found, language_of(lang))))


def park(folder: Path, lost: tuple[tuple[int, int], ...] = ()) -> Diagnosis:
    """Return the diagnosis of ten enterprises over three years; some rows name a fuel that nobody knows."""
    rows = "".join(
        f"E{k},{y},{'raw_coql' if (k, y) in lost else 'raw_coal'},{1000 + 700 * k + 10 * (y - 2021)},t\n"
        f"E{k},{y},electricity,0,MWh\n"
        for k in range(10)
        for y in YEARS
    )
    enterprises = "id,name\n" + "".join(f"E{k},Firm {k}\n" for k in range(10))
    energy = f"enterprise,year,carrier,amount,unit\n{rows}"
    return diagnose(load_cluster(str(write(folder, enterprises=enterprises, energy=energy))))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", shipped_names())
def test_every_question_has_its_line(name: str, lang: str) -> None:
    """Each shipped cluster answers all that its data let be answered, in whole sentences."""
    words = language_of(lang)
    told = page(FOUND[name], lang)
    heads = [words.CL_ONE_GAP, words.CL_ONE_DIFFICULTY, words.CL_ONE_FILL]
    if FOUND[name].accounts.years:
        heads += [words.CL_ONE_STAND, words.CL_ONE_COMPLETE, words.CL_ONE_LARGEST]
    assert set(heads) <= set(told) and "lead" in told
    assert all(text.endswith(("。", ".")) for text in told.values())


@pytest.mark.parametrize("name", shipped_names())
def test_no_codes_and_no_words_of_the_trade(name: str) -> None:
    """Nobody has to know what binds, what a spectral radius is, or how columns are called."""
    for text in page(FOUND[name]).values():
        assert not re.search(r"\bbinds?\b|spectral|from within|\w+: \w+_\w+|Herfindahl", text)
        assert not re.search(r"\w_\w", text.replace("park_standard", ""))


def test_chinese_pages_tell_chinese_units() -> None:
    """Tonnes by ten thousand, coal equivalent by its name, and nothing English is left."""
    park = FOUND["synthetic-park"]
    told = " ".join(page(park, "zh").values())
    assert "452.89 万吨" in told and "吨/万元" in told and "吨标准煤" in told
    for name in map(str, park.cluster.enterprises):
        told = told.replace(park.cluster.name_of(name), "")
    assert set(re.findall(r"[A-Za-z]+", told)) <= {"CO", "e", "awareness"}


def test_what_is_missing_is_told_and_not_added(tmp_path: Path) -> None:
    """The total is what was counted; then the estimate, whose it is, and the interval of both."""
    whole = park(tmp_path / "whole")
    less = park(tmp_path / "less", ((1, 2023), (2, 2023)))
    assert "are known to be missing" in page(whole)["Completeness."]
    told = page(less)
    counted = less.accounts.total(2023)
    assert f"{counted / 1e3:,.1f} kt CO2 counted" in told["lead"] and "missing" in told["lead"]
    low, high = re.findall(r"is ([0-9.]+) kt to ([0-9.]+) kt", told["lead"])[0]
    assert float(low) <= whole.accounts.total(2023) / 1e3 <= float(high)
    assert "Firm 2" in told["Completeness."] and "complete data: 8 of 10" in told["Completeness."]
    assert "energy or emissions of 2023, of firm 2" in told["Missing data."].lower()
    assert "+" in told["Current state."] and "over the 8 of 10" in told["Current state."]


def test_a_year_that_is_hardly_filled_is_not_reported(tmp_path: Path) -> None:
    """The page stays with the year before, says so, and asks for what the later one lacks."""
    found = park(tmp_path, tuple((k, 2023) for k in range(9)))
    told = page(found)
    assert found.year == 2022 and told["lead"].startswith("2022:")
    assert "2023 is not reported" in told["Completeness."]
    assert "energy or emissions of 2023" in told["Missing data."].lower()


def test_whom_the_standard_cannot_be_met_without(tmp_path: Path) -> None:
    """Who alone emits more than all may is named; in the synthetic park the four largest do."""
    found = FOUND["synthetic-park"]
    card = found.scorecard
    assert card is not None
    told = page(found)["Next steps."]
    carbon = [g for g in card.gaps if g.requirement.measure == "carbon_per_energy"]
    gap = next(g for g in carbon if g.verdict == "not met")
    share = gap.requirement.value / float(gap.found or 0)
    left = share * found.accounts.total(card.year)
    largest = sorted(found.accounts.by_enterprise(card.year, internal=False), reverse=True)
    assert largest[2] > 1.2 * left
    assert all(name in told for name in ("Pine Iron 3", "River Cement 1", "Hill Iron 1"))


def numbers(table: Table, row: int) -> list[float]:
    """Return the numbers of a row, without its head."""
    cells = [plain(cell).replace(",", "") for cell in table.rows[row][1:]]
    return [float(c) for c in cells if re.fullmatch(r"[0-9.]+", c)]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["synthetic-park", "rotterdam", "houston"])
def test_sums_that_are_shown_add_up(name: str, lang: str) -> None:
    """Scope 1 and 2 make the total of a year, all enterprises that of the last row; or a note tells."""
    found, words = FOUND[name], language_of(lang)
    by_year = year_table(found.completeness, words)
    assert found.year is not None
    for row in range(len(by_year.rows)):
        if name != "synthetic-park":
            continue  # scope 1 alone is the total
        first, second, total = numbers(by_year, row)[:3]
        assert abs(first + second - total) < 1e-6 or words.CL_ROUNDED in by_year.caption
    needed = [c for c in by_year.columns if c.optional]
    assert all(c.title in (words.CL_SCOPE_2_MARKET, words.CL_INTERNAL) for c in needed)
    table = enterprise_table(found.cluster, found.completeness, found.year, words)
    column = [numbers(table, row)[-1] for row in range(len(table.rows))]
    assert abs(sum(column[:-1]) - column[-1]) < 1e-6 or words.CL_ROUNDED in table.caption
    assert abs(sum(column[:-1]) - column[-1]) <= 0.5 * len(column) * (1 if lang == "en" else 0.1)


def figures(blocks: tuple[Block, ...]) -> list[str]:
    """Return the titles of the figures."""
    return [b.title for b in blocks if isinstance(b, Figure)]


def test_no_empty_figure_is_drawn(tmp_path: Path) -> None:
    """Without emissions no bars, with fewer than three difficulties no radar, without growth no plane."""
    words = language_of("en")
    assert figures(diagnosis_document(FOUND["kalundborg"], words).blocks) == []
    houston = figures(diagnosis_document(FOUND["houston"], words).blocks)
    assert not any("difficulties" in title for title in houston)
    biomass = load_cluster(
        str(write(tmp_path, energy="enterprise,year,carrier,amount,unit\nE01,2023,biomass,50,GJ\n"))
    )
    assert figures(diagnosis_document(diagnose(biomass), words).blocks) == []
    books = completeness_of(biomass, carbon_accounts(biomass))
    told = account_document(biomass, books, words).blocks
    assert figures(told) == []
    assert all(len(b.rows) > 0 for b in told if isinstance(b, Table))


def test_names_in_figures_stand_whole_and_broken_axes_show() -> None:
    """Every letter of the longest name is in the picture; a waterfall's axis begins with 0."""
    from separatrix_cluster.documents.diagnosis import figure_of

    words = language_of("en")
    houston, park = FOUND["houston"], FOUND["synthetic-park"]
    carbon = re.sub(r"<[^>]*>|\s", "", figure_of(houston, "carbon", words)("svg").decode())
    assert "ChevronPhillipsChemicalCompanyLPCedarBayouPlant" in carbon and "…" not in carbon
    drivers = figure_of(park, "drivers", words)("svg").decode()
    ticks = re.findall(r">\s*([0-9,]+)\s*</text>", drivers)
    assert "0" in ticks and "4,400" in ticks


def test_a_trend_over_another_boundary_is_told_with_caution() -> None:
    """The scheme of Rotterdam took in more in 2013; Chinese counts by ten thousand tonnes."""
    assert "may have changed in between" in page(FOUND["rotterdam"])["Current state."]
    assert "may have changed" not in page(FOUND["synthetic-park"])["Current state."]
    told = " ".join(language_of("zh").tell(c) for c in FOUND["rotterdam"].cautions)
    assert "万吨" in told and "+" not in told and "kt" not in told


def test_the_largest_are_those_of_what_is_counted(tmp_path: Path) -> None:
    """The total of shares says so, who may be among them is named, and the Herfindahl index has bounds."""
    energy = ENERGY + "".join(f"E0{k},{y},diesel,{9 - k},t\n" for k in (1, 2) for y in (2022, 2023))
    cluster = load_cluster(str(write(tmp_path, energy=energy + "E03,2022,diesel,20,t\n")))
    found = diagnose(cluster, year=2023)
    text = page(found)["Largest emitters."]
    assert "together 100 % of the counted total" in text and "Third (about" in text
    told = written(diagnosis_document(found, language_of("en")), "md", "x").content.decode()
    of = found.frame.concentrations[0]
    assert of.herfindahl_low is not None
    assert f"({of.herfindahl_low:.3f}–{of.herfindahl_high:.3f})" in told
    assert "scope 1 only" in page(found)["Completeness."]


def test_no_score_of_zero_is_the_furthest(tmp_path: Path) -> None:
    """Where the highest score is 0 nothing stands out to be done."""
    energy = ENERGY + "".join(f"E0{k},{y},diesel,{2050 - y},t\n" for k in (1, 2, 3) for y in (2022, 2023))
    accounts = "enterprise,year,value_added\n"
    accounts += "".join(f"E0{k},{y},{y}\n" for k in (1, 2, 3) for y in (2022, 2023))
    cluster = load_cluster(str(write(tmp_path, energy=energy, accounts=accounts)))
    found = diagnose(cluster)
    growth = next(d for d in found.difficulties if d.name == "growth")
    assert growth.score == 0
    assert "Furthest" not in str(page(found))


def test_an_earlier_year_that_is_asked_for_says_nothing_false_of_later_ones() -> None:
    """Later years hold enough; they are not reported since another was asked for."""
    asked = page(diagnose(load_cluster("rotterdam"), year=2010))
    assert "not reported" not in asked["Completeness."]


def test_bills_of_a_year_and_a_grid_without_contracts_are_no_doubts() -> None:
    """The synthetic park is whole and right, and its first page says nothing else."""
    assert {r.code for r in FOUND["synthetic-park"].remarks if r.severity == "warning"} == {"K210"}
    assert (
        page(FOUND["synthetic-park"])["Completeness."]
        == "No energy or emissions data of 2024 are known to be missing."
    )


def test_a_refused_row_of_wood_adds_nothing_to_the_total(tmp_path: Path) -> None:
    """No factor is for its volume: its energy is missing, and no carbon of fuels."""
    rows = "".join(
        f"E01,{y},raw_coal,1000,t\nE02,{y},wood,{wood},m3\nE02,{y},raw_coal,10,t\nE03,{y},raw_coal,10,t\n"
        for y, wood in ((2023, 5), (2024, 6))
    )
    told = page(diagnose(load_cluster(str(write(tmp_path, energy=ENERGY + rows)))))
    assert told["lead"].startswith("2024: 1,938 t CO2; ") and "2 of 3" in told["Completeness."]


def test_a_refused_row_of_heat_from_a_neighbour_has_an_upper_end(tmp_path: Path) -> None:
    """Its amount is estimated by other years, and no end of the interval is left open."""
    head = "enterprise,year,carrier,amount,unit,supplier\n"
    rows = "".join(
        f"E01,{y},raw_coal,1000,t,\nE02,{y},heat,{'abc' if y == 2023 else 900},GJ,E01\nE03,{y},diesel,5,t,\n"
        for y in (2022, 2023, 2024)
    )
    read = load_cluster(str(write(tmp_path, energy=head + rows)))
    total = completeness_of(read, carbon_accounts(read)).total(2023)
    assert total.counted <= total.high < 1.2 * total.counted


def test_of_whom_a_row_tells_only_other_sources_are_without_one(tmp_path: Path) -> None:
    """A refused bill of an enterprise is named; what else it may have is not called all of it."""
    rows = "E01,2024,raw_coal,1000,t\nE02,2024,raw_coal,many,t\nE03,2024,raw_coal,10,t\n"
    rows += "E01,2023,raw_coal,1000,t\nE03,2023,raw_coal,10,t\nE02,2023,raw_coal,60,t\nE02,2023,diesel,9,t\n"
    found = diagnose(load_cluster(str(write(tmp_path, energy=ENERGY + rows))))
    words = language_of("en")
    table = gaps_table(found.completeness, found.cluster, 2024, words)
    assert table is not None
    told = [(plain(row[0]), plain(row[1])) for row in table.rows]
    assert ("Second", "raw coal") in told and ("Second", "all") not in told


def test_where_no_verdict_can_be_told_none_is_counted(tmp_path: Path) -> None:
    """“0 of 0 requirements are met” would be read as a verdict."""
    text = DESCRIPTION + "park_standard: cn-zero-carbon-park-2025\n"
    rows = "E01,2024,raw_coal,1000,t\nE02,2024,raw_coal,many,t\n"
    told = page(diagnose(load_cluster(str(write(tmp_path, text, energy=ENERGY + rows)))))
    gap = told["Gap to the standard."]
    assert "0 of 0" not in gap and "none of the applicable requirements" in gap


def test_with_whom_to_begin_where_no_standard_is_chosen() -> None:
    """So many of the largest emit half of all; where no emissions are known, who has most links."""
    found = FOUND["rotterdam"]
    assert found.year is not None
    carbon = found.accounts.by_enterprise(found.year, internal=False)
    known = sorted((v for v in carbon.tolist() if v > 0), reverse=True)
    few = next(k for k in range(1, len(known)) if sum(known[:k]) >= sum(known) / 2)
    told = page(found)["Next steps."]
    assert f"the {few} largest of {len(known)} emitters" in told
    assert f"{100 * sum(known[:few]) / sum(known):.0f} % of the counted emissions" in told
    links = page(FOUND["kalundborg"])["Next steps."]
    assert "Asnæs power station" in links and "13 of the 30 links" in links


def test_who_counts_as_zero_by_declaration_is_told() -> None:
    """A year declared complete takes those without a row for zero: the page says how many they are."""
    for name, silent, whole in (("rotterdam", 22, 70), ("houston", 4, 88)):
        found = FOUND[name]
        assert found.year is not None
        emitted = found.accounts.by_enterprise(found.year)
        assert (emitted != emitted).sum() == silent and len(emitted) == whole
        assert f"{silent} of {whole} enterprises" in page(found)["Completeness."]
        assert found.trend is not None and found.trend.bounds is None  # a zero that is told leaves no doubt
    assert "no rows in" not in page(FOUND["synthetic-park"])["Completeness."]
    assert "25 enterprises have data in 2005 and 48 in 2022" in page(FOUND["rotterdam"])["Current state."]


def test_why_comparisons_hold_different_numbers_of_enterprises() -> None:
    """One sentence counts those of the trend, the drivers and the efficiency; where all are in all, none."""

    def said(name: str) -> list[str]:
        document = diagnosis_document(FOUND[name], language_of("en"))
        told = [plain(b.content) for b in document.blocks if isinstance(b, Paragraph)]
        return [text for text in told if text.startswith("Only comparable data are compared")]

    (text,) = said("messy-park")
    assert [int(n) for n in re.findall(r": (\d+) of 25", text)] == [24, 24, 23]
    assert said("synthetic-park") == []


def test_sectors_stand_by_their_names() -> None:
    """A code of GB/T 4754 or NAICS is told in words; in Chinese by the names of the standard."""
    for lang, food in (("en", "foods (C14)"), ("zh", "食品制造业（C14）")):
        words = language_of(lang)
        tables = [
            b for b in diagnosis_document(FOUND["synthetic-park"], words).blocks if isinstance(b, Table)
        ]
        (table,) = [t for t in tables if t.title == words.CL_SPECIALITIES]
        assert plain(table.rows[0][0]) == food


@pytest.mark.parametrize("last", ["", "9月"])
def test_value_added_of_another_year(tmp_path: Path, last: str) -> None:
    """Where accounts of the last year are gone or are of a part of it, the intensity names its own year."""
    rows = "".join(f"E{k},{y},raw_coal,{1000 + k},t\n" for k in range(4) for y in YEARS)
    accounts = "enterprise,year,output,value_added\n" + "".join(
        f"E{k},{y}{'年1-' + last if y == 2023 else ''},2000,500\n"
        for k in range(4)
        for y in YEARS
        if y < 2023 or last
    )
    found = diagnose(
        load_cluster(
            str(
                write(
                    tmp_path,
                    enterprises="id,name\n" + "".join(f"E{k},Firm {k}\n" for k in range(4)),
                    energy=f"enterprise,year,carrier,amount,unit\n{rows}",
                    accounts=accounts,
                )
            )
        )
    )
    assert found.year == 2023
    stand = page(found)[language_of("en").CL_ONE_STAND]
    assert (
        stand.startswith("Carbon per value added in 2022: ")
        and "value added data of 2023 are incomplete" in stand
    )
    assert "2022 年单位增加值碳排放" in page(found, "zh")[language_of("zh").CL_ONE_STAND]
