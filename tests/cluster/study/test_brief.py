"""A brief: ten answers, of which every number can be had again by the command that it names."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp

import separatrix
from cluster.study.worked_park import worked_park
from separatrix.cli.app import run
from separatrix.dynamics.attractors.heteroclinic_cycles import Kind as OmegaKind
from separatrix.errors import InputError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.brief.brief import Brief, brief_of_cluster, brief_of_game
from separatrix_cluster.brief.statements import QUESTIONS, Provenance, SourcedValue, quantities_in
from separatrix_cluster.brief.tipping import ELSEWHERE
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_names
from thinning import thinned

Capture = pytest.CaptureFixture[str]

CLUSTERS = ("rotterdam", "kalundborg", "synthetic-park")


@cache
def brief(name: str) -> Brief:
    """Return the brief on a shipped cluster."""
    return brief_of_cluster(load_cluster(name), name)


def quantities(found: Brief) -> list[SourcedValue]:
    """Return every quantity of a brief."""
    return [
        quantity
        for answer in found.answers
        for told in (*answer.told, *answer.needs)
        for _, quantity in quantities_in(told)
    ]


def at(answer: Any, place: str) -> Any:
    """Return what stands at a place such as ``curve[3].abatement`` of JSON, or None."""
    for key in re.findall(r"[^.\[\]]+", place):
        if isinstance(answer, list):
            answer = answer[int(key)] if key.isdigit() and int(key) < len(answer) else None
        elif isinstance(answer, dict):
            answer = answer.get(key)
        else:
            return None
    return answer


@thinned("name", CLUSTERS, each_run=2)
def test_every_number_stands_where_its_source_says(
    name: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command of a number, run again, prints the number at its place."""
    monkeypatch.chdir(tmp_path)
    answers: dict[tuple[str, ...], Any] = {}
    found = [q for q in quantities(brief(name)) if q.source.at]
    compared = 0
    for quantity in found:
        source = quantity.source
        if source.first and source.first not in answers:
            run(source.first)
            answers[source.first] = None
        if source.command not in answers:
            capsys.readouterr()
            run(source.command)
            answers[source.command] = json.loads(capsys.readouterr().out)
        there = at(answers[source.command], source.at)
        if isinstance(there, (int, float)) and isinstance(quantity.value, (int, float)):
            assert math.isclose(there, quantity.value, rel_tol=1e-9, abs_tol=1e-12), source
            compared += 1
        elif isinstance(there, list) and quantity.kind == "count":
            assert len(there) >= quantity.value, source
        else:
            assert there is not None or quantity.kind in ("standard", "name"), source
    assert compared > len(found) / 3


@pytest.mark.parametrize("name", CLUSTERS)
def test_rows_of_sources_are_rows_of_the_files(name: str) -> None:
    """A row that a number rests on is one of its table."""
    tables = load_cluster(name).tables
    rows = {table.file: set(table.rows.tolist()) for table in tables.values()}
    named = [(file, own) for q in quantities(brief(name)) for file, own in q.source.rows]
    assert named
    for file, own in named:
        assert set(own) <= rows[file]


@pytest.mark.parametrize("name", shipped_names())
def test_every_question_is_answered_or_told_what_it_needs(name: str) -> None:
    """No question is passed over, whatever a cluster lacks."""
    found = brief(name)
    assert [answer.question for answer in found.answers] == list(QUESTIONS)
    assert all(answer.told or answer.needs for answer in found.answers)


def test_what_is_counted_is_not_said_to_lie_between_ends_that_both_exceed_it(tmp_path: Path) -> None:
    """Where a row that cannot be read is missing for sure, what is counted is told apart."""
    members = [f"E{k:02}" for k in range(1, 41)]
    rows = [f"{e},{y},raw_coal,{1000 + 37 * y % 50},t" for e in members for y in range(2016, 2025)]
    rows = ["E02,2024,raw_coal,1030,furlong" if r.startswith("E02,2024") else r for r in rows]
    texts = {
        "cluster.yaml": "format: 1\nname: Park\ncountry: CN\n",
        "enterprises.csv": "id,name,sector\n" + "".join(f"{e},{e},C26\n" for e in members),
        "energy.csv": "\n".join(["enterprise,year,carrier,amount,unit", *rows]),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    cluster = load_cluster(tmp_path / "cluster.yaml")
    books = completeness_of(cluster, carbon_accounts(cluster))
    found = next(a for a in brief_of_cluster(cluster).answers if a.question == "stand").told[0]
    numbers = dict(quantities_in(found))
    assert numbers["low"].value == books.total(2024).low > numbers["total"].value > 0
    assert "(" not in found.template and "counted" in found.template


def test_a_change_of_some_enterprises_is_not_told_as_that_of_all(tmp_path: Path) -> None:
    """Where data of one lack in a year, the causes are of the others, and the answer says of how many."""
    members = [f"E{k:02}" for k in range(1, 17)]
    for name, lacking in (("some", "E03"), ("all", "")):
        energy = [
            f"{e},{y},{carrier},{round(size * (1 + 0.01 * ((7 * k + 3 * y) % 5)), 1)},{unit}"
            for k, e in enumerate(members)
            for y in (2021, 2022, 2023)
            for carrier, size, unit in (("raw_coal", 700 + 61 * k, "t"), ("electricity", 900 + 53 * k, "MWh"))
            if (e, y) != (lacking, 2021)
        ]
        accounts = [
            f"{e},{y},{9000 + 511 * k + 13 * y % 300},{3000 + 171 * k + 7 * y % 90},{40 + k}"
            for k, e in enumerate(members)
            for y in (2021, 2022, 2023)
        ]
        texts = {
            "cluster.yaml": "format: 1\nname: Park\ncountry: CN\ngrid_area: Jiangsu\nmoney_unit: 10k CNY\n",
            "enterprises.csv": "id,name,sector\n" + "".join(f"{e},{e},C26\n" for e in members),
            "energy.csv": "\n".join(["enterprise,year,carrier,amount,unit", *energy]),
            "accounts.csv": "\n".join(["enterprise,year,output,value_added,staff", *accounts]),
        }
        (tmp_path / name).mkdir()
        for file, text in texts.items():
            (tmp_path / name / file).write_text(text, "utf-8")
        found = brief_of_cluster(load_cluster(tmp_path / name / "cluster.yaml"))
        causes = next(a for a in found.answers if a.question == "change").told[0]
        numbers = dict(quantities_in(causes))
        assert "change" in numbers
        assert numbers["count"].value == 15 if lacking else "count" not in numbers


def test_a_cluster_of_links_alone_is_told_of_its_links() -> None:
    """Kalundborg has exchanges and nothing else: no number of carbon, of money or of a game is told."""
    found = brief("kalundborg")
    assert found.answered == (8, 9)
    assert {q.kind for q in quantities(found)} <= {"name", "count", "share", "number"}
    assert found.game is None


def test_a_cluster_of_emissions_alone_names_the_tables_that_the_rest_takes() -> None:
    """Rotterdam has verified emissions: what is missing is told by the names of tables."""
    found = brief("rotterdam")
    assert found.answered == (1, 2, 3)
    needed = {answer.question: " ".join(answer.needs) for answer in found.answers}
    tables = {"measures": "measures", "push": "measures", "leaders": "links", "exchanges": "streams"}
    for question, table in tables.items():
        assert f"`{table}`" in needed[question]
    assert "park_standard" in needed["gap"]


def test_numbers_agree_with_what_is_known_of_rotterdam() -> None:
    """21.68 Mt of 2022, all of it verified."""
    found = brief("rotterdam")
    values = dict(pair for told in found.answer("stand").told for pair in quantities_in(told))
    assert values["year"].value == 2022
    assert values["total"].value == pytest.approx(21_675_888, rel=1e-6)
    told = found.answer("data").told
    assert dict(quantities_in(told[-1]))["share"].value == pytest.approx(1.0)


def test_a_budget_is_told_with_what_it_buys() -> None:
    """With a budget nothing more is asked for; the chosen measures cost no more than it."""
    found = brief_of_cluster(load_cluster("synthetic-park"), budget=5_000)
    answer = found.answer("measures")
    assert answer.needs == ()
    chosen = dict(quantities_in(answer.told[-1]))
    assert chosen["budget"].value == 50_000_000
    assert 0 < chosen["cut"].value < 698_428
    assert chosen["cut"].source.command[3:5] == ("--budget", "5000")


def test_a_budget_that_cannot_be_is_refused() -> None:
    """What makes no sense ends the brief, for it was asked for."""
    with pytest.raises(InputError) as caught:
        brief_of_cluster(load_cluster("synthetic-park"), budget=-1)
    assert caught.value.code == "K560"


def test_a_game_is_told_where_it_leads_and_the_rest_takes_a_cluster() -> None:
    """The bistable game of the paper slides back from (0.2, 0.3); nothing is told of carbon."""
    found = brief_of_game(separatrix.load("shi-chen-2018"), start={"x": "0.2", "y": "0.3"})
    values = dict(pair for told in found.answer("stand").told for pair in quantities_in(told))
    assert values["today"].value == {"x": 0.2, "y": 0.3}
    assert values["ending"].value == {"x": 0.0, "y": 0.0}
    assert found.cluster is None
    assert {q.kind for q in quantities(found)}.isdisjoint({"tonnes", "money", "price", "year"})


@pytest.mark.soak
def test_instruments_that_tip_and_are_not_named_are_counted() -> None:
    """Every instrument of the paper's game is named, counted as one that tips, or as one that does not."""
    game = separatrix.load("shi-chen-2018")
    tipping = [
        one.condition("basin").tipping is not None
        for one in separatrix.tipping_values(game, noise=False).instruments
    ]
    told = brief_of_game(game).answer("push").told
    counts = [pair[1].value for one in told[:3] for pair in quantities_in(one) if pair[1].kind == "count"]
    named = sum(pair[1].kind == "instrument" for pair in quantities_in(told[0]))
    assert counts == [sum(tipping) - named, len(tipping) - sum(tipping)]


@pytest.mark.soak
def test_the_priced_instrument_is_the_cheapest_of_those_that_cost_the_public_something() -> None:
    """Of those that tip: who is free at the target is named, the rest counted, none of them cheaper."""
    game = separatrix.load("shi-chen-2018")
    costs = {
        one.name: (one.cost or {}).get("public", 0)
        for one in separatrix.tipping_values(game, noise=False).instruments
        if one.condition(one.goal).tipping is not None
    }
    free = {name for name, cost in costs.items() if cost <= 0}
    assert 1 < len(free) < len(costs) - 1
    told = {one.template: one for one in brief_of_game(game).answer("push").told}
    nothing = next(one for template, one in told.items() if "cost the public nothing" in template)
    assert {q.value.name for _, q in quantities_in(nothing)} == free
    values = dict(quantities_in(next(one for template, one in told.items() if "none costs less" in template)))
    assert values["count"].value == len(costs) - len(free)
    assert costs[values["instrument"].value.name] == min(cost for cost in costs.values() if cost > 0)


def test_one_instrument_is_compared_with_none() -> None:
    """Where only one instrument tips and it costs something, no other is spoken of."""
    game = separatrix.load("shi-chen-2018")
    alone = replace(game, instruments={"awareness": game.instruments["awareness"]})
    told = " ".join(brief_of_game(alone).answer("push").told)
    assert "costs the public" in told
    assert "nothing" not in told and "none costs less" not in told


def test_what_matters_most_is_not_told_where_its_interval_overlaps_others(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parameters whose intervals, in the command that is cited, reach that of the first are told as open."""
    monkeypatch.chdir(tmp_path)
    told = next(one for one in brief("synthetic-park").answer("certainty").told if "most influential" in one)
    named = list(quantities_in(told))
    source = named[0][1].source
    run(source.first)
    capsys.readouterr()
    run(source.command)
    intervals = json.loads(capsys.readouterr().out)["total_intervals"]
    totals = [q.value.name for name, q in named if name == "name"]
    more = sum(q.value for name, q in named if name == "count")
    reach = [name for name in intervals if intervals[name][1] >= intervals[totals[0]][0]]
    assert len(reach) > 1
    assert "could not be determined" in told
    assert set(totals) <= set(reach) and len(totals) + more == len(reach)


def test_a_parameter_that_is_alone_in_being_uncertain_matters_most() -> None:
    """Where the first is apart from all others, it alone is told, as what matters most."""
    hawks = {
        "title": "Hawk and dove",
        "parameters": {"V": {"value": 4, "uncertain": {"uniform": [2, 9]}}, "C": 6},
        "payoff_matrix": [["(V - C)/2", "V"], [0, "V/2"]],
        "today": {"x": 0.5},
    }
    told = brief_of_game(separatrix.load(hawks)).answer("certainty").told
    most = next(one for one in told if "matters most" in one)
    assert most.template.startswith("What matters most")
    assert [q.value.name for _, q in quantities_in(most)] == ["V"]


def test_a_total_is_known_as_well_as_its_farther_end() -> None:
    """The margin that is told, added to what is counted, reaches both ends of the interval."""
    found = brief("synthetic-park")
    margin = dict(quantities_in(found.answer("certainty").told[0]))["share"].value
    values = dict(quantities_in(found.answer("stand").told[0]))
    counted, low, high = (values[name].value for name in ("total", "low", "high"))
    assert counted * (1 + margin) >= high * (1 - 1e-12)
    assert counted * (1 - margin) <= low * (1 + 1e-12)


def test_a_table_that_cannot_be_read_is_not_told_as_missing_alone(tmp_path: Path) -> None:
    """Who has a broken file of accounts is told that it is broken, not only that accounts are needed."""
    park = worked_park(tmp_path)
    (tmp_path / "accounts.csv").write_bytes(b'enterprise,year,"value\n\x00\xff,,,')
    files = [
        pair[1].value
        for needed in brief_of_cluster(load_cluster(park.origin)).answer("data").needs
        for pair in quantities_in(needed)
    ]
    assert files == ["accounts.csv"]


def test_a_game_that_does_not_say_where_it_stands_is_told_so() -> None:
    """Without today's shares there is nothing to lead anywhere."""
    found = brief_of_game(replace(separatrix.load("shi-chen-2018"), today=None))
    assert found.answer("stand").told == ()
    assert "`today`" in found.answer("stand").needs[0]
    assert found.answer("push").told == ()


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    """Return the brief on the worked case: a fifth act, and left alone nobody will."""
    return brief_of_cluster(worked_park(tmp_path_factory.mktemp("worked")))


def test_the_worked_case_tips_where_it_is_known_to(worked: Brief) -> None:
    """From a fifth who act: 96 CNY/t, or 18 % of the cost; the subsidy costs 36 CNY a tonne more avoided."""
    told = worked.answer("push").told
    first, beyond = told[:2]
    kept = next(one for one in told if one.startswith("If permanent"))
    assert [q.value for _, q in quantities_in(first)] == [0.2, 0.0]
    levels = [q.value for name, q in quantities_in(beyond) if name == "level"]
    assert levels == pytest.approx([96, 18_000, 0.18], rel=1e-9)
    costs = dict(quantities_in(kept))
    assert costs["cost"].value == pytest.approx(36_000)
    assert costs["price"].value == pytest.approx(36)


def test_support_that_ends_costs_what_integrating_it_by_another_solver_gives(worked: Brief) -> None:
    """Its cost, its tonnes over 20 years, and that all act in the end, by scipy on the equations."""
    all_told = worked.answer("push").told
    k = next(k for k, one in enumerate(all_told) if "and then ended" in one)
    told = dict(pair for one in all_told[k : k + 2] for pair in quantities_in(one))
    assert worked.game is not None
    speed = float(worked.game.parameters["beta"].value or 0)
    end = told["time"].value

    def rates(t: float, state: NDArray[np.float64]) -> list[float]:
        # Both parties alike: payoffs 620, 540 less 100 of cost, 520 and 500 less 30 of the carbon price.
        x, support = state[0], 100.0 * told["level"].value * (t < end)
        gain = x * (620 - 520) + (1 - x) * (540 - 500) - 100 + 30 + support
        left = state[3]
        alone = left * (620 - 520) + (1 - left) * (540 - 500) - 100 + 30
        return [
            speed * x * (1 - x) * gain,
            support * 2 * x,
            500 * 2 * (x - left),
            speed * left * (1 - left) * alone,
        ]

    found = solve_ivp(rates, (0, 80), [0.2, 0, 0, 0.2], max_step=0.01, rtol=1e-9, t_eval=[20, 80])
    assert told["cost"].value == pytest.approx(1000 * found.y[1, 0], rel=1e-3)
    assert told["price"].value == pytest.approx(1000 * found.y[1, 0] / found.y[2, 0], rel=1e-3)
    assert found.y[0, 1] > 0.95


def test_how_often_support_that_ends_works_agrees_with_a_closed_form(worked: Brief) -> None:
    """Only the speed is uncertain, log-uniform: the share of speeds that cross one half before the end."""
    pairs = [pair for told in worked.answer("push").told for pair in quantities_in(told)]
    ends = [q.value for name, q in pairs if name == "time"]
    shares = [q.value for name, q in pairs if name in ("share", "wished")]
    assert worked.game is not None
    low, high = (float(end) for end in worked.game.parameters["beta"].interval or (0, 0))
    needed, _ = quad(lambda x: 1 / (x * (1 - x) * (60 * x + 70)), 0.2, 0.5)
    works = math.log(high * ends[0] / needed) / math.log(high / low)
    assert shares[0] == pytest.approx(works, abs=3.3 * math.sqrt(works * (1 - works) / 500))
    assert math.log(high * ends[1] / needed) / math.log(high / low) == pytest.approx(shares[1], abs=0.04)


def test_a_tipping_value_does_what_is_told_of_it(worked: Brief) -> None:
    """1 % beyond the subsidy that is told today's state ends where all act, 1 % below where nobody does."""
    game = worked.game
    assert game is not None
    acting = separatrix.with_instruments(game, ["subsidy"])
    ends = [separatrix.outcome(acting, values={"subsidy": 0.18 * by}).ending.state for by in (0.99, 1.01)]
    assert ends == [(0.0, 0.0), (1.0, 1.0)]


@pytest.mark.parametrize(
    ("name", "start"),
    [("matching-pennies", (0.3, 0.3)), ("stag-hunt-two-populations", (0.2, 0.2)), ("zeeman-1980", None)],
)
def test_an_outcome_is_told_as_what_it_is(name: str, start: tuple[float, float] | None) -> None:
    """Closed orbits and a rest point have words of their own; without a start nothing is told."""
    game = separatrix.load(name)
    answer = brief_of_game(
        game, start=None if start is None else dict(zip(game.shares, start, strict=True))
    ).answer("stand")
    if start is None:
        assert answer.told == ()
        return
    ending, values = separatrix.outcome(game, start).ending, answer.told[0].values
    if ending.state is None:
        assert values["what"] == ELSEWHERE[ending.kind]
    else:
        assert tuple(values["ending"].value.values()) == ending.state


@pytest.mark.parametrize("kind", get_args(OmegaKind))
def test_every_kind_of_limit_without_a_state_has_words(kind: str) -> None:
    """No kind of outcome is told by the words of another."""
    assert kind in ELSEWHERE or kind == "rest point"
    assert len(set(ELSEWHERE.values())) == len(ELSEWHERE)


def test_runs_of_rows_are_told_short() -> None:
    """Many rows are told by their ends and their number, few one by one."""
    source = Provenance(("x",), rows=(("a.csv", (2, 3, 9)), ("b.csv", tuple(range(2, 40, 2))), ("c.csv", ())))
    assert source.files == ("a.csv: 2–3, 9", "b.csv: 2–38 (19)", "c.csv")
    assert source.to_dict()["rows"][1]["rows"].startswith("2, 4, 6")
