"""The speed that a history of adoption tells, and the way from a game to a history and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cluster.calibration.test_calibrate import worked
from separatrix.game.reader import load
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.calibration import game_document, possible_regimes
from separatrix_cluster.tables.panel import Cluster

HEADING = "enterprise,year,adopted,adopters,of\n"


def simulated(folder: Path, beta: float, together: float, first: float, years: int = 14) -> Cluster:
    """Return the worked park, B − F changed, with the history that its own game makes (Euler's method)."""
    x, counts = first, []
    for year in range(years):
        counts.append(f",{2010 + year},,{round(4000 * x)},4000\n")
        for _ in range(100):
            x += 0.01 * beta * x * (1 - x) * (together * x - 30)
    description = (
        "name: Worked park\ncountry: CN\nmoney_unit: thousand CNY\ncarbon_price: 60\ndiscount_rate: 0.08\n"
        f"calibration: {{B: {together + 20}, F: 20}}\n"
    )
    return worked(folder, description, adoption=HEADING + "".join(counts))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beta=st.floats(0.005, 0.02), together=st.sampled_from([20.0, 60.0, 90.0]), seed=st.integers(0, 9))
def test_a_game_its_history_and_the_game_again(
    beta: float, together: float, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Simulated, fitted and calibrated, the speed comes back, measured, and the regime is the same."""
    start = 0.4 + 0.02 * seed
    assume(abs(together * start - 30) > 0.1)  # on the threshold nothing moves, and tells no speed
    cluster = simulated(tmp_path_factory.mktemp("park"), beta, together, start)
    found = calibrate(cluster)
    assert found.speed is not None and found.speed.basis == "measured"
    assert float(found.speed.value) == pytest.approx(beta, rel=0.05)
    stable = {(0.0, 0.0), (1.0, 1.0)} if together > 30 else {(0.0, 0.0)}
    assert set(possible_regimes(found).now) == stable
    assert load(game_document(found)).speed_basis == "measured"


def test_a_history_against_the_tables_is_told_and_leaves_the_speed_assumed(tmp_path: Path) -> None:
    """Enterprises that gave up, where by the tables acting always pays, tell nothing of the speed."""
    shares = np.linspace(0.9, 0.2, 12)
    rows = "".join(f",{2010 + k},,{round(400 * x)},400\n" for k, x in enumerate(shares))
    found = calibrate(worked(tmp_path, adoption=HEADING + rows), given={"v": 400})
    assert found.speed is not None and found.speed.basis == "assumed"
    assert any("disagree" in str(caution) for caution in found.cautions)


def test_one_year_of_history_is_today_and_no_speed(tmp_path: Path) -> None:
    """A share is told, with its interval; the speed stays assumed, and why is said."""
    table = HEADING + "E01,2024,yes,,\nE02,2024,no,,\nE03,2024,yes,,\n"
    found = calibrate(worked(tmp_path, adoption=table))
    assert found.sides[0].today is not None and found.sides[0].today.basis == "measured"
    assert found.speed is not None and found.speed.basis == "assumed"
    assert any("no speed can be fitted" in str(caution) for caution in found.cautions)


def test_each_enterprise_has_its_own_six_in_a_table_that_a_network_reads(tmp_path: Path) -> None:
    """Rows with measures have numbers, others are empty for the game's own; columns are parameters."""
    from separatrix.languages import language_of
    from separatrix.population.networks.enterprises import payoff_tables, read_enterprises
    from separatrix_cluster.documents.calibration import calibration_csv

    found = calibrate(worked(tmp_path / "park"), "enterprises")
    path = tmp_path / "enterprises.csv"
    path.write_text(calibration_csv(found, language_of("en")), "utf-8")
    members = read_enterprises(path)
    assert members.number("C1", -1.0).tolist() == [100, 100, -1]
    tables = payoff_tables(load(game_document(found)), members)
    assert set(tables.own) == {"pi1", "pi2", "R1", "R2", "C1", "C2"} and tables.merged
    assert np.isfinite(tables.tables).all()


def test_adoption_counted_for_all_is_today(tmp_path: Path) -> None:
    """Rows that count many tell the share of the last year."""
    rows = ",2022,,10,40\n,2023,,12,40\n"
    today = calibrate(worked(tmp_path, adoption=HEADING + rows)).sides[0].today
    assert today is not None and (float(today.value), today.basis) == (0.3, "measured")


def test_a_verb_that_tells_times_tells_what_they_rest_on(tmp_path: Path) -> None:
    """Years are told with the basis of the speed, in text and JSON; a game without them tells no unit."""
    from separatrix.dynamics.integration.trajectory import trajectory
    from separatrix.reports.dynamics import trajectories_json, trajectories_text

    told = "Times are in years; the speed behind them is assumed."
    game = calibrate(worked(tmp_path), given={"x": 0.3}).game
    orbit = trajectory(game, {"x": 0.3, "y": 0.3}, until=5, points=3)
    assert told in trajectories_text([orbit], None, game)
    assert '"speed_basis": "assumed"' in trajectories_json(game, [orbit])
    plain = load("shi-chen-2018")
    assert "years" not in trajectories_text([trajectory(plain, [0.5, 0.5], until=2, points=2)], None, plain)
    assert "time_unit" not in trajectories_json(plain, [])


def test_a_history_of_a_threshold_tells_the_cost_that_no_table_holds(tmp_path: Path) -> None:
    """Where by the tables acting always pays, and by the history above a threshold, the gap has a price."""
    cluster = simulated(tmp_path, 0.02, 60.0, 0.6)
    found = calibrate(cluster, given={"K": 60})  # 40 thousand CNY less than the history was made with
    (told,) = (str(c) for c in found.cautions if "disagree" in str(c))
    assert "at 50 %" in told
    assert 39_000 < float(told.partition("a cost of ")[2].partition(" CNY")[0].replace(",", "")) < 41_000


def test_the_side_whose_history_stands_still_is_named(tmp_path: Path) -> None:
    """A leader who always acted leaves nobody to follow among leaders, which is not said of all."""
    marked = "id,name,leader\nE01,First,yes\nE02,Second,\nE03,Third,\n"
    rows = "".join(f"E01,{y},yes,,\nE02,{y},no,,\nE03,{y},no,,\n" for y in range(2018, 2025))
    found = calibrate(worked(tmp_path, enterprises=marked, adoption=HEADING + rows), "leader-sme")
    (told,) = (str(caution) for caution in found.cautions if "none remains" in str(caution))
    assert "leaders: all enterprises had adopted in all years" in told


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_group_of_whom_all_or_none_act_is_told_as_it_is(lang: str, tmp_path: Path) -> None:
    """1 of 1 and 0 of 2 are told as such; the start that moves is called assumed, also in the game file."""
    from separatrix.languages import language_of
    from separatrix.writers.registry import write
    from separatrix_cluster.documents.calibration import calibration_document

    marked = "id,name,leader\nE01,First,yes\nE02,Second,\nE03,Third,\n"
    table = HEADING + "E01,2024,yes,,\nE02,2024,no,,\nE03,2024,no,,\n"
    found = calibrate(worked(tmp_path, enterprises=marked, adoption=table), "leader-sme")
    document = game_document(found)
    assert all(0 < share < 1 for share in document["today"].values())
    assert {of["basis"] for of in document["calibration"]["today"].values()} == {"assumed"}
    content = write(calibration_document(found, language_of(lang)), "md").content
    text = content if isinstance(content, str) else content.decode()
    expected = {
        "en": ("1 of 1 are reported to act", "0 of 2 are reported to act", "the game starts from 60 %"),
        "zh": ("1 家中有 1 家已行动", "2 家中有 0 家已行动", "因此博弈从 60"),
    }
    solid = "".join(text.split())
    assert all("".join(part.split()) in solid for part in expected[lang])
    assert "%act(" not in solid


def test_a_next_step_is_printed_only_where_it_works(tmp_path: Path) -> None:
    """`sensitivity` asks where things end from today, so it is named where the game knows today."""
    from separatrix.languages import language_of
    from separatrix.writers.registry import write
    from separatrix_cluster.documents.calibration import calibration_document

    for folder, numbers, named in (("dark", {}, False), ("told", {"x": 0.3}, True)):
        found = calibrate(worked(tmp_path / folder), given=numbers)
        text = str(write(calibration_document(found, language_of("en")), "md").content)
        assert ("today" in game_document(found)) is named
        assert ("separatrix sensitivity game.yaml" in text) is named
        assert "separatrix basins game.yaml" in text


def test_the_help_tells_the_units_of_what_is_given() -> None:
    """Payoffs in the money unit, the price per t, emissions in t."""
    from separatrix_cluster.cli.calibrate import calibrate as command

    told = " ".join(str(command.__doc__).split())
    assert "in the `money_unit` of cluster.yaml), p (currency per t CO2e), a (t CO2e per year)" in told
