"""Bring the platform's Chinese up to date: `scripts/dev.py translations [AREA ...] [--check] [--prune]`.

The sentences of its pages are in templates and in Python, in English; the Chinese of each is in the
catalogue of one area, ``locale/AREA/zh_Hans/LC_MESSAGES/django.po``, which is edited by hand. This command
adds missing sentences, without Chinese, to the catalogue of the file's area, and compiles each catalogue to
the ``.mo`` that the pages read; if areas are named, only for these. ``--prune`` removes unused sentences;
``--check`` changes nothing and fails if a sentence has no Chinese or a catalogue has another fault.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PARK = Path(__file__).resolve().parents[1] / "packages" / "separatrix-park" / "src" / "separatrix_park"
LOCALE = PARK / "locale"
LANGUAGE = "zh_Hans"
SAYING = {
    f"{name}{ending}": DEFAULT_KEYWORDS[name]
    for name in ("gettext", "ngettext", "pgettext", "npgettext")
    for ending in ("", "_lazy")
}
"""The functions of Django that translate, and where in a call of each its texts stand."""

HEADER = f"""# Chinese of the area `{{area}}`, edited by hand; `dev.py translations` completes and compiles.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: {LANGUAGE}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
AREAS: tuple[tuple[str, str], ...] = (
    (r"(^|/)(api|programs)", "api"),
    (r"example/", "demo"),
    (r"footprints|(^|/)(partners?|products?)", "footprints"),
    (r"^models/people|^scope|home", "frame"),
    (
        r"templates/(account|admin|mfa|socialaccount|letters)/|accounts/"
        r"|(people|person|account|invitations|join|administration)",
        "people",
    ),
    (r"reporting/|(reports?|evidence|deadlines?|sharing|uploads?|office_tables)", "reports"),
    (r"answers|(enterprise|energy|benchmark|amounts)", "answers"),
    (r"keeping/|releases|(log|publications?|export|status|deletion)", "keeping"),
)
"""Which area a new sentence belongs to, by the first pattern found in the path; else the frame's."""


@dataclass(frozen=True)
class Sentence:
    """One sentence that pages say: its English, its plural where it has one, and its context."""

    text: str
    plural: str | None = None
    context: str | None = None

    @property
    def id(self) -> str | tuple[str, str]:
        """What catalogues call it."""
        return self.text if self.plural is None else (self.text, self.plural)


def said() -> dict[Sentence, list[str]]:
    """Return every sentence of the pages, each with the files that say it."""
    found: dict[Sentence, list[str]] = {}
    for path in sorted(
        [*PARK.rglob("*.py"), *PARK.rglob("templates/**/*.html"), *PARK.rglob("templates/**/*.txt")]
    ):
        for sentence in sentences_of(path):
            found.setdefault(sentence, []).append(path.relative_to(PARK).as_posix())
    return found


def sentences_of(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of one file."""
    source = path.read_text("utf-8")
    keywords = SAYING | {"_": None}
    if path.suffix == ".py":
        keywords |= {
            name.asname: SAYING[name.name]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for name in node.names
            if name.asname and name.name in SAYING
        }
    else:
        source = templatize(source, origin=str(path))
        keywords["_"] = None  # of a text within a tag
    for _, message, _, context in extract("python", io.BytesIO(source.encode()), keywords=keywords):
        text, plural = (message, None) if isinstance(message, str) else (message[0], message[1])
        if text:
            yield Sentence(text, plural or None, context)


def areas() -> list[str]:
    """Return the areas that have a catalogue, or should have one."""
    there = {folder.name for folder in LOCALE.iterdir()} if LOCALE.exists() else set()
    return sorted(there | {"frame"} | {name for _, name in AREAS})


def area_of(path: str) -> str:
    """Return the area of a file's sentences."""
    return next((area for pattern, area in AREAS if re.search(pattern, path)), "frame")


def po(area: str) -> Path:
    """Return where the catalogue of an area lies."""
    return LOCALE / area / LANGUAGE / "LC_MESSAGES" / "django.po"


def catalogue(area: str) -> Catalog:
    """Return the catalogue of an area; an empty one where there is none yet."""
    if not po(area).exists():
        return Catalog(locale=LANGUAGE)
    with po(area).open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def sentence_of(message: Message) -> Sentence:
    """Return the sentence that a message of a catalogue translates."""
    text, plural = (message.id, None) if isinstance(message.id, str) else message.id[:2]
    # Compiled catalogues give contexts back as bytes.
    context = message.context.decode() if isinstance(message.context, bytes) else message.context
    return Sentence(text, plural, context)


def translated(known: Catalog) -> dict[Sentence, str]:
    """Return what a catalogue says, sentence by sentence; empty where it says nothing."""
    strings = ((m, (m.string,) if isinstance(m.string, str) else m.string) for m in known if m.id)
    return {sentence_of(m): told[0] if told else "" for m, told in strings}


def amiss(sentence: Sentence, chinese: str) -> str | None:
    """Return what a translation has lost or gained apart from its words: holes, tags, line breaks at its
    ends."""
    for what in (r"%\(\w+\)[sd]|%[sd]|(?<!\{)\{\w+[^{}]*\}", r"</?\w+"):
        allowed = [Counter(re.findall(what, t)) for t in (sentence.text, sentence.plural) if t is not None]
        if Counter(re.findall(what, chinese)) not in allowed:
            return f"holes or tags differ: {sentence.text!r} / {chinese!r}"
    if sentence.text[:1] == "\n" != chinese[:1] or sentence.text[-1:] == "\n" != chinese[-1:]:
        return f"line breaks differ: {sentence.text!r}"
    return None


def problems() -> Iterator[str]:
    """Yield whatever is not as it should be, a line each."""
    needed = said()
    homes: dict[Sentence, str] = {}  # with the Chinese that was met first
    for area in areas():
        told = translated(catalogue(area))
        for sentence, chinese in told.items():
            if homes.setdefault(sentence, chinese) != chinese:
                yield f"{area}: another area has other Chinese ({homes[sentence]!r}) for {sentence.text!r}"
            if sentence not in needed:
                yield f"{area}: no page says it: {sentence.text!r}"
            elif not chinese:
                yield f"{area}: no Chinese: {sentence.text!r} ({needed[sentence][0]})"
            elif (what := amiss(sentence, chinese)) is not None:
                yield f"{area}: {what}"
        compiled = po(area).with_suffix(".mo")
        if told and (not compiled.exists() or _compiled(compiled) != {s: c for s, c in told.items() if c}):
            yield f"{area}: {compiled.name} is not what {po(area).name} says: run this without --check"
    for sentence, paths in needed.items():
        if sentence not in homes:
            yield f"{area_of(paths[0])}: no Chinese: {sentence.text!r} ({paths[0]})"


def _compiled(path: Path) -> dict[Sentence, str]:
    with path.open("rb") as file:
        return translated(read_mo(file))


def renew(chosen: set[str], prune: bool) -> None:
    """Complete the catalogues that are chosen, and compile them; all where none is."""
    needed = said()
    known = {area: catalogue(area) for area in areas()}
    homes = Counter(sentence for one in known.values() for sentence in translated(one))
    for sentence, paths in needed.items():
        if sentence not in homes:
            known[area_of(paths[0])].add(sentence.id, context=sentence.context)
    for area, one in known.items():
        for sentence in translated(one) if prune else ():
            # Another area's sentence, which that area has told itself by now, goes too.
            elsewhere = homes[sentence] > 1 and area not in map(area_of, needed.get(sentence, ()))
            if sentence not in needed or elsewhere:
                one.delete(sentence.id, sentence.context)
                homes[sentence] -= 1
        if len(one) and (not chosen or area in chosen):
            write(area, one)


def write(area: str, known: Catalog) -> None:
    """Write a catalogue and what it compiles to; the same content gives the same bytes."""
    po(area).parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    write_po(
        content, known, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    po(area).write_bytes(HEADER.format(area=area).encode() + content.getvalue().strip() + b"\n")
    known.creation_date = known.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    with po(area).with_suffix(".mo").open("wb") as file:
        write_mo(file, known)


def main(arguments: Iterable[str]) -> int:
    """Run the command."""
    given = set(arguments)
    if "--check" not in given:
        renew(given - {"--prune"}, "--prune" in given)
    chosen = tuple(f"{area}: " for area in given if not area.startswith("-"))
    lines = [line for line in problems() if line.startswith(chosen or "")]
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
