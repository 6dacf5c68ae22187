"""The phrases of the languages: the same keys everywhere, and none that nobody uses."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import replace

import pytest

from separatrix.errors import InputError, SeparatrixError
from separatrix.game.reader import read_text
from separatrix.languages import LANGUAGES, Language, language_of
from separatrix.sentences import Tonnes, listed, say, together
from source_files import source_files

TABLES = ("phrases", "separators", "labels", "meanings", "names")
PARK = ("separatrix_park/cli/", "separatrix_park/")
"""The platform, whose phrases are in its own catalogue."""

OTHERS = [code for code in LANGUAGES if code != "en"]


def fields(template: str) -> list[str]:
    """Return the names in braces."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("table", TABLES)
def test_the_keys_of_the_languages_match(code: str, table: str) -> None:
    """A language lacks no phrase and has none of its own."""
    assert set(getattr(language_of(code), table)) == set(getattr(language_of("en"), table))


@pytest.mark.parametrize("code", OTHERS)
def test_phrases_are_filled_with_the_same_values(code: str) -> None:
    """A phrase names what its English names, so that nothing is lost and filling it cannot fail."""
    english, other = language_of("en").phrases, language_of(code).phrases
    assert {k: v for k, v in other.items() if fields(v) != fields(english[k])} == {}


def used() -> set[str]:
    """Return the keys that the package asks for, plural pairs by both."""
    text = "\n".join(p.read_text("utf-8") for name, p in source_files().items() if not name.startswith(PARK))
    keys = set(re.findall(r"\b(?:words|self|language)\.([A-Z][A-Z0-9_]+)\b", text))
    for key in re.findall(r"\.count\(\s*[^\"\n]+,\s*\"([A-Z_]+)\"", text):
        keys |= {key, key + "S"}
    return keys


def test_every_phrase_is_used_and_every_used_phrase_exists() -> None:
    """No report meets a missing phrase, and no translator works for nothing."""
    known = set(language_of("en").phrases)
    asked = used()
    assert sorted(known - asked) == []
    assert sorted(k for k in asked - known if k not in ("COUNT",)) == []


def test_an_unknown_language_is_refused_by_name() -> None:
    """The error says which languages there are."""
    with pytest.raises(InputError, match="fr") as caught:
        language_of("fr")
    assert caught.value.code == "U906"
    assert "en, zh" in str(caught.value.hint)


def chinese() -> Language:
    """Return Chinese with three sentences more."""
    known = language_of("zh")
    more = {"it rests": "静止", "because {why}": "因为{why}", "{first} and {last}": "{first}和{last}"}
    return replace(known, sentences=more)


def test_sentences_are_told_with_what_they_hold() -> None:
    """A sentence inside another is told too; other texts and numbers stay."""
    words = chinese()
    assert words.tell(say("because {why}", why=say("it rests"))) == "因为静止"
    assert words.tell("Enterprise A") == "Enterprise A"
    assert words.tell(together([say("it rests"), say("it rests")], "; ")) == "静止；静止"
    assert words.tell(listed(["x", "y", say("it rests")])) == "x、y和静止"


def test_english_is_told_as_it_was_said() -> None:
    """In English every sentence is its own text."""
    text = together([say("because {why}", why=say("it rests")), "Else it moves."])
    assert language_of("en").tell(text) == str(text) == "because it rests Else it moves."


@pytest.mark.parametrize(
    "text",
    [
        "populations: []\npayoffs: []",
        "populations: [{name: A}, {name: A}]\nbimatrix: [[[1, 2], [1, 2]], [[1, 2], [1, 2]]]",
        "populations: [{name: A}, {name: B}]\nbimatrix: [[[1], [1, 2]], [[1, 2], [1, 2]]]",
        "populations: [{name: A}, {name: B}]\npayoffs: [{play: [yes, maybe], pay: [1, 2]}]",
        "payoff_matrix: [[1, 2], [3]]",
        "payoff_matrix: [[1, 2], [3, 4]]\ntoday: {x: 2}",
        "parameters: {a: {range: [3, 1]}}\npayoff_matrix: [[1, 2], [3, a]]",
    ],
)
def test_what_is_wrong_with_a_game_file_is_told_in_every_language(text: str) -> None:
    """Of populations, payoffs and parameters neither the error nor its help stays English."""
    with pytest.raises(SeparatrixError) as raised:
        read_text(text, "game.yaml")
    for told in (raised.value.message, raised.value.hint):
        assert told is None or language_of("zh").tell(told) != str(told)


def test_nothing_outside_the_languages_asks_which_language_it_is() -> None:
    """A language says of itself what is done in it; nothing else compares its code with anything."""
    asked = [
        f"{name}:{node.lineno}"
        for name, path in source_files().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in LANGUAGES
    ]
    assert asked == []


def test_amounts_of_carbon_of_one_sentence_have_one_unit() -> None:
    """What is added up in a sentence is told in the unit of its largest amount."""
    parts = [say("{driver} {amount}", driver=d, amount=Tonnes(v, "")) for d, v in (("A", 5.6e4), ("B", -5e3))]
    told = language_of("zh").tell(
        say("{change}: {parts}", change=Tonnes(5.1e4, "+51 kt"), parts=together(parts, ", "))
    )
    assert told.count("万吨") == 3 and "−0.5" in told.replace("\u00a0", " ")
