"""The report that is handed in: what it holds, in which order, and in one language only."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import separatrix
from core.present.games import HOSTILE
from core.present.studies import published
from core.present.untold import untold
from core.present.walk import blocks_of, lines_of, plain, titles_of, words_of
from published_cases import EVERY_RUN
from separatrix.analysis.results import Completeness
from separatrix.audit.evidence.findings import Finding
from separatrix.document.tree import (
    Bullets,
    Details,
    Document,
    Equations,
    Figure,
    Heading,
    Paragraph,
    Table,
    Verbatim,
)
from separatrix.formulas.layout import to_plain
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.populations import scenario_name, translate
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.findings import finding_words
from separatrix.reports.game_report import build_paper, claims_lead, report_document
from separatrix.reports.report import build_report
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.regimes import conditions_section
from separatrix.reports.sections.scenarios import (
    cases_table,
    labels_table,
    parameters_table,
    trajectories_of_cases,
)
from separatrix.reports.study import Study, study
from thinning import thinned

UNDECIDED: dict[str, Any] = {
    "title": "A slow spiral",
    "populations": ["A", "B"],
    "advantages": {"x": "(y - 1/2) - (x - 1/2)^15", "y": "-(x - 1/2)"},
}

ASKED = ("shi-chen-2018", "wang-2023", "coal-safety", "rock-paper-scissors-one-population")


def paper(source: Any, language: str = "en", **more: Any) -> Document:
    """Return the report on a game."""
    if isinstance(source, str) and not more:
        return build_paper(published(source, language), language_of(language))
    return report_document(separatrix.load(source), language=language, **more)


def headings(document: Document, level: int = 1) -> list[str]:
    """Return the headings of a level."""
    return [b.text for b in document.blocks if isinstance(b, Heading) and b.level == level]


@thinned("slug", ASKED, each_run=2)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_stand_in_the_order_of_the_literature(slug: str, language: str) -> None:
    """Model, dynamics, rest points, regimes, cases, certainty, sources."""
    words = language_of(language)
    wanted = [
        words.MODEL,
        words.DYNAMICS,
        words.REST_AND_STABILITY,
        words.REGIMES_TITLE,
        words.CASES,
        words.CERTAINTY,
        words.PROVENANCE,
        words.REFERENCES,
    ]
    found = [text for text in headings(paper(slug, language)) if text in wanted]
    assert found == wanted


@thinned("slug", catalogue_slugs(), each_run=EVERY_RUN)
def test_nothing_is_folded_and_nothing_speaks_of_formats(slug: str) -> None:
    """A paper has no folds, and does not send its reader to another command for what it leaves out."""
    document = paper(slug)
    assert not any(isinstance(b, Details) for b in document.blocks)
    told = [plain(c) for b in blocks_of(document.blocks) for c in lines_of(b)]
    assert not [t for t in told if "--format html" in t]


@thinned("slug", catalogue_slugs(), each_run=EVERY_RUN)
def test_chinese_reports_are_chinese(slug: str) -> None:
    """No English is left beside names of programs, citations and what the reader may copy."""
    game = separatrix.translate(separatrix.load(slug), "zh")
    words = language_of("zh")
    document = paper(slug, "zh")
    left = []
    references = False
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            references = block.text == words.REFERENCES
        if references or isinstance(block, Verbatim):
            continue
        texts = [*titles_of(block), *(words_of(c) for c in lines_of(block))]
        left += [run for text in texts for run in untold(text, game) if "Ritzberger" not in run]
    assert left == []
    assert re.search("[\u4e00-\u9fff]", document.title)


@thinned("slug", ASKED, each_run=2)
def test_every_case_has_its_rest_points_and_its_figure(slug: str) -> None:
    """Each scenario of the game is worked out, in the order of the file; figures show them side by side."""
    game = separatrix.load(slug)
    document = paper(slug)
    figures = [b.title for b in document.blocks if isinstance(b, Figure)]
    tables = [b.title for b in document.blocks if isinstance(b, Table)]
    for kind in ("Portraits of the cases: ", "Shares over time: "):
        told = [f.removeprefix(kind) for f in figures if f.startswith(kind)]
        assert re.split(", | and ", ", ".join(told)) == list(game.scenarios)
    assert [t for t in tables if t.startswith("Rest points: ")] == [
        f"Rest points: Scenario “{n}”" for n in game.scenarios
    ]


def test_only_the_chosen_scenarios_are_worked_out() -> None:
    """The reader asks for one, and gets one."""
    document = paper("coal-safety", scenarios=["H10"])
    figures = [b.title for b in document.blocks if isinstance(b, Figure)]
    assert figures == ["Portrait: Scenario “H10”", "Shares over time"]


def test_a_game_with_values_and_no_scenarios_is_worked_out_at_its_values() -> None:
    """One case, at the values of the file and what the reader sets."""
    game = separatrix.load("shi-chen-2018-asymmetric")
    name = next(iter(game.parameters))
    found = study(game, values={name: 7}, check=False)
    assert [c.kind for c in found.cases] == ["values"]
    assert (found.cases[0].analysis.values or {})[name] == 7


def test_a_game_without_values_is_worked_out_inside_its_regimes() -> None:
    """Each generic regime gets an example, and the example lies in that regime."""
    found = study(
        separatrix.load(
            {
                "title": "No values",
                "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
                "parameters": {"a": {}, "b": {}},
                "bimatrix": [[["a", "b"], [0, 0]], [[0, 0], [1, 1]]],
            }
        )
    )
    assert found.general is not None
    generic = [r for r in found.general.regimes if r.generic]
    assert [c.kind for c in found.cases] == ["regime"] * len(generic)
    for case, regime in zip(found.cases, generic, strict=True):
        stable = [p for p in case.analysis.rest_points if p.stability == "asymptotically stable"]
        assert len(stable) == len(regime.stable)


def test_the_general_part_does_not_depend_on_values() -> None:
    """What is said for all parameters holds no number of some scenario."""
    found = study(separatrix.load("shi-chen-2018"), check=False)
    assert found.general is not None
    assert found.general.values is None
    assert all(p.state is None for p in found.general.rest_points if p.free)


def test_a_group_of_unknown_size_is_told_in_numbers_only() -> None:
    """Where symbols are refused the report says so and goes on with the cases."""
    document = paper("n-person-stag-hunt")
    words = language_of("en")
    assert words.REST_AND_STABILITY not in headings(document)
    assert any(words.NO_GENERAL in plain(c) for b in document.blocks for c in lines_of(b))
    assert words.CASES in headings(document)


def test_claims_are_compared_and_counted() -> None:
    """The paper's own game has claims, and they agree with its table."""
    document = paper("shi-chen-2018")
    assert language_of("en").CLAIMS in headings(document)
    lead = plain(next(c for b in document.blocks for c in lines_of(b)))
    assert "All 7 claims of the paper agree with its model." in lead
    without = paper("shi-chen-2018", check=False)
    assert language_of("en").CLAIMS not in headings(without)


def test_wrong_claims_stand_in_the_report() -> None:
    """A planted error is counted in the summary and told where claims are compared."""
    game = {
        "title": "Wrong",
        "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
        "bimatrix": [[[3, 2], [0, 0]], [[0, 0], [1, 1]]],
        "published": {"replicator": {"x": "x(1-x)(4y-2)", "y": "y(1-y)(3x-1)"}},
    }
    document = paper(game)
    lead = plain(next(c for b in document.blocks for c in lines_of(b)))
    assert "1 error was found in 2 claims of the paper." in lead
    told = "\n".join(plain(c) for b in document.blocks for c in lines_of(b))
    assert "is not the replicator equation of the payoffs" in told
    assert "The paper makes 2 claims. The comparison with its model found 1 error." in told


def test_a_paper_without_errors_is_not_said_to_give_none() -> None:
    """That all claims agree is said in words, and notes are counted beside it."""
    found = published("matching-pennies")
    inert = Finding(code="P621", severity="note", where="game.yaml:1:1", text="C is inert.")
    words = language_of("en")
    told = plain(claims_lead(replace(found, claims=7, findings=(inert,)), words))
    assert told == f"{words.CLAIMS_RIGHT.format(claims=7)} Further notes: 1 note."


def test_trajectories_on_closed_orbits_are_not_said_to_settle() -> None:
    """The caption of the shares over time says which cases have not come to rest."""
    words = language_of("en")
    circling = published("matching-pennies")
    (figure,) = (b for b in trajectories_of_cases(circling, words) if isinstance(b, Figure))
    assert figure.caption.endswith(words.IN_TIME_ONE_UNSETTLED)
    settling = study(separatrix.load("shi-chen-2018"), scenarios=["bistable"], check=False)
    both = replace(settling, cases=(*settling.cases, *circling.cases))
    (figure,) = (b for b in trajectories_of_cases(both, words) if isinstance(b, Figure))
    assert figure.caption.endswith(words.IN_TIME_UNSETTLED.format(cases=words.CASE_VALUES))


@pytest.mark.parametrize("slug", ["coal-safety", "shi-chen-2018"])
def test_the_face_of_a_rest_set_is_the_one_on_which_it_lies(slug: str) -> None:
    """Names of several words play their part: a line on which all invest is (1, y), not (0, y)."""
    found = separatrix.analyze(slug, symbolic=True)
    context = Context.of(found)
    lines = [r for r in found.rest_sets if r.dimension == 1 and len(r.corners) == 2]
    assert len(lines) == 4
    for one in lines:
        told = to_plain(context.spanned(one.support))
        ends = {tuple(round(x) for x in corner) for corner in one.corners}
        shared = [a[0] if len(set(a)) == 1 else s for a, s in zip(zip(*ends, strict=True), "xy", strict=True)]
        assert told == f"({shared[0]}, {shared[1]})"


@cache
def seven_cases() -> Study:
    """Return the study of a small game with seven scenarios."""
    game: dict[str, Any] = {
        "payoff_matrix": [["a - b", "c"], [0, "d"]],
        "parameters": {"a": 3, "b": 1, "c": 2, "d": 4},
        "scenarios": {f"case {k}": {"a": k, "d": 2 * k} for k in range(1, 8)},
    }
    return study(separatrix.load(game), check=False)


def test_values_that_all_cases_share_stand_once() -> None:
    """Of many cases the table shows the parameters that differ; the others stand with their meanings."""
    found = seven_cases()
    context = Context.of(found.model)
    (meanings,) = (b for b in parameters_table(context, found) if isinstance(b, Table))
    (values,) = (b for b in cases_table(context, found) if isinstance(b, Table))
    assert [plain(row[-1]) for row in meanings.rows] == ["", "1", "2", ""]
    assert [column.title for column in values.columns] == ["", "a", "d"]
    assert [plain(cell) for cell in values.rows[6]] == ["case 7", "7", "14"]


def test_coordinates_that_are_told_stand_in_longer_ones() -> None:
    """The shorter coordinates of an inner point come first, and the longer ones are written with them."""
    pay = {
        "x": "t*F - C - (S + t*F)*y + (F - t*F + U)*z + ((t - 1)*F - U)*y*z",
        "y": "(1 - t)*F*x*z + (S + t*F)*x + W*z - E",
        "z": "W - D - W*y",
    }
    game = {"populations": ["A", "B", "G"], "advantages": pay, "parameters": dict.fromkeys("tFCSUWED")}
    found = separatrix.analyze(game, symbolic=True)
    blocks = blocks_of(tuple(conditions_section(Context.of(found))))
    rows = [row for b in blocks if isinstance(b, Equations) for row in b.rows]
    told = {to_plain(row.left): to_plain(row.right) for row in rows}
    assert [name for name in told if name in "xyz"] == ["y", "z", "x"]
    assert told["x"] == "(E − Wz)/(tF + S − F(t − 1)z)"


def test_no_case_is_left_over() -> None:
    """Seven cases stand in a table of four and one of three, not of six and one."""
    tables = [b for b in labels_table(seven_cases(), language_of("en")) if isinstance(b, Table)]
    assert [len(table.columns) - 2 for table in tables] == [4, 3]


def test_a_chinese_report_calls_scenarios_by_their_chinese_names() -> None:
    """Also in what was found wrong or degenerate."""
    game = translate(separatrix.load("wang-2023"), "zh")
    told = plain(finding_words("情景`stage-1`是退化的：`CE`", game))
    assert told == f"情景{scenario_name(game, 'stage-1')}是退化的：C_E" and "阶段" in told


def test_eigenvalues_that_differ_in_their_sign_are_written_once() -> None:
    """The inner point of the paper's own game has a pair, told with ± and without a short name."""
    document = build_report(separatrix.analyze("shi-chen-2018", symbolic=True))
    cells = [
        plain(cell) for b in blocks_of(document.blocks) if isinstance(b, Table) for r in b.rows for cell in r
    ]
    (pair,) = (text for text in cells if "±" in text)
    assert pair == "±(C₁ − R₁ − C₂ + π₂)(π₁ − C₁ − R₂ + C₂)/(π₁ − R₁ − R₂ + π₂)"


@pytest.mark.parametrize("source", ["hypercycle-four", UNDECIDED], ids=["decided", "undecided"])
def test_certainty_counts_what_is_undecided(source: Any) -> None:
    """The table says how many labels are open, and agrees with the analyses."""
    game = separatrix.load(source)
    found = study(game)
    labels = [p.stability for a in found.analyses if not a.symbolic for p in a.rest_points]
    labels += [s.stability for a in found.analyses if not a.symbolic for s in a.rest_sets]
    left = sum(label == "undecided" for label in labels)
    table = next(
        b
        for b in paper(source).blocks
        if isinstance(b, Table) and b.title == language_of("en").CERTAINTY_TABLE
    )
    row = next(r for r in table.rows if plain(r[0]) == language_of("en").LABELS_AT_NUMBERS)
    assert (f"; {left} undecided" in plain(row[2])) == bool(left)


def test_provenance_names_program_game_and_command() -> None:
    """Whoever holds the report can make it again."""
    document = paper("shi-chen-2018", command="separatrix report shi-chen-2018 --out a.html")
    told = "\n".join(plain(c) for b in document.blocks for c in lines_of(b))
    assert f"separatrix {separatrix.__version__}" in told
    assert "separatrix report shi-chen-2018 --out a.html" in told


def test_the_bibliography_is_that_of_the_answer() -> None:
    """References are numbered, and the BibTeX holds the same works."""
    document = paper("shi-chen-2018")
    listed = [b for b in document.blocks if isinstance(b, Bullets) and b.numbered]
    bibtex = next(b.text for b in document.blocks if isinstance(b, Verbatim))
    assert len(listed) == 1
    assert len(listed[0].items) == bibtex.count("\n@") + bibtex.startswith("@")
    assert "Ritzberger" in bibtex


def test_replicator_equations_are_numbered_once_each() -> None:
    """Numbered equations: the expected payoffs, the dynamics and the Jacobian."""
    document = paper("shi-chen-2018")
    numbered = [len(b.rows) for b in document.blocks if isinstance(b, Equations) and b.numbered]
    assert numbered == [6, 2, 1]


def test_a_wide_fraction_is_written_in_parts() -> None:
    """The inner point of the tripartite game fits a page: its numerator has a name, defined before."""
    from separatrix.formulas.layout import to_plain

    rows = [r for b in paper("wang-2023").blocks if isinstance(b, Equations) for r in b.rows]
    written = {to_plain(r.left): to_plain(r.right) for r in rows}
    numerator, _, denominator = written["x"].partition("/")
    assert len(denominator) < 80 < len(written[numerator])
    assert [*written].index(numerator) < [*written].index("x")


def test_hostile_names_and_forty_parameters_make_a_report() -> None:
    """Nothing a user names keeps the tree from being built."""
    parameters = {f"p{k}": {"value": k + 1, "meaning": "a" * 300 if k == 0 else "|<b>"} for k in range(40)}
    row = [f"p{k}" for k in range(4)]
    game = {
        "title": "Forty",
        "populations": [{"name": "A" * 200, "share": "x"}, {"name": "B", "share": "y"}],
        "parameters": parameters,
        "bimatrix": [[[" + ".join(parameters), row[0]], [row[1], row[2]]], [[row[3], "p5"], ["p6", "p7"]]],
    }
    for source in (HOSTILE, game):
        for language in LANGUAGES:
            assert len(paper(source, language).blocks) > 20


@thinned("slug", catalogue_slugs(), each_run=EVERY_RUN)
def test_headings_go_down_one_level_at_a_time(slug: str) -> None:
    """Numbered sections have no gaps such as 2.0.1."""
    levels = [b.level for b in paper(slug).blocks if isinstance(b, Heading)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_report_says_nothing_of_its_authors_folders(tmp_path: Path) -> None:
    """Findings and provenance name the file, not where it lies."""
    path = tmp_path / "mine.game.yaml"
    path.write_text(
        "title: Wrong\npopulations:\n  - {name: A, share: x}\n  - {name: B, share: y}\n"
        "bimatrix: [[[3, 2], [0, 0]], [[0, 0], [1, 1]]]\n"
        "published: {replicator: {x: 'x(1-x)(4y-2)'}}\n",
        "utf-8",
    )
    document = paper(path)
    texts = [t for b in document.blocks for t in titles_of(b)]
    texts += [plain(c) for b in document.blocks for c in lines_of(b)]
    assert any("mine.game.yaml:6" in t for t in texts)
    assert not [t for t in texts if tmp_path.name in t]


@thinned("slug", [*ASKED, "dynamic-penalty", "hypercycle-four"], each_run=3)
def test_a_rest_point_has_one_name_throughout(slug: str) -> None:
    """What a case calls E9 is played as the general list says of E9, if that has an E9 at all."""
    found = published(slug)
    assert found.general is not None
    general = {item.id: item.support for item in (*found.general.rest_points, *found.general.rest_sets)}
    for case in found.cases:
        named = [*case.analysis.rest_points, *case.analysis.rest_sets]
        assert len({item.id for item in named}) == len(named)
        for item in named:
            assert general.get(item.id, item.support) == item.support
        pieces = {piece for c in case.analysis.rest_components for piece in c.pieces}
        assert pieces <= {item.id for item in named}


def test_a_scenario_asked_for_twice_is_told_once() -> None:
    """A repeated option is no second case."""
    found = study(separatrix.load("shi-chen-2018"), scenarios=["bistable", "bistable"])
    assert [case.name for case in found.cases] == ["bistable"]


def _told(document: Document) -> str:
    return "\n".join(plain(content) for b in blocks_of(document.blocks) for content in lines_of(b))


@pytest.mark.parametrize("language", LANGUAGES)
def test_sets_that_always_rest_are_not_degenerate(language: str) -> None:
    """The edges of the hypercycle rest whatever its parameter is."""
    words = language_of(language)
    document = paper("hypercycle-four", language)
    titles = [b.title for b in document.blocks if isinstance(b, Table)]
    assert words.REST_SETS in titles
    assert words.DEGENERATE_SETS_TABLE not in titles
    assert words.DEGENERATE_SETS not in " ".join(headings(document, 2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_a_report_answers_where_no_regimes_are_known(language: str) -> None:
    """Its readers want the states that attract, not why a list is whole."""
    first = paper("hypercycle-four", language).blocks[0]
    assert isinstance(first, Paragraph)
    assert language_of(language).CASE_VALUES in plain(first.content)
    assert "Cramer" not in plain(first.content)
    assert "克拉默" not in plain(first.content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_regimes_that_may_lack_some_are_not_counted_as_all(language: str) -> None:
    """Where z3 ran out of time, neither the head of the report nor its table of certainty claims all."""
    words = language_of(language)
    whole = published("coal-safety")
    assert whole.general is not None
    part = replace(
        whole.general, regimes=whole.general.regimes[:2], regimes_completeness=Completeness("incomplete", "")
    )
    document = build_paper(replace(whole, general=part), words)
    first = document.blocks[0]
    assert isinstance(first, Paragraph)
    assert words.ANSWER_REGIMES_SO_FAR.split("{count}")[1] in plain(first.content)
    told = _told(document)
    assert words.SOME_REGIMES in told
    assert words.BY_Z3 not in told


def test_an_incomplete_list_is_not_said_to_rest_on_every_face() -> None:
    """Payoffs that bend leave mixed states unsought in symbols."""
    told = _told(paper("dynamic-penalty"))
    words = language_of("en")
    assert words.NOT_ALL_FACES in told
    assert words.BY_FACES not in told
    assert "0 undecided" not in told


def test_payoffs_in_groups_are_collected() -> None:
    """Nothing such as `-r + r` is left where the number of members was put in."""
    document = paper("collective-risk")
    told = [to_plain(e.right) for b in document.blocks if isinstance(b, Equations) for e in b.rows]
    assert not any("−r + r" in text for text in told)


def test_claims_that_were_not_compared_are_not_called_right() -> None:
    """A note that something was not checked keeps the summary from saying that all claims agree."""
    game = {
        "title": "Unchecked",
        "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
        "parameters": {"a": {}},
        "bimatrix": [[["a", 2], [0, 0]], [[0, 0], [1, 1]]],
        "published": {
            "rest_points": [{"id": "O", "at": [0, 0]}],
            "outcomes": [{"from": [[0.1, 0.1]], "to": "O"}],
        },
    }
    found = study(separatrix.load(game))
    assert any(f.code == "P628" for f in found.findings)
    lead = plain(next(c for b in paper(game).blocks for c in lines_of(b)))
    assert "agree with its model" not in lead


def test_a_state_space_that_is_not_drawn_is_told_once() -> None:
    """Where there is no portrait the report says why once; the shares over time are drawn all the same."""
    game = {
        "title": "Four",
        "populations": [{"name": n, "share": s} for n, s in zip("ABCD", "xyzw", strict=True)],
        "parameters": {"k": {"value": 1}},
        "advantages": {"x": "k*y - 1/3", "y": "z - 1/2", "z": "w - 1/5", "w": "x - 1/7"},
        "scenarios": {"one": {"k": 1}, "two": {"k": 2}},
    }
    document = paper(game)
    assert _told(document).count("No portrait: ") == 1
    figures = [b.title for b in document.blocks if isinstance(b, Figure)]
    assert figures == ["Shares over time: one and two"]


def test_a_scenario_may_be_asked_for_by_the_name_that_the_reader_sees() -> None:
    """A Chinese report shows the Chinese name alone, so that name is understood too."""
    document = paper("shi-chen-2018", "zh", scenarios=["双稳态", "decline-dominant"])
    assert len([b for b in document.blocks if isinstance(b, Figure)]) == 2
