"""The scores of the four difficulties with their intervals, and the frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix.errors import InputError
from separatrix.languages import LANGUAGES, language_of
from separatrix.sentences import say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.diagnosis import DIFFICULTIES, Diagnosis, diagnose
from separatrix_cluster.diagnosis.indicators import (
    Indicator,
    Measured,
    Quartiles,
    share_interval,
    share_that_does_better,
)
from separatrix_cluster.diagnosis.indicators import difficulty as difficulty_by
from separatrix_cluster.diagnosis.innovation import innovation
from separatrix_cluster.documents.vocabulary import difficulty_name
from separatrix_cluster.frame.concentration import concentration_ratio, ellison_glaeser, herfindahl
from separatrix_cluster.frame.frame import frame_of
from separatrix_cluster.tables.reader import load_cluster

# --------------------------------------------------------------------------- scores


@given(st.floats(-1e6, 1e6), st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3).map(sorted))
def test_the_share_that_does_better(value: float, usual: list[float]) -> None:
    """From 0 to 1, more for higher values, turned over where low is worse; the quartiles are quarters."""
    quartiles = Quartiles(*usual, "")
    share = share_that_does_better(value, quartiles)
    assert 0 <= share <= 1
    assert share_that_does_better(value + 1, quartiles) >= share
    assert share_that_does_better(value, quartiles, worse="low") == pytest.approx(1 - share)


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(0, 1)), st.one_of(st.none(), st.floats(0, 1e9))), min_size=1
    )
)
def test_bounds_of_a_share_hold_it(rows: list[tuple[float | None, float | None]]) -> None:
    """0 ≤ low ≤ share ≤ high ≤ 1, and a filling-in of the unknown lies between."""
    known = np.array([np.nan if v is None else v for v, _ in rows])
    weights = np.array([np.nan if w is None else w for _, w in rows])
    value, low, high = share_interval(known, weights)
    if value == value:
        assert 0 <= low <= value <= high <= 1
        weight = np.nan_to_num(weights)
        for filling in (0.0, 0.3, 1.0):
            whole = np.average(np.where(np.isnan(known), filling, known), weights=weight)
            assert low - 1e-9 <= whole <= high + 1e-9
    else:
        assert (low, high) == (0, 1)


def sane(found: Diagnosis) -> None:
    """Check that every score has an interval that holds it, within 0 and 1."""
    for difficulty in found.difficulties:
        scores = [(i.score, i.score_low, i.score_high) for i in difficulty.indicators]
        for score, low, high in [*scores, (difficulty.score, difficulty.low, difficulty.high)]:
            if score is not None:
                assert low is not None and high is not None
                assert 0 <= low <= score <= high <= 1
        for i in difficulty.indicators:
            assert i.coverage is None or 0 <= i.coverage <= 1
            if i.low is not None and i.high is not None and i.value is not None:
                assert i.low <= i.value <= i.high
            assert i.value is not None or i.missing is not None


ALL = "enterprise,year,output,value_added,exports,staff,rd_spend,rd_staff,patents,new_product_sales\n"


@pytest.mark.parametrize(
    ("firms", "rows"),
    [
        (1, "E01,2023,10,3,1,20,0.1,2,1,2\n"),
        (1, "E01,2023,0,0,0,0,0,0,0,0\n"),
        (3, "E01,2023,10,3,1,20,0.1,2,1,2\nE02,2023,10,3,1,20,0.1,2,1,2\nE03,2023,10,3,1,20,0.1,2,1,2\n"),
        (3, "E01,2023,10,3,1,20,,,,\nE02,2023,10,3,,20,,,5,\nE03,2023,10,3,1,20,0.1,,,\n"),
        (3, "E01,2023,10,3,1,20,0.1,,,\nE02,2023,10,3,,20,0.2,,,\nE03,2023,10,,1,20,,,7,\n"),
        (3, "E01,2023,,,,,,,,\n"),
        (3, "E01,2023,1e-300,1e-300,1,1e-300,1,1,1,1\nE02,2023,1e13,1e13,1e13,1e17,1e13,1e17,1e17,1e13\n"),
        (3, "E01,2023,10,-3,1,20,0.1,2,1,2\nE02,2023,10,2,1,20,0.1,2,1,2\n"),
    ],
)
def test_scores_of_odd_clusters(tmp_path: Path, firms: int, rows: str) -> None:
    """One enterprise, all alike, nothing known, criteria that one alone knows, extremes, losses: all sane."""
    names = "id\n" + "".join(f"E0{k}\n" for k in range(1, firms + 1))
    awareness = "enterprise,year,reports,survey_1\nE01,2023,yes,4\n"
    energy = "".join(f"E0{k},2023,diesel,{k},t\n" for k in range(1, firms + 1))
    read = park(tmp_path, enterprises=names, accounts=ALL + rows, awareness=awareness, energy=ENERGY + energy)
    with np.errstate(all="ignore"):
        sane(diagnose(read))


@pytest.mark.parametrize("name", ["rotterdam", "houston", "kalundborg", "synthetic-park"])
def test_scores_of_the_shipped_clusters(name: str) -> None:
    """They are sane, too."""
    from separatrix_cluster.tables.reader import load_cluster

    sane(diagnose(load_cluster(name)))


def test_innovation_of_one_enterprise_is_not_scored(tmp_path: Path) -> None:
    """Entropy is not defined and says so; nobody is the best of one."""
    read = park(tmp_path, enterprises="id\nE01\n", accounts=ALL + "E01,2023,10,3,1,20,0.1,2,1,2\n")
    found = innovation(read, completeness_of(read, carbon_accounts(read)))
    assert found is not None and "entropy" not in found.weights
    assert "fewer than two" in str(found.notes[0])
    assert diagnose(read).difficulties[3].score is None
    assert any("differ" in str(i.missing) for i in diagnose(read).difficulties[3].indicators)


def test_weights_of_ones_own(tmp_path: Path) -> None:
    """They rank by the criterion that has all the weight."""
    rows = ALL + "E01,2023,10,5,1,20,1,9,1,2\nE02,2023,10,5,1,20,2,1,9,2\nE03,2023,10,5,1,20,3,2,2,2\n"
    read = park(tmp_path, DESCRIPTION + "weights: {R&D intensity: 2}\n", accounts=rows)
    found = innovation(read, completeness_of(read, carbon_accounts(read)))
    assert found is not None
    assert found.weights["given"].tolist() == [1, 0, 0, 0]
    assert found.ranks["given"].rank.tolist() == [3, 2, 1]


def test_few_answers_to_a_survey_leave_all_open(tmp_path: Path) -> None:
    """One of three answered with 5 of 5: from a third to one, not certain."""
    read = park(tmp_path, awareness="enterprise,survey_1\nE01,5\n")
    (survey,) = [i for i in diagnose(read).difficulties[0].indicators if i.id == "survey"]
    assert (survey.value, survey.low, survey.high) == pytest.approx((1, 1 / 3, 1))
    assert survey.coverage == pytest.approx(1 / 3)


def test_a_share_by_output_of_those_without_output(tmp_path: Path) -> None:
    """Those who report have an output of zero: nothing follows, and it is no score."""
    read = park(
        tmp_path,
        awareness="enterprise,reports\nE01,yes\n",
        accounts="enterprise,year,output\nE01,2023,0\nE02,2023,5\n",
    )
    found = {i.id: i for i in diagnose(read).difficulties[0].indicators}
    assert found["reports-by-output"].score is None and found["reports-by-output"].missing is not None
    assert found["reports"].score == 0


# --------------------------------------------------------------------------- the frame


def test_concentration_at_its_ends() -> None:
    """1/n where all are alike, 1 for one alone; not defined without anything."""
    assert herfindahl([5, 5, 5, 5]) == pytest.approx(0.25) and concentration_ratio([5, 5, 5, 5, np.nan]) == 1
    assert herfindahl([7]) == 1
    for amounts in ([], [0.0], [np.nan], [-1.0, 2.0]):
        with pytest.raises(InputError):
            herfindahl(amounts)


def test_ellison_glaeser_needs_several_areas_and_plants() -> None:
    """One area or one plant leaves nothing to compare."""
    for plants, areas, totals in (
        ([5.0], ["a"], {"a": 1.0, "b": 1.0}),
        ([5.0, 5.0], ["a", "a"], {"a": 1.0}),
        ([5.0], ["c"], {"a": 1.0}),
        ([0.0], ["a"], {"a": 1.0}),
    ):
        with pytest.raises(InputError):
            ellison_glaeser(plants, areas, totals)


REGION = "area,sector,year,employment\nCounty,C1,2023,10\nCounty,total,2023,100\n"
REGION += "{c},C1,2023,200\n{c},total,2023,10000\n"


@pytest.mark.parametrize(
    ("country", "line", "known"),
    [
        ("CN", "", True),
        ("country", "", True),
        ("Neighbour", "", False),
        ("Neighbour", "region_country: Neighbour", True),
    ],
)
def test_only_what_is_called_the_country_is_the_country(
    tmp_path: Path, country: str, line: str, known: bool
) -> None:
    """The largest area of the table may be a neighbour."""
    read = park(tmp_path, DESCRIPTION + f"region_area: County\n{line}\n", region=REGION.format(c=country))
    found = frame_of(read, carbon_accounts(read))
    assert [s.quotient for s in found.specialisations] == ([pytest.approx(5)] if known else [])
    assert known or any("region_country" in str(m) for m in found.missing)


def test_sales_within_the_cluster_count_once_per_value_added(tmp_path: Path) -> None:
    """The steam of E01's coal is in E01's carbon: the sums per value added are those of the totals."""
    energy = "enterprise,year,carrier,amount,unit,supplier\n"
    energy += "E01,2023,raw_coal,100,t,\nE02,2023,heat,500,GJ,E01\n"
    accounts = "enterprise,year,value_added\nE01,2023,60\nE02,2023,40\n"
    growth, place = diagnose(park(tmp_path, energy=energy, accounts=accounts)).difficulties[1:3]
    value = {i.id: i.value for i in (*growth.indicators, *place.indicators)}
    assert value["carbon-per-value-added"] == pytest.approx(190.03 / 100, abs=1e-4)
    assert value["carbon-against-sector"] == pytest.approx(190.03 / 100, abs=1e-4)
    assert value["energy-per-value-added"] == pytest.approx(2090.8 / 29.307 / 100, abs=1e-6)


def test_a_rule_is_all_that_an_indicator_takes() -> None:
    """What one more rule finds stands in the difficulty behind the others, and counts in its score."""
    read = load_cluster("synthetic-park")
    books = completeness_of(read, carbon_accounts(read))
    certain = Indicator(id="new", name=say("{n}", n="new"), value=1.0, score=1.0)
    before = difficulty_by("growth", DIFFICULTIES["growth"], read, books)
    after = difficulty_by("growth", (*DIFFICULTIES["growth"], lambda c, a: Measured((certain,))), read, books)
    assert [i.id for i in after.indicators] == [*(i.id for i in before.indicators), "new"]
    assert after.score is not None and before.score is not None and after.score > before.score


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_difficulty_has_a_name_in_every_language(code: str) -> None:
    """A difficulty of the registry can be told, and by a name of its own."""
    names = [difficulty_name(name, language_of(code)) for name in DIFFICULTIES]
    assert all(names) and len(set(names)) == len(names)
