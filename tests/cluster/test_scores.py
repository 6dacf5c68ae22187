"""Decoupling, frontiers, the scores of the four difficulties, park standards and the border adjustment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.folders import DESCRIPTION, ENERGY, park, write
from separatrix.cluster.accounts.account import carbon_accounts
from separatrix.cluster.cluster import Cluster
from separatrix.cluster.diagnosis.border import border_exposure, goods_of, phase_in
from separatrix.cluster.diagnosis.diagnose import Diagnosis, diagnose
from separatrix.cluster.diagnosis.drivers import drivers
from separatrix.cluster.diagnosis.frontier import radial_efficiency, slacks_based_efficiency
from separatrix.cluster.diagnosis.leontief import export_account, leontief_inverse, upstreamness
from separatrix.cluster.diagnosis.scoring import Quartiles, share_interval, share_that_does_better
from separatrix.cluster.diagnosis.tapio import decoupling, decoupling_series
from separatrix.cluster.diagnosis.technology import innovation, technology
from separatrix.cluster.frame.concentration import concentration_ratio, ellison_glaeser, herfindahl
from separatrix.cluster.frame.frame import frame_of
from separatrix.cluster.frame.standard import scorecard, standard_named, standards
from separatrix.errors import InputError, SeparatrixError

# --------------------------------------------------------------------------- decoupling


@pytest.mark.parametrize("output", [0.1, 0.05, 0.3, 1.0])
@pytest.mark.parametrize(
    ("elasticity", "growing", "shrinking"),
    [
        (-1e-9, "strong decoupling", "strong negative decoupling"),
        (0.0, "weak decoupling", "weak negative decoupling"),
        (0.8 - 1e-9, "weak decoupling", "weak negative decoupling"),
        (0.8, "expansive coupling", "recessive coupling"),
        (1.2, "expansive coupling", "recessive coupling"),
        (1.2 + 1e-9, "expansive negative decoupling", "recessive decoupling"),
    ],
)
def test_the_bounds_of_tapio(output: float, elasticity: float, growing: str, shrinking: str) -> None:
    """0 belongs to weak decoupling, 0.8 and 1.2 to coupling, and rounding does not move them."""
    assert decoupling(elasticity * output, output)[1] == growing
    assert decoupling(-elasticity * output, -output)[1] == shrinking


@pytest.mark.parametrize("output", [0.0, 1e-4, -1e-4])
def test_without_growth_there_is_no_state(output: float) -> None:
    """Whatever the emissions did."""
    assert decoupling(0.3, output) == (None, None) and decoupling(-0.3, output) == (None, None)


def test_decoupling_from_nothing_is_not_told() -> None:
    """Zero, negative and unknown numbers break the series, and each step says why."""
    steps = decoupling_series([1, 2, 3, 4, 5], [0, 5, 5, np.nan, 6], [1, 1, -1, 2, 2])
    assert [s.state for s in steps] == [None] * 4
    told = [str(s.why) for s in steps]
    assert told[:2] == ["nothing relative to zero or a negative number"] * 2
    assert told[2:] == ["emissions or output of a year are not known"] * 2


def test_the_elasticity_is_split_by_the_drivers(tmp_path: Path) -> None:
    """Σ_k (ΔC_k/C₀)/(ΔG/G₀) is Tapio's elasticity of the same enterprises."""
    energy = "".join(
        f"E0{i},{y},{c},{100 * i + 7 * (y - 2020) * k},t\n"
        for i in (1, 2, 3)
        for y in (2020, 2021)
        for k, c in enumerate(("diesel", "lignite"), 1)
    )
    rows = "".join(f"E0{i},{y},{50 * i + 9 * i * (y - 2020)}\n" for i in (1, 2, 3) for y in (2020, 2021))
    read = park(tmp_path, energy=ENERGY + energy, accounts="enterprise,year,value_added\n" + rows)
    accounts = carbon_accounts(read)
    split = drivers(read, accounts)
    assert split is not None and len(split.enterprises) == 3
    parts = split.decomposition
    assert parts.factors[2:5] == ("energy intensity", "fuel mix", "emission factor")
    assert (parts.before, parts.after) == pytest.approx((accounts.total(2020), accounts.total(2021)))
    growth = 54 / 300
    (step,) = decoupling_series((2020, 2021), (parts.before, parts.after), (300.0, 354.0))
    assert (parts.additive / parts.before / growth).sum() == pytest.approx(step.elasticity)
    assert parts.additive[4] == pytest.approx(0, abs=1e-9)  # no factor changed


def test_fuels_of_unknown_energy_are_not_lost_from_the_drivers(tmp_path: Path) -> None:
    """With an own factor per tonne and no NCV the fuel mix cannot be told, and all of the carbon still is."""
    energy = ENERGY + "".join(
        f"E01,{y},{c},{a},t\n" for y, a in ((2020, 10), (2021, 12)) for c in ("pellets", "diesel")
    )
    read = park(
        tmp_path,
        energy=energy,
        factors="carrier,factor,unit\npellets,1.5,tCO2/t\n",
        accounts="enterprise,year,value_added\nE01,2020,5\nE01,2021,6\n",
    )
    accounts = carbon_accounts(read)
    split = drivers(read, accounts)
    assert split is not None and split.decomposition.factors == ("activity", "structure", "carbon intensity")
    assert split.decomposition.after == pytest.approx(accounts.total(2021))


def test_years_without_a_price_level_are_not_compared(tmp_path: Path) -> None:
    """They are named, and the others are."""
    rows = "".join(f"E01,{y},{a}\n" for y, a in ((2020, 5), (2021, 6), (2022, 8)))
    energy = "".join(f"E01,{y},diesel,{y - 2000},t\n" for y in (2020, 2021, 2022))
    read = park(
        tmp_path,
        DESCRIPTION + "deflators: {2020: 100, 2022: 110}\n",
        energy=ENERGY + energy,
        accounts="enterprise,year,value_added\n" + rows,
    )
    growth = diagnose(read).difficulties[1]
    assert any("2021" in str(m) for m in growth.missing)
    assert growth.details["series"].years == (2020, 2022)
    assert growth.details["series"].value_added == pytest.approx((50_000 * 1.1, 80_000))


# --------------------------------------------------------------------------- frontiers

GOODS = st.lists(st.floats(0.5, 50).map(lambda v: round(v, 2)), min_size=8, max_size=8)


@settings(max_examples=15)
@given(
    GOODS,
    GOODS,
    GOODS,
    GOODS,
    st.lists(st.sampled_from([1e-9, 1e-3, 1.0, 1e4, 1e12]), min_size=4, max_size=4),
)
def test_efficiency_does_not_depend_on_units(
    a: list[float], b: list[float], y: list[float], bad: list[float], units: list[float]
) -> None:
    """Joules or gigajoules, yuan or billions: the same efficiencies, between 0 and 1, and someone has 1."""
    x, ua, ub, uy, uc = np.c_[a, b], *units
    for returns in ("constant", "variable"):
        scores = slacks_based_efficiency(x, y, bad, returns=returns)  # type: ignore[arg-type]
        other = slacks_based_efficiency(
            x * [ua, ub],
            np.array(y) * uy,
            np.array(bad) * uc,
            returns=returns,  # type: ignore[arg-type]
        )
        np.testing.assert_allclose(scores, other, atol=1e-6)
        assert (scores > -1e-9).all() and (scores < 1 + 1e-7).all()
        assert scores.max() == pytest.approx(1, abs=1e-6)
        radial = radial_efficiency(x, y, returns=returns)  # type: ignore[arg-type]
        np.testing.assert_allclose(
            radial,
            radial_efficiency(x * [ua, ub], np.array(y) * uy, returns=returns),
            atol=1e-6,  # type: ignore[arg-type]
        )
        assert (radial <= 1 + 1e-7).all() and (radial > 0).all()
        # Slacks can only lower what the radial measure finds (Tone 2001, theorem 2).
        assert (slacks_based_efficiency(x, y, returns=returns) <= radial + 1e-6).all()  # type: ignore[arg-type]


@pytest.mark.parametrize("x", [[[1.0], [np.nan]], [[1.0], [-1.0]], [[1.0]]])
def test_frontiers_need_known_goods(x: list[list[float]]) -> None:
    """Negative, unknown and unequally many are refused."""
    with pytest.raises(InputError) as refused:
        radial_efficiency(x, [[1.0], [1.0]])
    assert refused.value.code == "K303"


def test_the_slacks_based_measure_refuses_zeros() -> None:
    """It divides by every good."""
    with pytest.raises(InputError, match="zero"):
        slacks_based_efficiency([[1.0], [0.0]], [[1.0], [1.0]])


# --------------------------------------------------------------------------- input-output


def test_exports_carry_the_whole_chain() -> None:
    """With all output exported but what the chain uses, all emissions and value added are in it."""
    a, output = np.array([[0.15, 0.25], [0.2, 0.05]]), np.array([1000.0, 2000.0])
    final = output - a @ output
    rate = 1 - a.sum(axis=0)
    account = export_account(a, [0.3, 0.1], rate, final)
    assert account.emissions.sum() == pytest.approx(0.3 * 1000 + 0.1 * 2000)
    assert account.value_added_share == pytest.approx(1)
    assert account.carbon_per_value_added == pytest.approx(500 / final.sum())


@pytest.mark.parametrize("a", [[[1.0]], [[0.0, 2.0], [2.0, 0.0]], [[-0.1]], [[np.nan]], [[0.1, 0.2]]])
def test_tables_that_need_more_than_they_make(a: list[list[float]]) -> None:
    """They have no inverse that means anything."""
    with pytest.raises(InputError) as refused:
        leontief_inverse(a)
    assert refused.value.code == "K302"


def test_upstreamness_of_a_chain() -> None:
    """Three makers in a row, all of the output handed on: 3, 2 and 1 stages from the end."""
    chain = [[0, 1.0, 0], [0, 0, 1.0], [0, 0, 0]]
    np.testing.assert_allclose(upstreamness(chain, [1.0, 1.0, 1.0]), [3, 2, 1])


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
    from separatrix.cluster.folder import load_cluster

    sane(diagnose(load_cluster(name)))


def test_innovation_of_one_enterprise_is_not_scored(tmp_path: Path) -> None:
    """Entropy is not defined and says so; nobody is the best of one."""
    read = park(tmp_path, enterprises="id\nE01\n", accounts=ALL + "E01,2023,10,3,1,20,0.1,2,1,2\n")
    found = innovation(read)
    assert found is not None and "entropy" not in found.weights
    assert "fewer than two" in str(found.notes[0])
    assert technology(read).score is None
    assert any("differ" in str(i.missing) for i in technology(read).indicators)


def test_weights_of_ones_own(tmp_path: Path) -> None:
    """They rank by the criterion that has all the weight."""
    rows = ALL + "E01,2023,10,5,1,20,1,9,1,2\nE02,2023,10,5,1,20,2,1,9,2\nE03,2023,10,5,1,20,3,2,2,2\n"
    read = park(tmp_path, DESCRIPTION + "weights: {R&D intensity: 2}\n", accounts=rows)
    found = innovation(read)
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


REGION = (
    "area,sector,year,employment\nCounty,C1,2023,10\nCounty,total,2023,100\n"
    "{c},C1,2023,200\n{c},total,2023,10000\n"
)


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
    from separatrix.present.clusters.frame import standard_blocks
    from separatrix.present.document import Paragraph
    from separatrix.present.languages import language_of

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
    ],
)
def test_codes_of_goods(code: str, goods: str | None) -> None:
    """By the beginning of the code, however it is written; a chapter alone says nothing."""
    assert goods_of(code) == goods


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
