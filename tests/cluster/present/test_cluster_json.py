"""The parts of a cluster's pages say what its documents and its accounts say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from separatrix.languages import language_of
from separatrix.studio.page_json import document_json
from separatrix.writers.registry import write_html
from separatrix_cluster.diagnosis.diagnosis import Diagnosis, diagnose
from separatrix_cluster.documents.accounts import account_document
from separatrix_cluster.documents.diagnosis import diagnosis_document
from separatrix_cluster.measures.abatement import abatement
from separatrix_cluster.studio.cluster_json import (
    carbon_json,
    cluster_exchanges,
    cluster_json,
    difficulties_json,
    exchanges_json,
    measures_json,
)
from separatrix_cluster.studio.diffusion import ClusterDiffusion, cluster_diffusion, diffusion_json
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_names


@pytest.fixture(scope="module", params=sorted(shipped_names()))
def found(request: pytest.FixtureRequest) -> Diagnosis:
    return diagnose(load_cluster(request.param))


def texts(value: Any) -> Iterator[str]:
    """Yield what a reader sees of a block, without formulas, whose two forms are tested elsewhere."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict) and value.get("kind") != "formula":
        for key, item in value.items():
            if key not in ("kind", "align", "style", "label", "symbol"):
                yield from texts(item)


def words(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", text.replace("\u200b", "")))


def test_a_document_says_the_same_as_its_html(found: Diagnosis) -> None:
    """Every word of a document's HTML, its figures apart, stands in its JSON as often, and no other."""
    for code in ("en", "zh"):
        said = language_of(code)
        for document in (
            account_document(found.cluster, found.completeness, said),
            diagnosis_document(found, said),
        ):
            html = re.sub(
                r"<figure>.*?</figure>|<head>.*?</head>|<svg.*?</svg>", "", write_html(document), flags=re.S
            )
            html = unescape(re.sub(r"<[^>]+>", " ", html.replace("<wbr>", "")))
            assert words(" ".join(texts(document_json(document)))) == words(html)


def test_enterprises_add_up_to_the_total_and_intervals_hold_it(found: Diagnosis) -> None:
    """In each year the enterprises add up to what was counted, which its interval holds."""
    part = carbon_json(found)
    for year in part["years"]:
        emitted = sum((row[0] or 0) + (row[1] or 0) for row in year["enterprises"])
        assert year["told_of"] == sum(row[:2] != [None, None] for row in year["enterprises"])
        assert emitted == pytest.approx(year["counted"], rel=1e-9, abs=0.01 * len(year["enterprises"]))
        assert year["scope_1"] + year["scope_2"] == pytest.approx(year["counted"], rel=1e-12)
        told = found.completeness.to_dict()["years"][str(year["year"])]
        assert year["share"] == pytest.approx(told["share"], abs=1e-3)
        for end in ("low", "high", "missing"):
            assert (year[end] is None) == (told[end] is None)
            assert year[end] is None or year[end] == pytest.approx(told[end], abs=1e-3)


def test_what_is_not_known_is_never_a_number(found: Diagnosis) -> None:
    """A difficulty without a scored indicator has no score, and the data hold neither nan nor infinity."""
    part = difficulties_json(found)
    json.dumps([part, carbon_json(found)], allow_nan=False)
    for difficulty in part["difficulties"]:
        scored = [i for i in difficulty["indicators"] if i["score"] is not None]
        assert (difficulty["score"] is None) == (not scored)
        for one in (difficulty, *scored):
            if one["score"] is not None:
                assert 0 <= one["low"] <= one["score"] <= one["high"] <= 1


def test_figures_that_pages_do_not_draw_themselves_are_in_the_document() -> None:
    """What changed the emissions comes as a picture, with words for those who cannot see it."""
    told = difficulties_json(diagnose(load_cluster("messy-park")))["told"]["zh"]["document"]["blocks"]
    figures = [block for block in told if block["kind"] == "figure"]
    assert len(figures) == 2
    for figure in figures:
        assert figure["svg"].startswith("<svg") and figure["said"] and "&" not in figure["said"]


def test_each_language_is_told_apart(found: Diagnosis) -> None:
    """The document of a part is in the language that it is asked in."""
    for part in (carbon_json(found), difficulties_json(found)):
        told = part["told"]
        assert set(told) >= {"en", "zh"}
        assert told["zh"]["document"] != told["en"]["document"]


def test_the_head_tells_which_tables_there_are_and_that_data_are_made_up() -> None:
    """A made-up cluster says so in what every page is given, with the rows of each table."""
    head = cluster_json(load_cluster("synthetic-park"), ["carbon"])
    assert head["synthetic"] is True and head["tables"]["links"] == 51 and head["parts"] == ["carbon"]


@pytest.fixture(scope="module", params=["kalundborg", "synthetic-park"])
def spread(request: pytest.FixtureRequest) -> ClusterDiffusion:
    return cluster_diffusion(load_cluster(request.param))


@pytest.mark.parametrize("name", ["kalundborg", "synthetic-park"])
def test_every_exchange_has_its_ends_and_every_departure_leaves_what_it_says(name: str) -> None:
    """Counting the links that do not touch an enterprise gives the share that is told to be left."""
    cluster = load_cluster(name)
    part = exchanges_json(cluster_exchanges(cluster))
    known = {node["id"] for node in part["nodes"]}
    for link in part["links"]:
        assert {link["from"], link["to"]} <= known and link["through"] in (None, *known)
    for code in ("en", "zh"):
        assert len(part["told"][code]["links"]) == len(part["links"])
    today = [link for link in part["links"] if link["when"] == "today"]
    for departure in part["departures"]["today"]:
        left = [k for k in today if departure["enterprise"] not in (k["from"], k["to"])]
        assert departure["links_left"] == pytest.approx(len(left) / len(today))
        still = {end for link in left for end in (link["from"], link["to"])}
        before = {end for link in today for end in (link["from"], link["to"])} - {departure["enterprise"]}
        assert set(departure["stranded"]) == before - still


def test_an_exchange_of_today_that_a_plan_keeps_counts_once() -> None:
    """With those of today that it keeps, a plan has as many exchanges as the network that is assessed."""
    found = cluster_exchanges(load_cluster("synthetic-park"))
    links = exchanges_json(found)["links"]
    shown = [link for link in links if link["when"] == "planned" or not link["both"]]
    assert found.planned is not None and len(shown) == len(found.planned.network.links)
    assert sum(link["both"] for link in links) == 2


def test_a_plan_through_a_facility_is_drawn_through_it() -> None:
    """A flow that goes through a shared facility names it, and the facility has a place of its own."""
    part = exchanges_json(cluster_exchanges(load_cluster("synthetic-park")))
    used = {link["through"] for link in part["links"]} - {None}
    assert used and used == {node["id"] for node in part["nodes"] if node["facility"]}
    assert max(link["part"] for link in part["links"] if link["when"] == "planned") == 1


def test_the_steps_of_the_curve_add_up_to_what_all_measures_cut_together() -> None:
    """The bundles of the cost curve add up to what the set cuts; each interval holds what is told."""
    found = abatement(load_cluster("synthetic-park"))
    part = measures_json(found)
    assert sum(step["abatement"] for step in part["steps"]) == pytest.approx(float(found.together.abatement))
    assert len(part["told"]["zh"]["names"]) == len(part["steps"])
    for step in part["steps"]:
        assert step["low"] is None or step["low"] <= step["abatement"] <= step["high"]
        assert step["cost_low"] is None or step["cost_low"] <= step["cost"] <= step["cost_high"]


def test_the_run_that_is_played_is_the_first_of_those_that_are_summed_up(spread: ClusterDiffusion) -> None:
    """States of the first run give its share, at every time at which one was kept."""
    part = diffusion_json(spread)
    json.dumps(part, allow_nan=False)
    heard = [t for t in part["idea"]["first"] if t is not None]
    assert {part["idea"]["first"][k] for k in part["idea"]["seeds"]} == {0.0}
    assert max(heard) < part["idea"]["times"][-1] and part["idea"]["low"][-1] <= part["idea"]["mean"][-1]
    assert part["idea"]["mean"][-1] == pytest.approx(
        sum(part["idea"]["chance"]) / len(part["nodes"]), abs=1e-3
    )
    acting = part["acting"]
    assert (acting is None) == (spread.refused is not None)
    for frame in () if acting is None else acting["frames"]:
        share = sum(kind in acting["acts"] for kind in frame["types"]) / len(part["nodes"])
        assert acting["first"][acting["times"].index(frame["time"])] == pytest.approx(share, abs=1e-4)


def test_strategies_of_the_calibrated_game_are_told_in_chinese(spread: ClusterDiffusion) -> None:
    """Where the tables make a game, its strategies have the words of each language."""
    types = {code: told["types"] for code, told in diffusion_json(spread)["told"].items()}
    if spread.acting is None:
        assert types == {"en": [], "zh": []}
    else:
        assert types["en"] == ["cooperate", "decline"] and types["zh"] == ["合作", "不合作"]
