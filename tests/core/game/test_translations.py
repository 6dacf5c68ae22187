"""One game, told in several languages: the same game in other words."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from core.game.every_form import FORMS
from core.game.random_games import documents, names
from published_cases import EVERY_RUN
from separatrix.errors import InputError, NameProblem, SeparatrixError
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.game.catalogue import template_text
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.formats.document import document_of, written_payoffs
from separatrix.game.formats.table_writer import write_game
from separatrix.game.model import Game, GroupForm, Translation
from separatrix.game.populations import scenario_name, translate
from separatrix.game.reader import load, read_document
from separatrix.io.yaml import SourceDocument, parse_yaml
from thinning import thinned

GAME = """\
title: Innovation in a cluster
populations:
  - {name: Enterprise A, share: x, strategies: [cooperate, {id: no, name: do not}]}
  - {name: Enterprise B, share: y, strategies: [cooperate, {id: no, name: do not}]}
parameters:
  pi1: {meaning: return when both cooperate, unit: '10k CNY/yr', value: 3}
  C1: {meaning: cost, value: 1}
bimatrix: [[[pi1, pi1], [0, C1]], [[C1, 0], [2, 2]]]
scenarios: {bistable: {pi1: 4}, dear: {C1: 5}}
translations:
  zh:
    title: 工业集群企业的协同创新
    source: 某文
    names: {Enterprise A: 企业A, Enterprise B: 企业B, cooperate: 合作, do not: 不合作}
    meanings: {pi1: 双方合作时的收益}
    units: {'10k CNY/yr': 万元/年}
    scenarios: {bistable: 双稳态}
"""


def game(text: str = GAME) -> Game:
    """Return the game of a YAML text."""
    return read_document(*parse_yaml(text, "cluster.game.yaml"))


def again(told: Game, suffix: str) -> Game:
    """Write a game to a file of the kind `suffix` and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"game{suffix}"
        write_game(told, path)
        return load(path)


def tokens(original: Game) -> tuple[Game, dict[str, str]]:
    """Return a game told in words that occur nowhere else, and what each of them stands for."""
    texts = dict.fromkeys(n for p in original.populations for n in (p.name, *(s.name for s in p.strategies)))
    new = {text: f"⟦name {i}⟧" for i, text in enumerate(texts)}
    meanings = {p.name: f"⟦meaning of {p.name}⟧" for p in original.parameters.values() if p.meaning}
    strange = dataclasses.replace(
        original, translations={"xx": Translation(title="⟦title⟧", names=new, meanings=meanings)}
    )
    back = {token: text for text, token in new.items()}
    back |= {meanings[p.name]: p.meaning or "" for p in original.parameters.values() if p.meaning}
    return translate(strange, "xx"), {**back, "⟦title⟧": original.title}


def put_back(value: Any, words: dict[str, str]) -> Any:
    """Return plain data with the original words in place of the tokens."""
    if isinstance(value, dict):
        return {put_back(key, words): put_back(item, words) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [put_back(item, words) for item in value]
    if isinstance(value, str):
        for token, text in words.items():
            value = value.replace(token, text)
    return value


# --------------------------------------------------------------------------- telling


def test_a_game_is_told_in_another_language() -> None:
    """Title, source, names, meanings, units and names of scenarios are those of the language."""
    told = translate(game(), "zh")
    assert (told.title, told.source) == ("工业集群企业的协同创新", "某文")
    assert [(p.name, [s.name for s in p.strategies]) for p in told.populations] == [
        ("企业A", ["合作", "不合作"]),
        ("企业B", ["合作", "不合作"]),
    ]
    assert (told.parameters["pi1"].meaning, told.parameters["pi1"].unit) == ("双方合作时的收益", "万元/年")
    assert scenario_name(told, "bistable") == "双稳态"


def test_what_is_not_translated_stays() -> None:
    """Without a translation a meaning, a unit or the name of a scenario is that of the file."""
    told = translate(game(), "zh")
    assert told.parameters["C1"] == game().parameters["C1"]
    assert scenario_name(told, "dear") == "dear"


def test_what_calls_things_by_name_works_as_before() -> None:
    """Shares, ids, parameters, payoffs and the keys of scenarios are those of the original."""
    original, told = game(), translate(game(), "zh")
    assert told.shares == original.shares
    assert [[s.id for s in p.strategies] for p in told.populations] == [["cooperate", "no"]] * 2
    assert list(told.parameters) == list(original.parameters)
    assert (told.form, told.scenarios) == (original.form, original.scenarios)
    assert written_payoffs(told) == written_payoffs(original)


def test_a_language_that_is_not_there_changes_nothing() -> None:
    """The game itself comes back where it has no such translation, also from another language."""
    original = game()
    assert translate(original, "fr") is original
    assert translate(translate(original, "zh"), "fr") is original


def test_a_told_game_can_be_told_anew() -> None:
    """From one language into another a game goes by way of its file."""
    original = game(GAME + "  pt-BR: {names: {cooperate: cooperar}}\n")
    portuguese = translate(translate(original, "zh"), "pt-BR")
    assert portuguese == translate(original, "pt-BR")
    assert portuguese.title == original.title


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [
        (("zh", "zh-TW"), "zh-TW", "zh-TW"),
        (("zh", "zh-TW"), "zh_tw", "zh-TW"),
        (("zh-TW", "zh"), "zh-CN", "zh"),
        (("en", "zh-TW"), "zh", "zh-TW"),
        (("zh-TW",), "zh-CN", "zh-TW"),
        (("zh",), "en", None),
    ],
)
def test_the_nearest_translation_serves(there: tuple[str, ...], wanted: str, found: str | None) -> None:
    """A language is taken as asked for, else without its country, else with any."""
    document = {
        "title": "t",
        "payoff_matrix": [[0, 1], [1, 0]],
        "translations": {code: {"title": code} for code in there},
    }
    assert translate(load(document), wanted).title == (found or "t")


# --------------------------------------------------------------------------- the same answers


def same_answers(original: Game, told: Game, words: dict[str, str], **asked: Any) -> None:
    """Assert that the analysis of a told game is that of the original, up to words."""
    try:
        expected = separatrix.analyze(original, **asked).to_dict()
    except SeparatrixError as problem:
        with pytest.raises(type(problem)) as caught:
            separatrix.analyze(told, **asked)
        assert caught.value.code == problem.code
        assert put_back(caught.value.message, words) == problem.message
        return
    assert put_back(separatrix.analyze(told, **asked).to_dict(), words) == expected


@pytest.mark.parametrize("slug", catalogue_slugs())
def test_the_catalogue_is_analysed_the_same_in_every_language(slug: str) -> None:
    """The analysis of a told game is that of the original in other words, also of a scenario."""
    original = load(slug)
    told, words = tokens(original)
    same_answers(original, told, words)
    for scenario in list(original.scenarios)[-1:]:
        same_answers(original, told, words, scenario=scenario)


@pytest.mark.parametrize("slug", ["shi-chen-2018", "hawk-dove-one-population", "wang-2023"])
def test_symbols_are_analysed_the_same_in_every_language(slug: str) -> None:
    """A symbolic analysis too is that of the original in other words."""
    original = load(slug)
    same_answers(original, *tokens(original), symbolic=True)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_analysed_the_same_in_every_language(name: str) -> None:
    """However payoffs are given, the analysis of a told game is that of the original in other words."""
    original = load({"title": name, **FORMS[name]})
    same_answers(original, *tokens(original))


@settings(max_examples=25)
@given(documents())
def test_random_games_are_analysed_the_same_in_every_language(document: dict[str, Any]) -> None:
    """Of any game, the analysis of a told game is that of the original in other words."""
    try:
        original = load(document)
    except InputError:
        return  # two of its names collide
    values = {name: Fraction(i + 2, 3) for i, name in enumerate(original.parameters)}
    same_answers(original, *tokens(original), values=values)


@thinned("slug", catalogue_slugs(), each_run=EVERY_RUN)
def test_check_finds_the_same_in_every_language(slug: str) -> None:
    """The findings on a told game have the codes, the places and the claims of those on the original."""
    original = load(slug)
    findings = separatrix.check(original, notes=True)
    told, words = tokens(original)
    found = separatrix.check(told, notes=True)
    assert [put_back(f.to_dict(), words) for f in found] == put_back([f.to_dict() for f in findings], {})
    in_chinese = separatrix.check(translate(original, "zh"), notes=True)
    assert [(f.code, f.where, f.claim) for f in in_chinese] == [(f.code, f.where, f.claim) for f in findings]


def test_wrong_claims_are_found_in_every_language() -> None:
    """A claim about a scenario is contradicted at the same place, in whatever language the game is told."""
    original = game(
        GAME + "published:\n  stability: [{at: [1, 1], label: unstable, scenario: bistable}]\n"
        "  rest_points: [{at: [0, '1/2']}]\n"
    )
    findings = separatrix.check(original)
    assert findings
    told = separatrix.check(translate(original, "zh"))
    assert [(f.code, f.where) for f in told] == [(f.code, f.where) for f in findings]


def test_the_model_is_the_same_in_every_language() -> None:
    """The fingerprint that an answer carries is that of the file, whatever the language."""
    original = game()
    answers = [separatrix.analyze(g).to_dict() for g in (original, translate(original, "zh"))]
    assert answers[0]["provenance"] == answers[1]["provenance"]


# --------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "cooperate: 合作",
            "coperate: 合作",
            "G122 no population and no strategy is called `coperate`\n"
            "  --> cluster.game.yaml:14:51\n"
            "  14 |     names: {Enterprise A: 企业A, Enterprise B: 企业B, coperate: 合作, do not: 不合作}\n"
            "     |                                                   ^^^^^^^^\n"
            "help: did you mean `cooperate`?",
        ),
        (
            "do not: 不合作",
            "no: 不合作",
            "G122 no population and no strategy is called `no`\n"
            "  --> cluster.game.yaml:14:66\n"
            "  14 |     names: {Enterprise A: 企业A, Enterprise B: 企业B, cooperate: 合作, no: 不合作}\n"
            "     |                                                                  ^^\n"
            "help: did you mean `do not`?",
        ),
        (
            "{pi1: 双方",
            "{p1: 双方",
            "G122 no parameter is called `p1`\n"
            "  --> cluster.game.yaml:15:16\n"
            "  15 |     meanings: {p1: 双方合作时的收益}\n"
            "     |                ^^\n"
            "help: did you mean `pi1`?",
        ),
        (
            "{bistable: 双",
            "{bistabel: 双",
            "G122 no scenario is called `bistabel`\n"
            "  --> cluster.game.yaml:17:17\n"
            "  17 |     scenarios: {bistabel: 双稳态}\n"
            "     |                 ^^^^^^^^\n"
            "help: did you mean `bistable`?",
        ),
        (
            "{'10k CNY/yr': 万",
            "{CNY/yr: 万",
            "G122 no parameter has the unit `CNY/yr`\n"
            "  --> cluster.game.yaml:16:13\n"
            "  16 |     units: {CNY/yr: 万元/年}\n"
            "     |             ^^^^^^\n"
            "help: did you mean `10k CNY/yr`?",
        ),
        (
            "    meanings:",
            "    meaning:",
            "G107 unknown key `meaning` in the translation `zh`\n"
            "  --> cluster.game.yaml:15:5\n"
            "  15 |     meaning: {pi1: 双方合作时的收益}\n"
            "     |     ^^^^^^^\n"
            "help: did you mean `meanings`?",
        ),
        (
            "  zh:",
            "  Chinese:",
            "G123 `Chinese` is not a language code\n"
            "  --> cluster.game.yaml:11:3\n"
            "  11 |   Chinese:\n"
            "     |   ^^^^^^^\n"
            "help: write two letters, as in zh, and a country where that matters, as in zh-TW",
        ),
        (
            "Enterprise B: 企业B",
            "Enterprise B: 企业A",
            "G114 in the language `zh` two populations are called `企业A`: `Enterprise A` and "
            "`Enterprise B`\n"
            "  --> cluster.game.yaml:14:46\n"
            "  14 |     names: {Enterprise A: 企业A, Enterprise B: 企业A, cooperate: 合作, do not: 不合作}\n"
            "     |                                              ^^^",
        ),
        (
            "do not: 不合作",
            "do not: 合作",
            "G114 in the language `zh` two strategies of Enterprise A are called `合作`: `cooperate` and "
            "`do not`\n"
            "  --> cluster.game.yaml:14:74\n"
            "  14 |     names: {Enterprise A: 企业A, Enterprise B: 企业B, cooperate: 合作, do not: 合作}\n"
            "     |                                                                          ^^",
        ),
    ],
    ids=["name", "id", "parameter", "scenario", "unit", "key", "language", "populations", "strategies"],
)
def test_faults_are_shown_where_they_stand(old: str, new: str, said: str) -> None:
    """A name that the game does not have, or two that are alike, are refused with place and neighbour."""
    assert old in GAME
    with pytest.raises(SeparatrixError) as caught:
        game(GAME.replace(old, new))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"names": {"cooperate": "do not"}}, "G114"),
        ({"names": {"do not": "cooperate"}}, "G114"),
        ({"names": {"cooperate": "no"}}, "G114"),
        ({"names": {"Enterprise A": "Enterprise B"}}, "G114"),
        ({"scenarios": {"bistable": "dear"}}, "G114"),
        ({"names": {"cooperate": ""}}, "G113"),
        ({"names": {"cooperate": "a\nb"}}, "G113"),
        ({"names": {"cooperate": "a" * 201}}, "G113"),
        ({"names": {"cooperate": ["合作"]}}, "G110"),
        ({"names": ["合作"]}, "G110"),
        ({"title": {"zh": "t"}}, "G110"),
        ({"title": "\x07"}, "G110"),
        ("工业集群", "G110"),
    ],
)
def test_what_would_mislead_is_refused(part: Any, code: str) -> None:
    """Names that cannot be told apart, or that are none, are refused; an id too may be meant only once."""
    document: dict[str, Any] = parse_yaml(GAME)[0]
    document["translations"] = {"zh": part}
    with pytest.raises(SeparatrixError) as caught:
        load(document)
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["", "z", "ZH", "zh-tw", "zh_TW", "zh-Hant", "zho", "zh\n", "中文"])
def test_a_language_is_two_letters_and_perhaps_a_country(code: str) -> None:
    """Any other key is refused, so that no translation lies there unseen."""
    with pytest.raises(InputError, match="G123"):
        load({"payoff_matrix": [[0, 1], [1, 0]], "translations": {code: {"title": "t"}}})


def test_populations_may_swap_their_names() -> None:
    """Names that are told apart are fine, whatever they were before."""
    document: dict[str, Any] = parse_yaml(GAME)[0]
    swap = {"Enterprise A": "Enterprise B", "Enterprise B": "Enterprise A"}
    document["translations"] = {"en": {"names": swap}}
    assert [p.name for p in translate(load(document), "en").populations] == ["Enterprise B", "Enterprise A"]


def test_what_is_still_to_be_translated_may_stand_empty() -> None:
    """A language, a part or an entry without text is no error, and changes nothing."""
    document: dict[str, Any] = parse_yaml(GAME)[0]
    document["translations"] = {"fr": None, "zh": {"title": "", "names": None, "meanings": {"pi1": None}}}
    told = translate(load(document), "zh")
    assert told.title == "Innovation in a cluster"
    assert told.parameters["pi1"].meaning == "return when both cooperate"


junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), names),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(names, st.sampled_from(["zh", "en-GB", "title", "names", "units", "cooperate", "pi1"])),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@given(junk)
def test_whatever_stands_there_ends_well(section: Any) -> None:
    """Any content of the section is a game or an error that is explained."""
    document: dict[str, Any] = parse_yaml(GAME)[0]
    document["translations"] = section
    try:
        load(document)
    except SeparatrixError as problem:
        assert problem.code in EXPLANATIONS
        assert problem.render()


# --------------------------------------------------------------------------- writing


@st.composite
def translated(draw: st.DrawFn) -> dict[str, Any]:
    """Random games with random translations."""
    document = draw(documents())
    words = dict.fromkeys(n.strip() for p in document["populations"] for n in (p["name"], *p["strategies"]))
    units = dict.fromkeys((p or {}).get("unit", "").strip() for p in document["parameters"].values())
    parts: dict[str, Callable[[], Any]] = {
        "names": lambda: {w: f"{draw(names)} {i}" for i, w in enumerate(words) if draw(st.booleans())},
        "meanings": lambda: {p: draw(names) for p in document["parameters"]},
        "units": lambda: {u: draw(names) for u in units if u},
        "scenarios": lambda: {s: f"{draw(names)} {i}" for i, s in enumerate(document.get("scenarios", ()))},
        "title": lambda: draw(names),
        "source": lambda: draw(names),
    }
    document["translations"] = {
        code: {key: make() for key, make in parts.items() if draw(st.booleans())}
        for code in draw(st.lists(st.sampled_from(["zh", "en", "no", "pt-BR"]), max_size=2, unique=True))
    }
    return document


def read_or_none(document: dict[str, Any]) -> Game | None:
    """Return a game; None where two of its names collide."""
    try:
        return load(document)
    except InputError as problem:
        assert problem.code in ("G114", "S001")
        return None


@given(translated())
def test_translations_survive_yaml(document: dict[str, Any]) -> None:
    """A game written as YAML keeps its translations, hostile words and all, and so does one told in one."""
    original = read_or_none(document)
    if original is None:
        return
    assert again(original, ".yaml") == original
    bare = dataclasses.replace(original, raw={})
    assert read_document(document_of(bare), SourceDocument()).translations == original.translations
    for code in original.translations:
        assert again(translate(original, code), ".yaml") == original
        assert document_of(translate(bare, code)) == document_of(bare)


@settings(max_examples=15)
@given(translated())
def test_translations_survive_workbooks(document: dict[str, Any]) -> None:
    """A workbook holds the translations in a sheet of their own, one column a language."""
    original = read_or_none(document)
    if original is not None:
        assert again(original, ".xlsx") == original


@pytest.mark.parametrize("slug", catalogue_slugs())
def test_a_table_of_a_told_game_is_in_its_language(slug: str) -> None:
    """A workbook of a told game has the words of its language, and is analysed as the original is."""
    original = load(slug)
    told = translate(original, "zh")
    if isinstance(original.form, GroupForm):
        with pytest.raises(InputError, match="T213"):
            again(told, ".xlsx")
        return
    copy = again(told, ".xlsx")
    assert copy.title == told.title
    assert copy.populations == told.populations
    assert copy.parameters == told.parameters
    assert copy.form == told.form
    assert list(copy.scenarios) == [scenario_name(told, s) for s in told.scenarios]
    assert list(copy.scenarios.values()) == list(told.scenarios.values())


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["part", "zh"]], "T201"),
        ([["part", "of", "zh", "zh"]], "T202"),
        ([["part", "of", "zh"], ["title", None, "t", "u"]], "T202"),
        ([["part", "of", "zh"], ["names", None, "合作"]], "T205"),
        ([["part", "of", "zh"], [None, "yes", "合作"]], "T205"),
        ([["part", "of", "zh"], ["names", "yes", "合作"], ["names", "yes", "是"]], "G108"),
        ([["part", "of", "zh"], ["names", "yess", "合作"]], "G122"),
        ([["part", "of", "zh"], ["name", "yes", "合作"]], "G107"),
        ([["part", "of", "Chinese"], ["names", "yes", "合作"]], "G123"),
    ],
)
def test_faults_of_the_sheet_are_shown_in_their_cells(
    rows: list[list[Any]], code: str, tmp_path: Path
) -> None:
    """A sheet that cannot be understood is refused, at a cell of it."""
    from separatrix.game.formats.table_writer import sheets_of, xlsx_bytes

    sheets = sheets_of(load({"title": "t", "payoff_matrix": [[0, 1], [1, 0]]}))
    path = tmp_path / "game.xlsx"
    path.write_bytes(xlsx_bytes({**sheets, "translations": rows}))
    with pytest.raises((InputError, NameProblem)) as caught:
        load(path)
    assert caught.value.code == code
    assert "[translations!" in str(caught.value.where)


# --------------------------------------------------------------------------- what ships


@pytest.mark.parametrize("slug", catalogue_slugs())
def test_the_catalogue_is_told_in_chinese(slug: str) -> None:
    """Every title, name, meaning, unit and scenario of the catalogue has a Chinese translation."""
    original = load(slug)
    chinese = original.translations["zh"]
    assert chinese.title
    assert set(chinese.names) == {
        n for p in original.populations for n in (p.name, *(s.name for s in p.strategies))
    }
    told = (*original.parameters.values(), *original.instruments.values())
    assert list(chinese.meanings) == [p.name for p in told if p.meaning]
    assert set(chinese.units) == {p.unit for p in original.parameters.values() if p.unit}
    assert list(chinese.scenarios) == list(original.scenarios)
    texts = [chinese.title, *chinese.names.values(), *chinese.meanings.values(), *chinese.scenarios.values()]
    for text in texts:
        assert any("\u4e00" <= character <= "\u9fff" for character in text), text


def test_the_template_shows_how_to_translate() -> None:
    """The lines of the template that are commented out are a translation of it."""
    text = template_text()
    start = text.index("# translations:")
    spelt = "\n".join(line.removeprefix("# ") for line in text[start:].splitlines())
    assert translate(game(text[:start] + spelt), "zh").populations[0].name == "企业"
