"""What the computing wings say can be told in the other languages, word for word."""

from __future__ import annotations

import ast
import itertools
import pickle
import re
from collections.abc import Iterator

import pytest

import separatrix
from core.present.said_games import asked, said
from core.present.said_templates import called, calls, fields, templates
from core.present.untold import untold
from separatrix.languages import LANGUAGES, language_of
from separatrix.sentences import Sentence, Together, listed, say, together
from source_files import source_files
from thinning import thinned

OTHERS = [code for code in LANGUAGES if code != "en"]


# --------------------------------------------------------------------------- the words


def test_only_literal_templates_are_said() -> None:
    """A sentence whose template is put together at run time could not be found in a dictionary."""
    assert [p for p, a in calls() if not (isinstance(a, ast.Constant) and isinstance(a.value, str))] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated(code: str) -> None:
    """Each template that some wing says has an entry."""
    known = language_of(code).sentences
    assert {t: place for t, place in templates().items() if t not in known} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str) -> None:
    """An entry whose English nobody says any more has been overtaken by a change of words."""
    assert sorted(set(language_of(code).sentences) - set(templates())) == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_use_the_same_values(code: str) -> None:
    """A translation names no value that the English has not, and formats numbers alike."""
    for english, other in language_of(code).sentences.items():
        assert other.strip(), english
        given = fields(english)
        for name, specification in fields(other).items():
            assert name in given, (english, other)
            assert specification == given[name], (english, other)


# --------------------------------------------------------------------------- what is said


ERRORS = {"InputError", "ComesLater"}
PARTS_OF_ERRORS = {"separatrix/analysis/branch_and_prune/enumeration.py"}


def english(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the texts of four words or more that are neither said nor part of an error or a docstring."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            continue
        if isinstance(node, ast.Call) and called(node.func) in {"say", *ERRORS}:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(re.findall(r"[A-Za-z_]{2,}", node.value)) > 3:
                yield node.lineno, node.value
        yield from english(node)


def test_analyses_have_no_english_beside_sentences() -> None:
    """What the analysis wing says is said with `say`, so that it can be told."""
    plain = {
        f"{name}:{line}": text
        for name, path in source_files("separatrix/analysis").items()
        if name not in PARTS_OF_ERRORS
        for line, text in english(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert plain == {}


@pytest.mark.parametrize("code", OTHERS)
@thinned("part", range(5), each_run=1)
def test_everything_that_analyses_say_is_told(code: str, part: int) -> None:
    """No English is left in the reasons, proofs and warnings of hundreds of analyses."""
    language = language_of(code)
    left: dict[str, str] = {}
    answered = 0
    for question in itertools.islice(asked(), part, None, 5):
        answer = question.answer()
        if answer is None:
            continue
        answered += 1
        for place, text in said(answer):
            assert not text or isinstance(text, Sentence | Together), (question.name, place, text)
            told = language.tell(text)
            for words in untold(told, question.game):
                left.setdefault(words, f"{question.name}, {place}: {told}")
    assert left == {}
    assert answered > 100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("特征值 beside it", ["beside it"]),
        ("若a*b > 0 and c < 0（Hofbauer, Schuster & Sigmund 1979）", []),
        ("Enterprise A plays cooperate", ["plays cooperate"]),
        ("Enterprise A采用cooperate", []),
    ],
)
def test_untold(text: str, words: list[str]) -> None:
    """English is told from names, authors and formulas."""
    game = separatrix.load(
        {"title": "t", "parameters": {"c": {}}, "bimatrix": [[["c", 1], [0, 0]], [[0, 0], [1, 1]]]}
    )
    named = separatrix.load(
        {
            **game.raw,
            "populations": [
                {"name": "Enterprise A", "share": "x", "strategies": ["play", "pass"]},
                {"name": "B", "share": "y", "strategies": ["up", "down"]},
            ],
        }
    )
    assert untold(text, named) == words


# --------------------------------------------------------------------------- sentences


def test_sentences_within_sentences_are_told() -> None:
    """Nested reasons, lists and proofs keep their structure."""
    zh = language_of("zh")
    why = say("in reversed time, {why}", why=say("every eigenvalue has negative real part"))
    assert (why, zh.tell(why)) == (
        "in reversed time, every eigenvalue has negative real part",
        "时间反向时，所有特征值实部为负",
    )
    proof = together([say("Values show them."), say("No admissible parameters are left.")])
    assert zh.tell(proof) == "代入取值即可求得。没有剩余的可行参数。"
    assert zh.tell(listed(["x", "y", "z"])) == "x、y和z"


def test_values_are_no_templates() -> None:
    """What a user names may hold braces, and comes out as it is."""
    told = language_of("zh").tell(say("{population} plays {strategies}", population="{x}", strategies="{0}"))
    assert told == "{x}采用{0}"


def test_sentences_survive_pickling() -> None:
    """Answers travel between processes with the structure of what they say."""
    whole = together([say("cube"), say("{amount} {unit}", amount="3", unit=say("days"))], "; ")
    again = pickle.loads(pickle.dumps(whole))
    assert again == whole == "cube; 3 days"
    assert isinstance(again, Together) and isinstance(again.parts[1], Sentence)
    assert again.parts[1].values["unit"].template == "days"
