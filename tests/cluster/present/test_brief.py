"""The page of a brief: one sheet, on which every number leads to its source."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest

import separatrix
from cluster.study.worked_park import worked_park
from core.present.walk import lines_of
from separatrix.document.tree import Bullets, Document, Notes, Paragraph, Words
from separatrix.languages import LANGUAGES, language_of
from separatrix.sentences import say
from separatrix.writers.layout import sheet_points
from separatrix.writers.registry import write, write_html
from separatrix.writers.terminal import plain_text
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.brief.brief import Brief, brief_of_cluster, brief_of_game
from separatrix_cluster.brief.document import brief_data, brief_document
from separatrix_cluster.brief.statements import Provenance, SourcedValue, ValueInterval
from separatrix_cluster.diagnosis.diagnosis import Diagnosis, diagnose
from separatrix_cluster.documents.completeness import lead_of
from separatrix_cluster.documents.diagnosis import diagnosis_document
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    difficulty_name,
    money,
    scores_between,
    signed_percents_between,
    tonnes_between,
)
from separatrix_cluster.tables.reader import load_cluster
from thinning import thinned

NAMES = ("rotterdam", "kalundborg", "synthetic-park", "shi-chen-2018")

UNSOURCED = r"CO2e?|[a-z-]+-20\d\d\b|\b0 (?:to|至) 1\b|question \d+|第 ?\d+ ?题"
"""What holds a digit and is no number from the data."""


@cache
def brief(name: str) -> Brief:
    """Return the brief on a shipped cluster, or on a game from (0.2, 0.3)."""
    if name in ("shi-chen-2018",):
        return brief_of_game(separatrix.load(name), name, start={"x": "0.2", "y": "0.3"})
    return brief_of_cluster(load_cluster(name), name)


@cache
def diagnosis(name: str) -> Diagnosis:
    """Return the diagnosis of a shipped cluster, which its brief cites."""
    cluster = load_cluster(name)
    return diagnose(cluster, carbon_accounts(cluster))


@cache
def page(name: str, code: str) -> Document:
    """Return its page in a language."""
    return brief_document(brief(name), language_of(code))


def told(document: Document) -> list[Words]:
    """Return the words of the answers and of the sentence above them."""
    blocks = [b for b in document.blocks if isinstance(b, (Bullets, Paragraph))]
    return [item for b in blocks for item in chain(*lines_of(b)) if isinstance(item, Words)]


@pytest.mark.parametrize("code", LANGUAGES)
@thinned("name", NAMES, each_run=2)
def test_every_number_leads_to_a_note(name: str, code: str) -> None:
    """What is not linked holds no digit, but for the numbers of questions and of a scale."""
    document = page(name, code)
    words = language_of(code)
    enough = re.escape(words.BRIEF_ENOUGH_FOR).replace(r"\{answered\}", ".*?").replace(r"\{rest\}", ".*?")
    plain = [re.sub(f"{enough}|{UNSOURCED}", "", item.text) for item in told(document) if not item.note]
    assert [text for text in plain if re.search(r"\d", text)] == []


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_note_is_there_and_led_to(name: str, code: str) -> None:
    """Notes are numbered from 1 without gaps; each names a command."""
    document = page(name, code)
    notes = next(b for b in document.blocks if isinstance(b, Notes)).items
    assert {item.note for item in told(document) if item.note} == set(range(1, len(notes) + 1))
    for note in notes:
        first = note[0]
        assert isinstance(first, Words)
        assert first.text.startswith("separatrix ")


@pytest.mark.parametrize("name", NAMES)
def test_links_of_a_page_lead_to_places_on_it(name: str) -> None:
    """Every link of the HTML has its target."""
    html = write_html(page(name, "en"))
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert targets
    assert targets <= set(re.findall(r' id="([^"]+)"', html))


@pytest.mark.parametrize("name", NAMES)
def test_links_of_a_word_file_lead_to_bookmarks(name: str) -> None:
    """Every hyperlink of the document has its bookmark."""
    docx = pytest.importorskip("docx")
    xml = docx.Document(BytesIO(write(page(name, "en"), "docx").content)).element.xml
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors
    assert anchors == set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', xml))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_brief_is_one_page(name: str, code: str) -> None:
    """However much is told, the PDF has one page."""
    pytest.importorskip("typst")
    with_warnings_aside = write(page(name, code), "pdf").content
    assert len(re.findall(rb"/Type\s*/Page\b", with_warnings_aside)) == 1


def test_a_long_document_is_set_smaller_to_stand_on_a_sheet() -> None:
    """More words mean smaller type, to a size that can still be read."""
    sizes = [
        sheet_points(Document("t", "", (Paragraph((Words("word " * count),)),), sheet=True))
        for count in (10, 700, 1400, 20_000)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[2]
    assert sizes[-1] == 6.5


@pytest.mark.parametrize("code", LANGUAGES)
def test_data_say_what_the_page_says(code: str) -> None:
    """The text of each answer in the data is that of the page."""
    plain = brief_data(brief("rotterdam"), language_of(code))
    bullets = next(b for b in page("rotterdam", code).blocks if isinstance(b, Bullets))
    texts = ["".join(i.text for i in item if isinstance(i, Words)) for item in bullets.items]
    assert len(plain["answers"]) == len(texts) == 10
    for answer, text in zip(plain["answers"], texts, strict=True):
        assert text.startswith(answer["heading"])
        assert text.endswith(answer["text"])


def test_a_chinese_page_is_chinese() -> None:
    """Beside names, commands and codes no English is left on the page of a cluster of one's own."""
    document = page("rotterdam", "zh")
    plain = " ".join(i.text for i in told(document) if not i.note and i.style != "code")
    left = set(re.findall(r"[A-Za-z]{4,}", plain)) - {"CO2e"}
    assert left <= {"park", "standard", "cluster", "yaml", "hunan", "zero", "carbon", "framework"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_ranges_are_those_of_the_diagnosis_that_is_cited(code: str) -> None:
    """The total and the scores have, digit by digit, the ends that `cluster diagnose` prints."""
    words = language_of(code)
    found = diagnosis("synthetic-park")
    year = found.year
    assert year is not None
    total = found.completeness.total(year)
    ends = tonnes_between(total.counted, total.low, total.high, words)
    texts = [answer["text"] for answer in brief_data(brief("synthetic-park"), words)["answers"]]
    lead = lead_of(found.completeness, year, words)
    assert [(end in texts[1], end in lead) for end in ends] == [(True, True)] * 3
    printed = plain_text(diagnosis_document(found, words), 200)
    wide = [d for d in found.difficulties if not math.isclose(d.low or 0.0, d.high or 0.0)]
    assert wide
    for difficulty in wide:
        interval = scores_between(difficulty.low or 0.0, difficulty.high or 0.0)
        low, high = interval.split(f"{NBSP}–{NBSP}")
        assert interval.replace(NBSP, " ") in printed
        assert float(low) <= (difficulty.low or 0.0) <= (difficulty.high or 0.0) <= float(high)
        name = difficulty_name(difficulty.name, words)
        told = texts[4].partition(name)[2]
        assert re.findall(r"\d\.\d\d", told)[1:3] == [low, high]


def test_a_change_between_bounds_has_its_ends_rounded_outwards() -> None:
    """From −12.34 % to +5.61 % is told as −12.4 % to +5.7 %, as the diagnosis tells it."""
    told = say(
        "{low} {high}.",
        low=SourcedValue(
            "change", -0.1234, Provenance(()), interval=ValueInterval(math.nan, -0.1234, 0.0561, "low")
        ),
        high=SourcedValue(
            "change", 0.0561, Provenance(()), interval=ValueInterval(math.nan, -0.1234, 0.0561, "high")
        ),
    )
    made = brief("kalundborg")
    answers = tuple(replace(a, told=(told,)) if a.question == "stand" else a for a in made.answers)
    text = brief_data(replace(made, answers=answers), language_of("en"))["answers"][1]["text"]
    assert text.startswith(" ".join(signed_percents_between(-0.1234, 0.0561)))
    assert text.startswith(f"−12.4{NBSP}% +5.7{NBSP}%")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_two_spaces_stand_together(name: str, code: str) -> None:
    """Between sentences stands one space, also before what is needed."""
    data = brief_data(brief(name), language_of(code))
    texts = [data["headline"], *(answer["text"] for answer in data["answers"])]
    assert [text for text in texts if "  " in text or text != text.strip()] == []


def test_money_of_a_caution_is_told_in_the_scales_of_the_language() -> None:
    """What the calibration tells of an untold cost is in 万元 on a Chinese page, as other money is."""
    texts = {
        code: brief_data(brief("synthetic-park"), language_of(code))["answers"][9]["text"]
        for code in LANGUAGES
    }
    told = re.search(r"a cost of ([\d,]+) CNY", texts["en"])
    assert told is not None
    cost = float(told[1].replace(",", ""))
    assert money(cost, "CNY", language_of("zh")) in texts["zh"]
    assert "CNY" not in texts["zh"]


def test_instruments_of_a_calibrated_game_have_chinese_words(tmp_path: Path) -> None:
    """What tips a cluster is named in the reader's language, as are its strategies."""
    found = brief_of_cluster(worked_park(tmp_path))
    zh = brief_data(found, language_of("zh"))["answers"][6]["text"]
    assert "价格" in zh
    assert not re.search(r"[A-Za-z]{4,}", zh)
    assert "subsidy" not in brief_data(found, language_of("en"))["headline"]
