"""The references of answers: `references.bib` as data, as BibTeX, and as lines of a list.

The file is plain BibTeX of our own, so that the reader below need not understand more: every value stands
in braces, with LaTeX accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType

from separatrix import __version__

__all__ = ["Reference", "authors_of", "bibtex", "references", "text"]


@dataclass(frozen=True)
class Reference:
    """A work to cite.

    Attributes
    ----------
    key : str
        The name of the entry.
    kind : str
        The BibTeX type: ``article``, ``book``, ``incollection``, ``inproceedings`` or ``misc``.
    fields : mapping of name to LaTeX text
        As in BibTeX, in the order of the file.
    uses : tuple of str
        What an answer used it for, where it comes from `separatrix.reports.citations.cited`.
    """

    key: str
    kind: str
    fields: Mapping[str, str] = field(hash=False)
    uses: tuple[str, ...] = ()


@cache
def references() -> Mapping[str, Reference]:
    """Return every reference that the program knows, by key.

    Examples
    --------
    >>> references()["Nash1951"].fields["journal"]
    'Annals of Mathematics'
    """
    source = resources.files(__package__).joinpath("references.bib").read_text("utf-8")
    found = {r.key: r for r in _read(source)}
    own = found["separatrix"]
    found["separatrix"] = Reference(own.key, own.kind, {**own.fields, "note": f"Version {__version__}"})
    return MappingProxyType(found)


_ENTRY = re.compile(r"^@(\w+)\{(\w+),$")
_FIELD = re.compile(r"^  (\w+) = \{(.*)\},?$")


def _read(source: str) -> Iterator[Reference]:
    """Yield the entries of a file that has one field a line and no other layout."""
    kind, key, fields = "", "", dict[str, str]()
    for number, line in enumerate(source.splitlines(), 1):
        if found := _ENTRY.match(line):
            kind, key, fields = found[1], found[2], {}
        elif found := _FIELD.match(line):
            fields[found[1]] = found[2]
        elif line == "}":
            yield Reference(key, kind, MappingProxyType(fields))
        elif line and not line.startswith("%"):
            raise ValueError(f"references.bib, line {number} is neither an entry nor a field: {line}")


def bibtex(works: Iterable[Reference]) -> str:
    r"""Return references as BibTeX, one entry each.

    Parameters
    ----------
    works : iterable of Reference

    Returns
    -------
    str

    Examples
    --------
    >>> print(bibtex([references()["Carr1981"]]), end="")
    @book{Carr1981,
      author = {Carr, J.},
      title = {Applications of Centre Manifold Theory},
      series = {Applied Mathematical Sciences},
      volume = {35},
      publisher = {Springer},
      address = {New York},
      year = {1981},
      doi = {10.1007/978-1-4612-5929-9}
    }
    """
    entries = []
    for reference in works:
        fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in reference.fields.items())
        entries.append(f"@{reference.kind}{{{reference.key},\n{fields}\n}}\n")
    return "\n".join(entries)


def authors_of(reference: Reference) -> tuple[str, ...]:
    """Return the authors as people read them; ``others`` is the last one where there are more."""
    return tuple(_plain(name) for name in reference.fields["author"].split(" and "))


def text(reference: Reference) -> str:
    """Return a reference in one line, as lists of references print it.

    Parameters
    ----------
    reference : Reference

    Returns
    -------
    str

    Examples
    --------
    >>> text(references()["TaylorJonker1978"])
    'Taylor, P. D. & Jonker, L. B. (1978). Evolutionary stable strategies and game dynamics. Mathematical
    Biosciences, 40(1–2), 145–156. https://doi.org/10.1016/0025-5564(78)90077-9'
    """
    has = {name: _plain(value) for name, value in reference.fields.items()}
    title = has["title"]
    if reference.kind == "book":
        title += _in_brackets(_edition(has), _series(has) if "series" in has else _volume(has))
    if reference.kind == "misc":
        title += f" [{has['howpublished']}]"
    parts = [f"{_author_list(authors_of(reference))} ({has['year']})", title, _place(reference.kind, has)]
    if "note" in has:
        parts.append(has["note"])
    sentences = " ".join(p if p.endswith(("?", ".")) else f"{p}." for p in parts if p)
    return sentences + (f" https://doi.org/{has['doi']}" if "doi" in has else "")


def _place(kind: str, has: Mapping[str, str]) -> str:
    """Where a work appeared."""
    if kind == "article":
        number = f"({has['number']})" if "number" in has else ""
        return f"{has['journal']}, {has['volume']}{number}, {has['pages']}"
    if kind in ("incollection", "inproceedings"):
        inside = _in_brackets(_series(has), f"pp. {has['pages']}")
        return f"In {has['booktitle']}{inside}. {has['publisher']}"
    return has.get("publisher", "")


def _edition(has: Mapping[str, str]) -> str:
    return f"{has['edition']} ed." if "edition" in has else ""


def _series(has: Mapping[str, str]) -> str:
    return f"{has['series']} {has['volume']}" if "volume" in has else has["series"]


def _volume(has: Mapping[str, str]) -> str:
    return f"Vol. {has['volume']}" if "volume" in has else ""


def _in_brackets(*parts: str) -> str:
    inside = ", ".join(part for part in parts if part)
    return f" ({inside})" if inside else ""


def _author_list(names: Sequence[str]) -> str:
    """``A``, ``A & B``, ``A, B & C``, or ``A, B et al.``."""
    if names[-1] == "others":
        return ", ".join(names[:-1]) + " et al."
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"


_ACCENTS = {r"{\o}": "ø", r"{\'a}": "á", r"{\'e}": "é", r"\&": "&", "--": "–"}


def _plain(latex: str) -> str:
    """Return a value as people read it."""
    for written, meant in _ACCENTS.items():
        latex = latex.replace(written, meant)
    return re.sub(r"[{}]", "", latex)
