"""From tables to a game: the worked case of the references, what each number rests on, and bad tables."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster.folders import park
from separatrix.analysis.analyze import analyze
from separatrix.errors import InputError, NameProblem
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import number
from separatrix.game.instruments import cost_of, with_instruments
from separatrix.game.reader import load
from separatrix.io.yaml import parse_yaml
from separatrix.languages import language_of
from separatrix.policy.tipping.tipping import tipping_values
from separatrix.writers.registry import write as write_document
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.calibration import Calibration, game_document, possible_regimes
from separatrix_cluster.calibration.parameters import wilson_interval
from separatrix_cluster.documents.calibration import calibrated_game, calibration_document
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

# K = 100, v = 40 thousand CNY a year, a = 0.5 kt: running cost alone, so that nothing is spread over years.
DESCRIPTION = (
    "name: Worked park\ncountry: CN\ngrid_area: East\nmoney_unit: thousand CNY\ncarbon_price: 60\n"
    "support: 0\ndiscount_rate: 0.08\ncalibration: {B: 80, F: 20}\n"
)
MEASURES = "id,enterprise,name,investment,running_cost,saving,abatement,life\n"
BOTH = MEASURES + "M1,E01,boiler,0,100,40,500,10\nM2,E02,boiler,0,100,40,500,10\n"
ACCOUNTS = "enterprise,year,output,value_added\nE01,2024,900,500\nE02,2024,900,500\nE03,2024,900,500\n"


def worked(folder: Path, description: str = DESCRIPTION, **tables: str) -> Cluster:
    """Return the cluster of the worked case."""
    return park(folder, description, **{"measures": BOTH, "accounts": ACCOUNTS, **tables})


def values(found: Calibration) -> dict[str, Fraction]:
    """Return the six parameters."""
    return {p.name: p.estimate.value for p in found.parameters}


def test_the_worked_case_of_the_references(tmp_path: Path) -> None:
    """K 100, v 40, B − F 60, a 0.5 kt at 60 CNY/t: x* is one half exactly, also in the game."""
    found = calibrate(worked(tmp_path))
    assert values(found) == {"pi1": 620, "pi2": 500, "R1": 540, "R2": 520, "C1": 100, "C2": 30}
    assert found.sides[0].components.threshold == Fraction(1, 2)
    points = analyze(load(game_document(found))).to_dict()["rest_points"]
    inside = [p for p in points if p["exact"] == {"x": "1/2", "y": "1/2"}]
    assert [p["stability"] for p in inside] == ["saddle"]


def test_the_tipping_price_and_the_tipping_support_of_the_worked_case(tmp_path: Path) -> None:
    """From a fifth who act, 96 CNY/t or a support of 18 % put the threshold exactly there."""
    cluster = worked(tmp_path)
    assert calibrate(cluster, carbon_price=96).sides[0].components.threshold == Fraction(1, 5)
    assert calibrate(cluster, support=0.18).sides[0].components.threshold == Fraction(1, 5)


def separatrix_at(cluster: Cluster, **level: object) -> Fraction:
    """Where the interior rest point of the calibrated game lies with an instrument at a level."""
    game = with_instruments(load(game_document(calibrate(cluster))), level)
    points = analyze(game, values=level).to_dict()["rest_points"]
    (inside,) = [p["exact"]["x"] for p in points if p["id"] == "E5"]
    return Fraction(inside)


def test_the_game_file_has_the_instruments_that_tip_it(tmp_path: Path) -> None:
    """A carbon price of 96 CNY/t, or a subsidy of 18 %, puts the interior rest point where a fifth act."""
    cluster = worked(tmp_path)
    assert separatrix_at(cluster, carbon_price=60) == separatrix_at(cluster, subsidy=0) == Fraction(1, 2)
    assert separatrix_at(cluster, carbon_price=96) == Fraction(1, 5)
    assert separatrix_at(cluster, subsidy=Fraction("0.18")) == Fraction(1, 5)
    assert separatrix_at(cluster, fine=18) == Fraction(1, 5)
    game = load(game_document(calibrate(cluster)))
    price = game.instruments["carbon_price"]
    assert (price.idle, price.unit, price.strategy) == (60, "CNY/t", "growth")


def test_the_tipping_values_of_the_worked_case(tmp_path: Path) -> None:
    """From a fifth who act, the target is reached above 96 CNY/t, or above a subsidy of 18 %."""
    game = load(game_document(calibrate(worked(tmp_path), given={"x": "1/5"})))
    found = tipping_values(game, ["carbon_price", "subsidy"], noise=False)
    values = {one.name: one.condition("basin").tipping for one in found.instruments}
    assert {name: level and level.exact for name, level in values.items()} == {
        "carbon_price": number(96),
        "subsidy": number(Fraction("0.18")),
    }


def test_what_instruments_cost_is_of_all_whose_measures_are_told(tmp_path: Path) -> None:
    """Of two enterprises of 100 thousand CNY and 500 t half a subsidy costs 100, and 36 CNY/t bring 36."""
    game = load(game_document(calibrate(worked(tmp_path))))
    one = Fraction(1)
    levels = {"C1": Fraction(100), "subsidy": one / 2, "carbon_price": Fraction(96)}
    acting, waiting = {"x": one, "y": one}, {"x": one * 0, "y": one * 0}
    assert evaluate(cost_of(game, ["subsidy"])["public"], levels | acting) == 100
    assert evaluate(cost_of(game, ["carbon_price"])["public"], levels | waiting) == -36
    assert game.emissions is not None
    assert [evaluate(game.emissions, at) for at in (waiting, acting)] == [1000, 0]


def test_support_of_today_is_the_idle_level(tmp_path: Path) -> None:
    """Where the public bears a quarter today, a quarter changes nothing, and half leaves half of K."""
    cluster = worked(tmp_path, DESCRIPTION.replace("support: 0", "support: 0.25"))
    game = load(game_document(calibrate(cluster)))
    subsidy = game.instruments["subsidy"]
    assert subsidy.idle == Fraction(1, 4)
    own = [evaluate(subsidy.changes["C1"], {"C1": Fraction(75), "subsidy": Fraction(s, 4)}) for s in (1, 2)]
    assert own == [75, 50]


def test_instruments_of_unequal_sides(tmp_path: Path) -> None:
    """Each side has its own six, and a tonne costs both the same on top of what it costs today."""
    marked = "id,name,leader\nE01,First,yes\nE02,Second,\nE03,Third,\n"
    found = calibrate(worked(tmp_path, enterprises=marked), "leader-sme", given={"aA": 700})
    game = load(game_document(found))
    assert set(game.instruments["carbon_price"].changes) == {"C2A", "C2B"}
    waiting = {"x": Fraction(0), "y": Fraction(0)}
    assert game.emissions is not None
    assert evaluate(game.emissions, waiting) == 700 + 500


def test_no_carbon_price_without_emissions(tmp_path: Path) -> None:
    """Measures that avoid nothing leave nothing for a carbon price to act on."""
    game = load(game_document(calibrate(worked(tmp_path), given={"a": 0})))
    assert list(game.instruments) == ["fine", "subsidy"]
    assert game.emissions is None


def test_the_identity_of_the_advantage(tmp_path: Path) -> None:
    """π1 − C1 − R2 + C2 and R1 − C1 − π2 + C2 are (B − F) y − ((1 − s) K − p a − v) at y = 1 and y = 0."""
    six = values(calibrate(worked(tmp_path), support=0.25, carbon_price=10))
    alone = six["R1"] - six["C1"] - six["pi2"] + six["C2"]
    together = six["pi1"] - six["C1"] - six["R2"] + six["C2"]
    assert (alone, together - alone) == (40 + 5 - 75, 60)


def test_every_number_tells_its_basis_interval_unit_and_rows(tmp_path: Path) -> None:
    """What the tables hold is measured, with its rows; what is given is assumed; the weakest part decides."""
    document = game_document(calibrate(worked(tmp_path)))
    told = document["parameters"]
    assert {name: p["basis"] for name, p in told.items()} == {
        "pi1": "assumed",
        "pi2": "measured",
        "R1": "measured",
        "R2": "assumed",
        "C1": "measured",
        "C2": "measured",
        "beta": "assumed",
    }
    assert told["C1"]["source"].endswith("measures.csv: 2–3")
    assert told["pi2"]["source"].endswith("accounts.csv: 2–3")  # of those who have a measure
    assert all(p["unit"] and len(p["interval"]) == 2 for p in told.values())
    assert document["assume"] == ["C2 >= 0", "beta > 0"]


def test_the_game_file_reads_as_it_was_written(tmp_path: Path) -> None:
    """The YAML is a game with the same values, in both languages, and its times are years by assumption."""
    found = calibrate(worked(tmp_path, awareness="enterprise,year,certified\nE01,2024,yes\nE02,2024,no\n"))
    text = calibrated_game(found)
    game = load(parse_yaml(text, "game.yaml")[0])
    assert {n: p.value for n, p in game.parameters.items() if n != "beta"} == values(found)
    assert (game.time_unit, game.speed_basis) == ("year", "assumed")
    assert game.today == {"x": Fraction(1, 2), "y": Fraction(1, 2)}
    assert game.translations["zh"].meanings["C1"] == "行动成本：补贴后的年总成本"


def test_without_a_speed_nothing_is_told_in_years(tmp_path: Path) -> None:
    """Where acting and not acting pay the same there is no speed, and the game has no unit of time."""
    found = calibrate(worked(tmp_path), given={"B": 20, "K": 70})
    assert found.speed is None
    game = load(game_document(found))
    assert (game.time_unit, game.speed_basis) == (None, None)
    assert found.to_dict()["answers_in_years"] is None


def test_a_speed_that_is_told_is_as_firm_as_it_is_called(tmp_path: Path) -> None:
    """`calibration` of cluster.yaml may give the speed with its basis, which the game keeps."""
    told = DESCRIPTION.replace(
        "F: 20}", "F: 20, beta: {value: 0.01, interval: [0.005, 0.02], basis: literature, source: a paper}}"
    )
    game = load(game_document(calibrate(worked(tmp_path, told))))
    assert game.speed_basis == "literature"
    assert game.parameters["beta"].source == "as given in cluster.yaml: a paper"


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(9, 22, 0.2326, 0.6127), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)]
)
def test_wilson_intervals(hits: int, count: int, low: float, high: float) -> None:
    """The interval is scipy's Wilson interval."""
    from scipy.stats import binomtest

    own = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson_interval(hits, count) == pytest.approx((own.low, own.high), abs=1e-12)
    assert wilson_interval(hits, count) == pytest.approx((low, high), abs=1e-4)


def test_today_by_group_and_never_in_silence(tmp_path: Path) -> None:
    """Awareness stands in for adoption, said so; where neither is told the game has no state of today."""
    marked = "id,name,leader\nE01,First,yes\nE02,Second,\nE03,Third,\n"
    aware = "enterprise,year,certified\nE01,2024,yes\nE02,2024,no\nE03,2024,yes\n"
    found = calibrate(worked(tmp_path / "a", enterprises=marked, awareness=aware), "leader-sme")
    others = found.sides[1].today
    assert others is not None and (others.value, others.basis) == (Fraction(1, 2), "assumed")
    leaders = found.sides[0].today
    assert leaders is not None and Fraction(1, 2) < leaders.value < 1  # one of one proves little
    dark = calibrate(worked(tmp_path / "b"))
    assert dark.sides[0].today is None and "today" not in game_document(dark)


def test_a_leader_and_another_have_six_each(tmp_path: Path) -> None:
    """The pair of unequal enterprises has the form of the asymmetric game, with own B and F where given."""
    marked = "id,name,leader\nE01,First,yes\nE02,Second,\nE03,Third,\n"
    found = calibrate(worked(tmp_path, enterprises=marked), "leader-sme", given={"BA": 90, "KB": 10})
    assert len(values(found)) == 12
    assert (values(found)["pi1A"], values(found)["pi1B"], values(found)["C1B"]) == (630, 620, 10)
    assert analyze(load(game_document(found))).to_dict()["rest_points"]


def test_an_interest_that_nobody_told_widens_the_cost(tmp_path: Path) -> None:
    """Its usual value is from literature, and the cost lies between what 5 % and 12 % make of it."""
    table = BOTH.replace("0,100,", "1000,0,")
    told = DESCRIPTION.replace("discount_rate: 0.08\n", "")
    cost = calibrate(worked(tmp_path, told, measures=table)).sides[0].components.K
    assert cost.basis == "literature"
    assert [round(float(v), 3) for v in (cost.low, cost.value, cost.high)] == [129.505, 149.029, 176.984]


def test_regimes_within_the_intervals(tmp_path: Path) -> None:
    """At the values both outcomes are stable; where F may exceed B another regime is told."""
    found = calibrate(worked(tmp_path), given={"F": "0:20:120"})
    regimes = possible_regimes(found)
    assert set(regimes.now) == {(0.0, 0.0), (1.0, 1.0)} and regimes.complete
    assert {frozenset(states) for states in regimes.possible} == {
        frozenset({(0.0, 0.0), (1.0, 1.0)}),
        frozenset({(0.0, 0.0)}),
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.fixed_dictionaries({k: st.integers(0, 200) for k in ("v", "B", "F", "K", "a")}),
    price=st.integers(0, 300),
)
def test_the_game_is_the_advantage_of_its_parts(numbers: dict[str, int], price: int, tmp_path: Path) -> None:
    """Whatever the parts: stable corners of the game are those that the signs of both advantages say."""
    cluster = worked(tmp_path)
    found = calibrate(cluster, carbon_price=price, given=numbers)
    alone, together = found.sides[0].components.advantages()
    stable = {
        tuple(map(float, p["state"].values()))
        for p in analyze(load(game_document(found))).to_dict()["rest_points"]
        if p["stability"] == "asymptotically stable"
    }
    expected = set()
    if alone < 0:
        expected.add((0.0, 0.0))
    if together > 0:
        expected.add((1.0, 1.0))
    if alone > 0 > together:
        expected |= {(0.0, 1.0), (1.0, 0.0)}
    assert stable == expected


BAD: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    ("no measures", {"measures": MEASURES}, {}, "K570"),
    ("all of the cluster", {"measures": MEASURES + "M1,,roofs,10,1,2,3,20\n"}, {}, "K570"),
    ("one enterprise", {"enterprises": "id,name\nE01,First\n", "accounts": "", "measures": BOTH}, {}, "K572"),
    ("no accounts", {"accounts": "enterprise,year,output,value_added\n"}, {}, "K573"),
    ("a strange name", {}, {"given": {"C1": 3}}, "K574"),
    ("no number", {}, {"given": {"F": "much"}}, "K575"),
    ("outside its interval", {}, {"given": {"F": "5:4:9"}}, "K575"),
    ("a negative cost", {}, {"given": {"K": -4}}, "K575"),
    ("a support in per cent", {}, {"support": 20.0}, "K575"),
    ("a negative price", {}, {"carbon_price": -1.0}, "K575"),
    (
        "no leader with a measure",
        {"measures": MEASURES + "M1,E03,b,0,9,4,5,10\n"},
        {"pair": "leader-sme"},
        "K572",
    ),
    ("another pair", {}, {"pair": "triple"}, "K576"),
]


@pytest.mark.parametrize(("what", "tables", "options", "code"), BAD, ids=[row[0] for row in BAD])
def test_bad_tables_and_numbers_are_told_in_words(
    what: str, tables: dict[str, str], options: dict[str, Any], code: str, tmp_path: Path
) -> None:
    """Each has its code and says what to do, in both languages."""
    with pytest.raises((InputError, NameProblem)) as caught:
        calibrate(worked(tmp_path, **tables), **options)
    assert caught.value.code == code
    assert caught.value.hint or code == "K575"
    assert language_of("zh").tell(caught.value.message) != caught.value.message


@pytest.mark.parametrize("given", [{"B": 20}, {"B": 0, "F": 50}, {"a": 0}, {"p": 0, "a": 0, "v": 0}])
def test_degenerate_parts_make_a_game_that_loads(given: dict[str, int], tmp_path: Path) -> None:
    """B = F, B < F, nothing avoided and nothing saved are games too, and are pointed out."""
    found = calibrate(worked(tmp_path), given=given)
    assert analyze(load(game_document(found))).to_dict()["completeness"]["status"] == "complete"
    assert found.cautions


def test_no_price_makes_waiting_free_and_says_so(tmp_path: Path) -> None:
    """C2 is zero without a price, called assumed; `C2 >= 0` still holds."""
    found = calibrate(worked(tmp_path, DESCRIPTION.replace("carbon_price: 60\n", "")))
    (cost,) = (p for p in found.parameters if p.name == "C2")
    assert (cost.estimate.value, cost.estimate.basis) == (0, "assumed")
    assert "no carbon price" in str(cost.estimate.how)


@pytest.mark.parametrize(("lang", "pair"), [("en", "representative"), ("zh", "leader-sme")])
def test_the_document_tells_every_parameter_with_its_basis(lang: str, pair: Any) -> None:
    """All six of each side stand in a table, with basis and rows, and no English is left in Chinese."""
    words = language_of(lang)
    text = write_document(calibration_document(calibrate(load_cluster("synthetic-park"), pair), words), "md")
    content = text.content if isinstance(text.content, str) else text.content.decode()
    assert content.count(words.BASIS_ASSUMED) >= 3 and "measures.csv" in content
    assert lang == "en" or "the partner" not in content


def test_the_benefit_of_acting_together_is_what_exchanges_bring(tmp_path: Path) -> None:
    """B − F is the value of the coalition less the values alone, per enterprise."""
    from separatrix_cluster.symbiosis.optimal_exchange import exchange_value
    from separatrix_cluster.symbiosis.problem import exchange_problem, restricted_to

    park_of_all = load_cluster("synthetic-park")
    problem = exchange_problem(park_of_all, carbon_price=0)
    names = [str(name) for name in park_of_all.enterprises]
    alone = sum(exchange_value(restricted_to(problem, [name])) for name in names)
    gain = (exchange_value(problem) - alone) / len(names) / 1e4
    parts = calibrate(park_of_all).sides[0].components
    assert float(parts.B.value - parts.F.value) == pytest.approx(gain, rel=1e-6)
    assert parts.B.basis == "assumed"  # what spills over, no table tells


def test_a_measure_of_later_years_is_no_part_of_the_game_of_today(tmp_path: Path) -> None:
    """Of alternatives that exclude each other one is taken; what can only be begun later is told."""
    table = (
        "id,enterprise,name,investment,running_cost,saving,abatement,life,excludes,earliest\n"
        "M1,E01,boiler,0,100,40,500,10,M2,\nM2,E01,other boiler,0,90,40,400,10,,\n"
        "M3,E02,boiler,0,100,40,500,10,,\nM4,E02,capture,0,900,0,900,10,,2028\n"
    )
    found = calibrate(worked(tmp_path, measures=table))
    assert values(found)["C1"] == 100
    assert ("K571", 5) in {(r.code, r.row) for r in found.remarks}


def test_support_of_a_measure_lowers_the_cost_of_its_enterprise(tmp_path: Path) -> None:
    """A row's own support counts before that of cluster.yaml, and one that is given before both."""
    table = (
        "id,enterprise,name,investment,running_cost,saving,abatement,life,support\n"
        "M1,E01,boiler,0,100,40,500,10,40 %\nM2,E02,boiler,0,100,40,500,10,\n"
    )
    cluster = worked(tmp_path, measures=table)
    assert values(calibrate(cluster))["C1"] == 80
    assert values(calibrate(cluster, support=0.5))["C1"] == 50


def test_a_later_alternative_takes_nothing_from_what_can_be_done_now(tmp_path: Path) -> None:
    """A measure that excludes one of later years is taken, and no row is called unknown."""
    table = (
        "id,enterprise,name,investment,running_cost,saving,abatement,life,excludes,earliest\n"
        "M1,E01,boiler,0,100,40,500,10,M2,\nM2,E01,capture,0,900,0,900,10,M1,2030\n"
        "M3,E02,boiler,0,100,40,500,10,,\n"
    )
    found = calibrate(worked(tmp_path, measures=table))
    assert values(found)["C1"] == 100
    assert not [r for r in found.remarks if r.severity == "error"]


def test_the_file_and_the_page_tell_how_to_make_them_again(tmp_path: Path) -> None:
    """What was asked for in place of the tables stands in the game file, and in the command on the page."""
    found = calibrate(worked(tmp_path), support=0.2, given={"F": "10:30:60"})
    assert game_document(found)["calibration"]["asked"] == {"support": "0.2", "set F": "10:30:60"}
    written = write_document(calibration_document(found, language_of("en")), "md").content
    assert "--support 0.2 --set F=10:30:60 --out game.yaml" in str(written)
