"""YAML as plain data, with the place of every part of it.

The events of PyYAML are turned into data here, not by its constructors: so numbers are read from
their text (0.1 is 1/10), nothing but data is ever built, and reading stops at the first breach of a
limit instead of after the whole file.  They come from libyaml, which takes a twentieth of the time of a
parser in Python.

Where a game was read from, and where in it each of its parts stands.

A reader works on plain data and names a part by its path of keys and indices; only when something is
wrong does the source turn that path into a place that a person can go to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from separatrix.errors import InputError, Place, SeparatrixError
from separatrix.expression.parser import read_number
from separatrix.io.files import read_bytes
from separatrix.io.yaml_output import MAX_DEPTH
from separatrix.sentences import say

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Path",
    "SourceDocument",
    "YamlSource",
    "parse_yaml",
    "path_text",
    "read_yaml",
]

Path = tuple[str | int, ...]
"""The keys and indices that lead to a part of a document, outermost first."""


def path_text(path: Path) -> str:
    """Return `path` as people write it.

    Examples
    --------
    >>> path_text(("payoffs", 2, "pay", 0))
    'payoffs[2].pay[0]'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class SourceDocument:
    """A document from Python data; its parts are located by their keys.

    Parameters
    ----------
    name : str
        What errors call the document.
    folder : str
        The default title of a game without one.
    """

    def __init__(self, name: str = "game", title: str = "Untitled game") -> None:
        self.name = name
        self.title = title
        self.remarks: tuple[str, ...] = ()
        """What was changed while it was read, for its readers to know."""

    def place(
        self,
        path: Path,
        *,
        key: bool = False,
        text: str | None = None,
        offset: int | None = None,
        width: int = 1,
    ) -> Place:
        """Return where `path` stands.

        Parameters
        ----------
        path : Path
            The part.
        key : bool
            Whether the key itself is meant, not what it holds.
        text : str, optional
            The text of the part, where it is an expression.
        offset : int, optional
            The offset within `text` at which the fault lies.
        width : int
            How many characters of `text` are at fault.
        """
        where = path_text(path) or self.name
        if text is None:
            return Place(where)
        return Place(where, 1, (offset or 0) + 1, width if offset is not None else max(1, len(text)), text)

    def quotes(self, path: Path) -> str | None:
        """Return the sign with which the text at `path` is quoted, where it is."""
        return None

    def line(self, path: Path) -> int | None:
        """Return the line on which the key at the end of `path` stands, where there are lines."""
        return None


MAX_BYTES = 1_000_000

MOST_NUMBERS, MOST_PARTS, MOST_ENTRIES = 5_000, 20_000, 100_000
"""Entries of a list of texts and numbers, of one with lists or mappings in it, and of the whole file."""

# The core schema of YAML 1.2: `yes`, `no`, `on` are texts, and 1e-3 is a number.
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_MAX_DIGITS = 1200
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MANY_BRACKETS = re.compile(r"(?:[\[{]\s*){201}")


class _Mark(NamedTuple):
    """The extent of a part: its first and last offset, its line and column from 0, its quotes."""

    start: int
    end: int
    line: int
    column: int
    style: str | None = None


class YamlSource(SourceDocument):
    """A YAML text that knows where its parts stand."""

    def __init__(self, name: str, text: str, title: str = "Untitled game") -> None:
        super().__init__(name, title)
        self.text = text
        self.values: dict[Path, _Mark] = {}
        self.keys: dict[Path, _Mark] = {}

    def quotes(self, path: Path) -> str | None:
        """Return the sign with which the text at `path` is quoted, where it is: ' " | or >."""
        mark = self.values.get(path)
        return None if mark is None else mark.style

    def line(self, path: Path) -> int | None:
        """Return the line, counted from 1, on which `path` stands."""
        mark = self.keys.get(path) or self.values.get(path)
        return None if mark is None else mark.line + 1

    def place(
        self,
        path: Path,
        *,
        key: bool = False,
        text: str | None = None,
        offset: int | None = None,
        width: int = 1,
    ) -> Place:
        """Return the line and column of `path`, or of a fault within its text."""
        mark = (self.keys if key else self.values).get(path) or self.keys.get(path) or self.values.get(path)
        if mark is None:
            return Place(self.name) if not path else self.place(path[:-1], key=True)
        if text is not None and offset is not None:
            offsets = _offsets(self.text[mark.start : mark.end], text, mark.style)
            if offset < len(text):
                start = offsets[offset]
                end = offsets[min(offset + width, len(text)) - 1] + 1
            else:
                start = offsets[-1] + 1 if offsets else 0
                end = start + 1
            return self.span(mark.start + start, mark.start + end)
        if not path and not key:
            return self.span(mark.start, mark.start + 1)
        return self.span(mark.start, max(mark.end, mark.start + 1))

    def span(self, start: int, end: int) -> Place:
        """Return the place of the characters from `start` to `end`."""
        start = min(start, len(self.text))
        line = self.text.count("\n", 0, start)
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", start)
        last = len(self.text) if last < 0 else last
        shown = self.text[first:last].rstrip("\r")
        return Place(self.name, line + 1, start - first + 1, max(1, min(end, last) - start), shown)


def _offsets(raw: str, text: str, style: str | None) -> list[int]:
    """Return where in the source `raw` each character of the scalar `text` stands.

    Quotes are doubled, characters escaped and lines folded in YAML, so the two are walked together.
    """
    at = 0
    if style in ("'", '"'):
        at = 1
    elif style in ("|", ">"):
        at = raw.find("\n") + 1
    offsets: list[int] = []
    for character in text:
        while at < len(raw):
            if raw[at] == character:
                offsets.append(at)
                at += 2 if style == "'" and raw.startswith("''", at) else 1
                break
            if style == '"' and raw[at] == "\\":
                if raw[at + 1 : at + 2] == "\n":
                    at += 2
                    continue
                offsets.append(at)
                at += 2 + {"x": 2, "u": 4, "U": 8}.get(raw[at + 1 : at + 2], 0)
                break
            if character in " \n" and raw[at].isspace():
                offsets.append(at)
                at += 1
                while at < len(raw) and raw[at].isspace() and character == " ":
                    at += 1
                break
            at += 1
        else:
            offsets.append(max(0, len(raw) - 1))
    return offsets


def read_yaml(path: FilePath) -> tuple[Any, YamlSource]:
    """Return the content of a YAML file as plain data, with its source.

    Raises
    ------
    InputError
        G100 (no such file), G101 (too large), G102 (not UTF-8), G103 to G105 and G108 (see `parse_yaml`).
    """
    from separatrix.io.files import decode

    data = read_bytes(path, MAX_BYTES, "a game file")
    return parse_yaml(decode(data, path), str(path), title=path.stem.removesuffix(".game"))


def parse_yaml(text: str, name: str = "game", *, title: str = "Untitled game") -> tuple[Any, YamlSource]:
    """Return a YAML text as plain data, with its source.

    Whole numbers come as ``int``, others as ``Fraction``; ``.nan`` and ``.inf`` as ``float``.

    Raises
    ------
    InputError
        G101 for a list that is too long; G103 for malformed YAML; G104 for aliases, anchors and tags; G105
        for nesting deeper than 50; G108 for a key given twice; V301 for numbers past every limit.
    """
    import yaml

    source = YamlSource(name, text, title)
    if brackets := _MANY_BRACKETS.search(text):
        # The scanner looks far ahead at each bracket; no expression nests so deep either.
        where = source.span(brackets.start(), brackets.start() + 1)
        raise InputError("G105", say("nested deeper than {most} levels", most=MAX_DEPTH), where=where)
    if control := _CONTROL.search(text):
        where = source.span(control.start(), control.end())
        raise InputError("G103", say("this is not valid YAML: a control character"), where=where)
    # Where PyYAML was built without libyaml, its own parser is slower and reads the same.
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        return _DataBuilder(source, events).document(), source
    except SeparatrixError:
        raise
    except yaml.MarkedYAMLError as problem:
        raise _malformed(source, problem) from None
    except yaml.YAMLError as problem:
        what = " ".join(str(problem).split())[:200]
        raise InputError(
            "G103", say("this is not valid YAML: {what}", what=what), where=Place(name)
        ) from None
    except (ValueError, OverflowError) as problem:
        # Escapes past the end of Unicode and directives with endless numbers reach Python's own functions.
        what = str(problem)[:200]
        raise InputError(
            "G103", say("this is not valid YAML: {what}", what=what), where=Place(name)
        ) from None


def _malformed(source: YamlSource, problem: Any) -> InputError:
    mark = problem.problem_mark or problem.context_mark
    where = Place(source.name) if mark is None else source.span(mark.index, mark.index + 1)
    what = " ".join(str(problem.problem or problem.context or "malformed").split())
    hint = say(
        "quote texts that hold : # , [ ] {{ }} or start with - * & ! % @ and close every bracket and quote"
    )
    if mark is not None and source.text.startswith("\t", mark.index):
        hint = say("indent with spaces, not with tabs")
    return InputError("G103", say("this is not valid YAML: {what}", what=what[:200]), where=where, hint=hint)


class _DataBuilder:
    """Turns events into data, one level of nesting a call."""

    def __init__(self, source: YamlSource, events: Iterator[Any]) -> None:
        self.source = source
        self.events = events
        self.depth = 0

    def document(self) -> Any:
        result = None
        seen = False
        for event in self.events:
            kind = type(event).__name__
            if kind in ("StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"):
                continue
            if seen:
                raise self.fault("G103", say("a second document begins here; a file holds one game"), event)
            result = self.value(event, ())
            seen = True
        return result

    def fault(self, code: str, message: str, event: Any, hint: str | None = None) -> InputError:
        where = self.source.span(
            event.start_mark.index, max(event.end_mark.index, event.start_mark.index + 1)
        )
        return InputError(code, message, where=where, hint=hint)

    def value(self, event: Any, path: Path) -> Any:
        kind = type(event).__name__
        start, end = event.start_mark, event.end_mark
        if kind == "AliasEvent":
            raise self.fault(
                "G104",
                say("`*{name}` is an alias; aliases are not read", name=event.anchor),
                event,
                say("write the value again, or quote an expression that starts with *"),
            )
        if event.anchor is not None:
            raise self.fault(
                "G104",
                say("`&{name}` is an anchor; anchors and aliases are not read", name=event.anchor),
                event,
            )
        if event.tag is not None and event.tag != "!":
            raise self.fault(
                "G104",
                say("`{name}` is a tag; tags are not read", name=event.tag[:60]),
                event,
                say("write the bare value; quote a text that starts with !"),
            )
        if len(self.source.values) == MOST_ENTRIES:
            raise self.fault(
                "G101",
                say("a file of more than {most:,} texts, numbers and lists", most=MOST_ENTRIES),
                event,
                say("write a large table of payoffs as CSV, as a workbook or as .nfg"),
            )
        self.source.values[path] = _Mark(
            start.index, end.index, start.line, start.column, getattr(event, "style", None) or None
        )
        if kind == "ScalarEvent":
            return self.scalar(event, path)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("G105", say("nested deeper than {most} levels", most=MAX_DEPTH), event)
        result: Any = self.sequence(path) if kind == "SequenceStartEvent" else self.mapping(path)
        self.depth -= 1
        return result

    def close(self, event: Any, path: Path) -> None:
        """Let a collection in brackets reach to its closing one."""
        if event.end_mark.index > event.start_mark.index:
            self.source.values[path] = self.source.values[path]._replace(end=event.end_mark.index)

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        nested = False
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            nested = nested or type(event).__name__ != "ScalarEvent"
            if len(items) == (MOST_PARTS if nested else MOST_NUMBERS):
                raise self.fault(
                    "G101",
                    say("a list of more than {most:,} entries", most=len(items)),
                    event,
                    say("no game has as many strategies, profiles or numbers in a row"),
                )
            items.append(self.value(event, (*path, len(items))))
        self.close(event, path)
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                raise self.fault(
                    "G103", say("a key must be a text"), event, say("quote a text that starts with [ {{ or *")
                )
            key = event.value
            start, end = event.start_mark, event.end_mark
            here = (*path, key)
            if key in result:
                owner = path_text(path) or "the game"
                raise self.fault(
                    "G108",
                    say("the key `{key}` is given twice in {owner}", key=key, owner=owner),
                    event,
                    say("first given on line {line}", line=self.source.line(here)),
                )
            self.source.keys[here] = _Mark(
                start.index, end.index, start.line, start.column, event.style or None
            )
            result[key] = self.value(next(self.events), here)
        self.close(event, path)
        return result

    def scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if event.style:
            return text
        if text in _NULLS:
            return None
        if text in _TRUTHS:
            return _TRUTHS[text]
        if not (text[0].isdigit() or text[0] in "+-."):
            return text
        if _NOT_FINITE.match(text):
            return float(text.replace(".", ""))
        if (_INTEGER.match(text) or _BASED.match(text) or _DECIMAL.match(text)) and len(text) > _MAX_DIGITS:
            raise self.fault(
                "V301",
                say("a number of {count} digits; at most {most} are read", count=len(text), most=_MAX_DIGITS),
                event,
            )
        if _INTEGER.match(text):
            return int(text)
        if _BASED.match(text):
            return int(text, 0)
        if _DECIMAL.match(text):
            return self.decimal(text, event)
        return text

    def decimal(self, text: str, event: Any) -> int | Fraction:
        try:
            sign = -1 if text.startswith("-") else 1
            value = sign * read_number(text.lstrip("+-"))
        except ValueError as problem:
            raise self.fault("V301", str(problem), event) from None
        return value.numerator if value.denominator == 1 else value
