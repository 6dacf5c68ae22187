"""Gambit's strategic games (`.nfg`), in and out.

Reference: the file format "NFG 1 R" of Gambit: a prologue with title, players and strategies, then
either outcomes and the outcome of each profile, or the payoffs themselves.  The strategy of the first
player varies fastest.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import read_number
from separatrix.expression.tree import Expression, names_in
from separatrix.game.model import Game, Profile, ProfileTable, SelfMatrix
from separatrix.game.payoff_forms import MAX_PROFILES
from separatrix.io.files import decode, read_bytes
from separatrix.io.yaml import Path, SourceDocument
from separatrix.sentences import say, together

__all__ = ["nfg_text", "parse_nfg", "read_nfg"]

MAX_BYTES = 5_000_000
_MOST_PLAYERS = 100

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\{)|(?P<close>\})|(?P<comma>,)
    |"(?P<text>(?:[^"\\]++|\\.)*+)"
    |(?P<number>[-+]?(?:\d+/\d+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.]))
    |(?P<word>\w+)|(?P<other>\S))""",
    re.VERBOSE | re.ASCII,
)


class NfgSource(SourceDocument):
    """A text with the offsets of some of its parts."""

    def __init__(self, name: str, title: str, text: str) -> None:
        super().__init__(name, title)
        self.text = text
        self.spans: dict[Path, tuple[int, int]] = {}

    def span(self, start: int, end: int) -> Place:
        """Return the place of the characters from `start` to `end`."""
        line = self.text.count("\n", 0, start) + 1
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", start)
        last = len(self.text) if last < 0 else last
        return Place(
            self.name, line, start - first + 1, max(1, min(end, last) - start), self.text[first:last]
        )

    def place(
        self,
        path: Path,
        *,
        key: bool = False,
        text: str | None = None,
        offset: int | None = None,
        width: int = 1,
    ) -> Place:
        """Return the place of `path`, or of the nearest part around it."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.span(*self.spans[path]) if path in self.spans else Place(self.name)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _Parser:
    def __init__(self, source: NfgSource) -> None:
        self.source = source
        self.tokens = self.scan()
        self.token = next(self.tokens)

    def scan(self) -> Iterator[_Token]:
        text, at = self.source.text, 0
        while match := _TOKEN.match(text, at):
            kind = match.lastgroup or "other"
            yield _Token(kind, match[kind], match.start(kind), match.end())
            at = match.end()
        while True:
            yield _Token("end", "", len(text.rstrip()), len(text.rstrip()))

    def fault(self, message: str, token: _Token | None = None, code: str = "T210") -> InputError:
        token = token or self.token
        return InputError(code, message, where=self.source.span(token.start, token.end))

    def take(self, kind: str, what: str) -> _Token:
        token = self.token
        if token.kind != kind:
            found = "the end of the file" if token.kind == "end" else f"`{token.text[:40]}`"
            raise self.fault(f"expected {what}, found {found}")
        self.token = next(self.tokens)
        return token

    def number(self) -> tuple[Fraction, _Token]:
        token = self.take("number", "a number")
        try:
            top, _, below = token.text.partition("/")
            sign = -1 if top.startswith("-") else 1
            if len(token.text) > 1200:
                raise ValueError(f"a number of {len(token.text)} characters; at most 1200 are read")
            if below and int(below) == 0:
                raise ValueError(f"{token.text} divides by zero")
            return sign * read_number(top.lstrip("+-")) / (int(below) if below else 1), token
        except ValueError as problem:
            raise self.fault(str(problem), token, "V301") from None

    def texts(self, what: str, most: int) -> list[_Token]:
        self.take("open", f"{{ before {what}")
        found: list[_Token] = []
        while self.token.kind != "close":
            if len(found) == most:
                raise self.fault(f"more than {most:,} of {what}")
            found.append(self.take("text", what))
        self.take("close", f"}} after {what}")
        return found


def read_nfg(path: FilePath) -> tuple[dict[str, Any], NfgSource]:
    """Return the document that a file of Gambit describes, with its source.

    Raises
    ------
    InputError
        G100 to G102 where it cannot be opened; T210 where it is not a strategic game, T211 for an extensive
        game, V301 for numbers past every limit.
    """
    text = decode(read_bytes(path, MAX_BYTES, "a game of Gambit"), path)
    return parse_nfg(text, str(path), title=path.stem)


def parse_nfg(text: str, name: str = "game.nfg", *, title: str = "game") -> tuple[dict[str, Any], NfgSource]:
    """Return the document that a text in Gambit's format describes, with its source; see `read_nfg`.

    Examples
    --------
    >>> document, _ = parse_nfg('NFG 1 R "Duel" { "A" "B" } { 2 2 }  1 -1 0 0 0 0 1 -1')
    >>> document["payoffs"][1]
    {'play': ['2', '1'], 'pay': [0, 0]}
    """
    source = NfgSource(name, title, text)
    parser = _Parser(source)
    _prologue(parser)
    document: dict[str, Any] = {"title": _unescape(parser.take("text", "a title in quotes")) or title}
    players = parser.texts("the names of the players", _MOST_PLAYERS)
    if not players:
        raise parser.fault("a game without players")
    strategies, spans = _strategies(parser, len(players))
    labels = [_unescape(player).strip() or f"Player {i + 1}" for i, player in enumerate(players)]
    names, double = _numbered(labels)
    for name, new in double.items():
        source.remarks += (
            say(
                "several players are called `{name}` in the file; here they are {names}", name=name, names=new
            ),
        )
    for i, named in enumerate(names):
        strategies[i], double = _numbered(strategies[i])
        for name, new in double.items():
            source.remarks += (
                say(
                    "several strategies of {player} are called `{name}` in the file; here they are {names}",
                    player=named,
                    name=name,
                    names=new,
                ),
            )
    if math.prod(len(s) for s in strategies) > MAX_PROFILES:
        raise parser.fault(f"more than {MAX_PROFILES:,} profiles")
    if parser.token.kind == "text":
        document["note"] = _unescape(parser.take("text", "a comment"))
        if not document["note"]:
            del document["note"]
    document["populations"] = []
    for i, (player, label) in enumerate(zip(players, names, strict=True)):
        source.spans["populations", i] = (player.start, player.end)
        source.spans["populations", i, "strategies"] = spans[i]
        document["populations"].append({"name": label, "strategies": strategies[i]})
    # The first player's strategy varies fastest: the reverse of itertools.product.
    profiles = [p[::-1] for p in itertools.product(*(range(len(s)) for s in reversed(strategies)))]
    rows = list(_rows(parser, len(profiles), len(players)))
    if parser.token.kind != "end":
        raise parser.fault(f"the file should end here; found `{parser.token.text[:40]}`")
    document["payoffs"] = []
    for k, (profile, (pay, span)) in enumerate(zip(profiles, rows, strict=True)):
        source.spans["payoffs", k] = span
        play = [strategies[i][s] for i, s in enumerate(profile)]
        document["payoffs"].append({"play": play, "pay": [_plain(value) for value in pay]})
    return document, source


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _unescape(token: _Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text, flags=re.DOTALL)


def _numbered(names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Make the names unique, and return for each repeated name the new names that replace it."""
    taken = set(names)
    counts = {name: 0 for name, times in Counter(names).items() if times > 1}
    new_names: dict[str, list[str]] = {name: [] for name in counts}
    result = []
    for name in names:
        new = name
        if name in counts:
            while new in taken:
                counts[name] += 1
                new = f"{name}_{counts[name]}"
            taken.add(new)
            new_names[name].append(new)
        result.append(new)
    return result, {name: together((f"`{n}`" for n in new), ", ") for name, new in new_names.items()}


def _prologue(parser: _Parser) -> None:
    first = parser.token
    if first.text == "EFG":
        raise parser.fault("an extensive game (.efg); only strategic games (.nfg) are read", first, "T211")
    if first.text != "NFG":
        raise parser.fault("this is not a strategic game of Gambit; it should begin with NFG 1 R", first)
    parser.take("word", "NFG")
    version = parser.take("number", "the version 1")
    if version.text != "1":
        raise parser.fault(f"version {version.text} of the format is not known; 1 is", version)
    kind = parser.take("word", "R or D")
    if kind.text not in ("R", "D"):
        raise parser.fault("expected R or D", kind)


def _strategies(parser: _Parser, players: int) -> tuple[list[list[str]], list[tuple[int, int]]]:
    strategies: list[list[str]] = []
    spans: list[tuple[int, int]] = []
    opening = parser.take("open", "{ before the strategies")
    while parser.token.kind != "close":
        start = parser.token.start
        if math.prod(len(names) for names in strategies) > MAX_PROFILES:
            raise parser.fault(f"more than {MAX_PROFILES:,} profiles")
        if len(strategies) == players:
            raise parser.fault(f"strategies for more than {players} players")
        if parser.token.kind == "number":
            size, token = parser.number()
            if size.denominator != 1 or not 0 <= size <= MAX_PROFILES:
                raise parser.fault(f"`{token.text}` is not a number of strategies", token)
            strategies.append([str(i + 1) for i in range(int(size))])
            spans.append((token.start, token.end))
            continue
        labels = [
            _unescape(token).strip() for token in parser.texts("the names of the strategies", MAX_PROFILES)
        ]
        strategies.append([label or str(i + 1) for i, label in enumerate(labels)])
        spans.append((start, start + 1))
    parser.take("close", "} after the strategies")
    if len(strategies) != players:
        raise parser.fault(f"strategies for {len(strategies)} players; the game has {players}", opening)
    for names, (start, end) in zip(strategies, spans, strict=True):
        if not names:
            raise InputError("G115", "a player needs a strategy", where=parser.source.span(start, end))
    return strategies, spans


Row = tuple[list[Fraction], tuple[int, int]]


def _rows(parser: _Parser, profiles: int, players: int) -> Iterator[Row]:
    if parser.token.kind == "open":
        outcomes = _outcomes(parser, players)
        for _ in range(profiles):
            index, token = parser.number()
            if index.denominator != 1 or not 0 <= index <= len(outcomes):
                raise parser.fault(f"outcome {token.text} does not exist", token)
            yield (outcomes[int(index) - 1] if index else [Fraction(0)] * players), (token.start, token.end)
        return
    for _ in range(profiles):
        start = parser.token.start
        pay = []
        for _ in range(players):
            pay.append(parser.number()[0])
            while parser.token.kind == "comma":
                parser.take("comma", ",")
        yield pay, (start, start + 1)


def _outcomes(parser: _Parser, players: int) -> list[list[Fraction]]:
    outcomes = []
    parser.take("open", "{ before the outcomes")
    while parser.token.kind != "close":
        opening = parser.take("open", "{ before an outcome")
        if parser.token.kind == "text":
            parser.take("text", "a name")
        pay = []
        while parser.token.kind != "close":
            pay.append(parser.number()[0])
            while parser.token.kind == "comma":
                parser.take("comma", ",")
        parser.take("close", "} after an outcome")
        if len(pay) != players:
            raise parser.fault(f"an outcome with {len(pay)} payoffs; {players} are needed", opening)
        outcomes.append(pay)
    parser.take("close", "} after the outcomes")
    return outcomes


# --------------------------------------------------------------------------- writing


def nfg_text(game: Game) -> str:
    """Return a game in Gambit's format, with the parameters at their values.

    Raises
    ------
    InputError
        T212 if a payoff has no number, T213 if the game is not a table of several populations.
    """
    if isinstance(game.form, SelfMatrix) and game.has_no_opponents:
        pay: Mapping[Profile, tuple[Expression, ...]] = {
            (a,): row[:1] for a, row in enumerate(game.form.rows)
        }
    elif isinstance(game.form, ProfileTable) and game.equal_speeds:
        pay = game.form.pay
    else:
        raise InputError(
            "T213",
            "only a table of payoffs for two or more populations can be written as .nfg",
            hint="write .yaml instead; Gambit would take one population for two players",
        )
    values = {name: p.value for name, p in game.parameters.items() if p.value is not None}
    for name, expression in game.lets.items():
        if all(n in values for n in names_in(expression)):
            values[name] = evaluate(expression, values)
    sizes = [range(len(p.strategies)) for p in reversed(game.populations)]
    rows = []
    for profile in (p[::-1] for p in itertools.product(*sizes)):
        for expression in pay[profile]:
            for name in names_in(expression):
                if name not in values:
                    raise InputError(
                        "T212",
                        f"`{name}` has no value, and .nfg holds numbers only",
                        hint=f"give {name} a value in the game file, or write .yaml",
                    )
        rows.append(" ".join(str(evaluate(e, values)) for e in pay[profile]))
    players = " ".join(_quote(p.name) for p in game.populations)
    strategies = "\n".join(
        f"{{ {' '.join(_quote(s.name) for s in p.strategies)} }}" for p in game.populations
    )
    head = f"NFG 1 R {_quote(game.title)}\n{{ {players} }}\n\n{{ {strategies}\n}}\n"
    return head + _quote(game.source or "") + "\n\n" + "\n".join(rows) + "\n"


def _quote(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
