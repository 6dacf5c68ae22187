"""A brief as a document: one page with the answers to ten questions, each number leading to its source."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from separatrix.document.tree import (
    Block,
    Bullets,
    Document,
    Line,
    Notes,
    Paragraph,
    Words,
    document_in,
    line,
)
from separatrix.game.instrument_sets import ready_instruments
from separatrix.game.model import Game, Instrument, Parameter
from separatrix.game.populations import translate
from separatrix.languages import Language
from separatrix.languages.number_text import rounded
from separatrix.run.results import provenance
from separatrix.sentences import Sentence, Together
from separatrix_cluster.brief.brief import Brief
from separatrix_cluster.brief.statements import (
    BriefAnswer,
    Kind,
    Provenance,
    Question,
    SourcedValue,
    ValueInterval,
)
from separatrix_cluster.calibration.calibration import STRATEGIES
from separatrix_cluster.documents.data_check import synthetic_note
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    amount,
    cost_per_tonne,
    difficulty_name,
    indicator_value,
    money,
    score_ends,
    share,
    share_end,
    signed_percent,
    signed_percents_between,
    tonnes,
    tonnes_between,
)

__all__ = ["brief_data", "brief_document"]


def brief_document(found: Brief, words: Language) -> Document:
    """Return a brief as a document of one page.

    Parameters
    ----------
    found : Brief
    words : Language

    Returns
    -------
    Document
        Its answers are a numbered list; every number in them has a note with the command that
        reproduces it and the rows it is based on.
    """
    page = _Page(found, words)
    title = words.BRIEF_TITLE.format(name=found.title)
    document = document_in(words, title, found.place, page.blocks())
    return replace(document, sheet=True)


def brief_data(found: Brief, words: Language) -> dict[str, Any]:
    """Return a brief as plain data, with what its page says."""
    page = _Page(found, words)
    plain = found.to_dict()
    for told, answer in zip(plain["answers"], found.answers, strict=True):
        told["heading"] = _question(answer.question, words)
        told["text"] = _plain(page.answer(answer))
    return {"headline": _plain(page.lead()), **plain}


def _plain(content: Line) -> str:
    return "".join(item.text for item in content if isinstance(item, Words))


def _question(question: Question, words: Language) -> str:
    return {
        "data": words.BRIEF_Q_DATA,
        "stand": words.BRIEF_Q_STAND,
        "change": words.BRIEF_Q_CHANGE,
        "gap": words.BRIEF_Q_GAP,
        "difficulty": words.BRIEF_Q_DIFFICULTY,
        "measures": words.BRIEF_Q_MEASURES,
        "push": words.BRIEF_Q_PUSH,
        "leaders": words.BRIEF_Q_LEADERS,
        "exchanges": words.BRIEF_Q_EXCHANGES,
        "certainty": words.BRIEF_Q_CERTAINTY,
    }[question]


@dataclass
class _Page:
    """The page while it is written: which sources have been given a note."""

    found: Brief
    words: Language
    sources: dict[tuple[object, ...], Provenance] = field(default_factory=dict)
    game: Game | None = None
    """The game in the reader's language."""
    called: dict[str, str] = field(default_factory=dict)
    """What strategies are called in a game of the program's own."""

    def __post_init__(self) -> None:
        game = self.found.game
        self.game = None if game is None else translate(game, self.words.code)
        if self.found.cluster is not None:
            self.called = dict(zip(STRATEGIES, (self.words.CAL_ACT, self.words.CAL_WAIT), strict=True))

    def blocks(self) -> Iterator[Block]:
        found, words = self.found, self.words
        if found.cluster is not None:
            yield from synthetic_note(found.cluster, words)
        yield Paragraph(self.lead(), lead=True)
        yield Bullets(
            tuple(
                (Words(_question(answer.question, words), "strong"), Words(self.blank), *self.answer(answer))
                for answer in found.answers
            ),
            numbered=True,
        )
        yield Notes(tuple(_note(source, words) for source in self.sources.values()), self.closing())

    @property
    def blank(self) -> str:
        return self.words.separators[" "]

    # ------------------------------------------------------------------ what is said

    def lead(self) -> Line:
        """Return what a reader in a hurry must know: how much it is, and what would tip it."""
        content = self.sentences(self.found.headline)
        if not self.found.answer("push").told:
            content = (*content, *(line(self.blank) if content else ()), Words(self.words.BRIEF_NO_PUSH))
        return content

    def answer(self, answer: BriefAnswer) -> Line:
        """Return the answer to a question, then the data it still needs."""
        words = self.words
        told = self.sentences(answer.told)
        if answer.question == "data":
            told = (Words(self.enough()), *(line(self.blank) if told else ()), *told)
        if answer.needs:
            needed = self.sentences(answer.needs)
            told = (*told, *(line(self.blank) if told else ()), Words(words.BRIEF_NEEDED, "muted"), *needed)
        return told

    def enough(self) -> str:
        """Return for which questions the data suffice."""
        words, answered = self.words, self.found.answered
        rest = [str(a.number) for a in self.found.answers if not a.told]
        if not rest:
            return words.BRIEF_ENOUGH
        if not answered:
            return words.BRIEF_NOT_ENOUGH
        given = words.listed([str(number) for number in answered])
        return words.BRIEF_ENOUGH_FOR.format(answered=given, rest=words.listed(rest))

    def sentences(self, told: Iterable[Sentence]) -> Line:
        """Return sentences in one line, each followed by the numbers of its notes that the next has not."""
        parts = [self.inline(sentence) for sentence in told]
        following = [*parts[1:], ()][: len(parts)]
        content: Line = ()
        for part, after in zip(parts, following, strict=True):
            marks = dict.fromkeys(n for n in map(_note_of, part) if n and n not in map(_note_of, after))
            ends = tuple(Words("", note=n, marked=True) for n in marks)
            content = (*content, *(line(self.blank) if content else ()), *part, *ends)
        return content

    def inline(self, text: object) -> Line:
        """Return a text as a line in which each quantity leads to the note on its source."""
        words = self.words
        if isinstance(text, SourcedValue):
            return (Words(self.quantity(text), note=self.note(text.source)),)
        if isinstance(text, Together):
            between = words.separators.get(text.between, text.between)
            parts = [self.inline(part) for part in text.parts]
            return tuple(
                item for k, part in enumerate(parts) for item in ((Words(between), *part) if k else part)
            )
        if not isinstance(text, Sentence):
            return _typed_words(str(text))
        template = words.sentences.get(text.template) or text.template
        content: Line = ()
        for literal, name, _, _ in string.Formatter().parse(template):
            content = (*content, *_typed_words(literal))
            if name is not None:
                content = (*content, *self.inline(text.values[name]))
        return content

    # ------------------------------------------------------------------ numbers and their notes

    def note(self, source: Provenance) -> int:
        """Return the number of the note on a source; those that differ in the place alone share one."""
        key = (source.first, source.command, source.rows)
        self.sources.setdefault(key, source)
        return list(self.sources).index(key) + 1

    def quantity(self, told: SourcedValue) -> str:
        """Return a quantity as people write it."""
        value, words = told.value, self.words
        currency = "" if self.found.cluster is None else self.found.cluster.description.currency
        if told.interval is not None:
            return self.ranged(told.kind, told.interval)
        match told.kind:
            case "tonnes":
                return tonnes(value, words)
            case "tonnes_change":
                return f"{'−' if value < 0 else '+'}{tonnes(abs(value), words)}"
            case "share":
                return share(value)
            case "margin":
                return share_end(value, up=True)
            case "change":
                return signed_percent(value)
            case "money":
                return money(value, currency, words)
            case "price":
                return f"{cost_per_tonne(value)}{NBSP}{words.unit(currency)}/t"
            case "year":
                return str(value)
            case "years":
                return rounded(value, 2)
            case "count":
                return f"{value:,}"
            case "number":
                return amount(value)
            case "score":
                return f"{value:.2f}"
            case "amount":
                return indicator_value(value, told.unit, words)
            case "difficulty":
                return difficulty_name(value, words)
            case "standard":
                return str(value.text_in("title", words.code))
            case "state":
                return self.state(value)
            case "parameter":
                return self.meaning(value)
            case "instrument":
                return self.meaning(value, named=False)
            case "level":
                return f"{amount(value)}{NBSP}{words.unit(told.unit)}" if told.unit else amount(value)
            case "time":
                return (
                    words.BRIEF_YEARS.format(time=rounded(value, 3))
                    if told.unit == "year"
                    else words.BRIEF_TIME.format(time=rounded(value, 3))
                )
            case "name" | "text":
                return words.tell(value)

    def ranged(self, kind: Kind, interval: ValueInterval) -> str:
        """Return an end of an interval, or the counted value within it, as the diagnosis shows it."""
        counted, low, high = interval.counted, interval.low, interval.high
        match kind:
            case "tonnes":
                texts = tonnes_between(counted, low, high, self.words)
            case "score":
                texts = (f"{counted:.2f}", *score_ends(low, high))
            case "change":
                texts = (signed_percent(counted), *signed_percents_between(low, high))
            case _:
                raise ValueError(kind)
        return texts[("counted", "low", "high").index(interval.part)]

    def state(self, shares: dict[str, float]) -> str:
        """Return which share of each population plays what, at a state."""
        words, game = self.words, self.game
        if game is None:
            return ""
        told, places = [], iter(shares.items())
        for population in game.populations:
            strategies = population.strategies
            own = [next(places)[1] for _ in range(1 if len(strategies) == 2 else len(strategies))]
            names = [self.called.get(s.name, s.name) for s in strategies]
            parts = [f"{share(value)} {name}" for value, name in zip(own, names, strict=False)]
            told.append((population.name, words.separators[", "].join(parts)))
        if len({part for _, part in told}) == 1:
            return told[0][1]
        return words.listed([f"{name} {part}" for name, part in told])

    def meaning(self, what: Parameter | Instrument, *, named: bool = True) -> str:
        """Return what a parameter or an instrument is, with its name."""
        game, words = self.game, self.words
        own = None if game is None else game.instruments.get(what.name) or game.parameters.get(what.name)
        told = (what if own is None else own).meaning or ""
        if self.found.cluster is not None:  # a calibrated game, whose words are the program's own
            ready = ready_instruments().get(what.name) if isinstance(what, Instrument) else None
            told = (
                words.sentences.get(told, told) if ready is None else ready.translations.get(words.code, told)
            )
        if not told:
            return what.name
        return words.CL_NAME_SHARE.format(name=told, share=what.name) if named else told

    def closing(self) -> Line:
        """Return where the data come from, and by what version it was computed."""
        found, words = self.found, self.words
        described = found.cluster if found.cluster is not None else found.game
        told = []
        if found.cluster is not None and found.cluster.attribution:
            told.append(words.CL_DATA.format(sources=words.source(found.cluster.attribution)))
        if described is not None:
            origin = provenance(described)
            told.append(words.CL_PROVENANCE.format(version=origin["version"], model=origin["model"]))
        return line(self.blank.join(told))


def _typed_words(text: str) -> Line:
    """Return a text as a line in which what is typed, between backquotes, is set as code."""
    parts = text.split("`")
    return tuple(Words(part, "code" if k % 2 else "plain") for k, part in enumerate(parts) if part)


def _note_of(item: object) -> int:
    return item.note if isinstance(item, Words) else 0


def _note(source: Provenance, words: Language) -> Line:
    """Return how to reproduce a number: the command, and the rows it is based on."""
    commands = [_typed(command) for command in (source.first, source.command) if command]
    told: Line = ()
    for command in commands:
        told = (*told, *(line("; ") if told else ()), Words(command, "code"))
    for file in source.files:
        told = (*told, Words(" · "), Words(file))
    return told


def _typed(command: tuple[str, ...]) -> str:
    """Return a command as it is typed; the format of its output is the reader's choice."""
    shown = [part for part in command if part not in ("--format", "json")]
    return " ".join(["separatrix", *(f"'{part}'" if " " in part else part for part in shown)])
