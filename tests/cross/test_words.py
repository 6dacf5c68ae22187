"""Whatever a person reads uses the words of the field: no everyday word comes back beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from separatrix.languages import LANGUAGES
from source_files import source_path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if p.stem != "changelog")]

EVERYWHERE = {
    r"courses?": "trajectory, orbit",
    r"fates?": "outcome, attractor",
    r"(?:stands?|stood) still": "nullcline; does not change",
    r"lines? between (?:the |both |two )*(?:fates|outcomes|basins)": "separatrix, basin boundary",
    r"who plays what": "strategy profile",
    r"knife[ -]edges?": "degenerate",
    r"usual values?": "baseline value",
    r"told in (?:a|another|other|some|the) (?:\w+ )?languages?": "translated",
}
"""Words, and what the field says in their place."""

READ = {
    r"rest[ -]sets?": "continuum of equilibria",
    r"is the list whole": "completeness",
    r"where (?:this|it) comes from": "reproducibility",
    r"do(?:es)? not play (?:themselves|itself)|own play": "without intraspecific interactions",
    r"(?:circle|cycle)s? for ever": "closed orbits",
    r"what matters most(?=:)": "sensitivity analysis",
}
"""What code may say, and no report, no message and no page."""

IN_SENTENCES = EVERYWHERE | READ | {r"paths?": "trajectory", r"(?:aim|goal)s?": "attractor, outcome"}
"""The same where no file and no tolerance is spoken of."""

IN_CHINESE = {
    "归宿": "演化结果",
    "轨迹": "轨线",
    "轨道": "轨线",
    "临界情形": "退化",
    "通常取值": "基准取值",
    "静止点": "均衡点",
    "静止集": "均衡点连续统",
    "边界上的环": "异宿环",
}

KEYS = re.compile(
    r"""[`"']+(?:course|fate)s?(?::[^`"'\s]*)?[`"']+   # keys of data, names of observables
    | \bfate:(?:[A-Z]\w*|\{) | \bcourse,time\b | \berror,fates\b
    | \bbasin,[ ]fate,[ ]time\b | \b[Oo]f[ ]course\b | shortest[ ]directed[ ]paths,[ ]Dijkstra""",
    re.VERBOSE,
)
"""What keeps its name, since data and commands that others build on are called by it."""


def found(texts: Iterator[tuple[str, str]], banned: Mapping[str, str]) -> dict[str, str]:
    """Return the places of texts with a banned word, with what to say instead."""
    rules = {re.compile(rf"\b(?:{word})\b", re.IGNORECASE): better for word, better in banned.items()}
    there = {}
    for place, text in texts:
        plain = " ".join(KEYS.sub("", text).split())
        for rule, better in rules.items():
            if hit := rule.search(plain):
                there[place] = (
                    f"`{hit[0]}` in: {plain[max(0, hit.start() - 40) : hit.end() + 40]}; say {better}"
                )
    return there


def values(content: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a TOML file, with its keys where these are sentences."""
    if isinstance(content, dict):
        for key, value in content.items():
            if " " in key:
                yield f"{place}, key", key
            yield from values(value, f"{place}, {key}")
    elif isinstance(content, list):
        for value in content:
            yield from values(value, place)
    elif isinstance(content, str):
        yield place, content


def toml(*paths: Path) -> Iterator[tuple[str, str]]:
    for path in paths:
        yield from values(tomllib.loads(path.read_text("utf-8")), path.name)


def spoken(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs of a page without its code."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for number, paragraph in enumerate(re.split(r"\n\s*\n", re.sub(r"`[^`]*`", "", text)), 1):
        yield f"{page.relative_to(ROOT).as_posix()}, paragraph {number}", paragraph


def test_explanations_use_the_words_of_the_field() -> None:
    """What `separatrix explain` tells of an error or a finding."""
    assert (
        found(toml(*sorted(source_path("separatrix/explanations").glob("*.toml"))), EVERYWHERE | READ) == {}
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_languages_use_the_words_of_the_field(code: str) -> None:
    """Words of documents and figures, and sentences with the English that they translate."""
    words = toml(source_path("separatrix/languages") / f"{code}.toml")
    assert found(words, IN_SENTENCES) == {}


def test_chinese_has_one_word_for_one_notion() -> None:
    """A notion that English calls by one word has one in Chinese."""
    texts = toml(source_path("separatrix/languages/zh.toml"))
    assert [(p, w) for p, text in texts for w in IN_CHINESE if w in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_pages_use_the_words_of_the_field(page: Path) -> None:
    """README and documentation, outside of code."""
    assert found(spoken(page), EVERYWHERE | READ) == {}


@pytest.mark.parametrize(
    ("text", "banned"),
    [
        ("where the course from the start ends", True),
        ("of course", False),
        ("the key `fate` and the measure fate:E4", False),
        ("--measure fate", True),
        ("the\nline between   two fates", True),
        ("a discourse", False),
    ],
)
def test_found(text: str, banned: bool) -> None:
    """A banned word is seen over the end of a line, a key or a longer word is not."""
    assert bool(found(iter([("here", text)]), EVERYWHERE)) is banned
