"""The catalogue: published games, addressed by a short name, each with its citation.

Templates: a game to start from, in YAML and as a workbook, with a word on every part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal, get_args

from separatrix.errors import InputError, Place
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.formats.table_writer import check_target
from separatrix.game.populations import DEFAULT_SHARES
from separatrix.run.files import write_file
from separatrix.run.results import Tabled

__all__ = [
    "BY_PARTIES",
    "CatalogueEntry",
    "Examples",
    "KINDS",
    "Kind",
    "MOST_PARTIES",
    "catalogue",
    "examples",
    "parties_text",
    "template_text",
    "write_template",
]


@dataclass(frozen=True)
class CatalogueEntry:
    """A game of the catalogue.

    Attributes
    ----------
    slug : str
        The short name that `load` and every command take.
    title, source : str
        What it is, and whom to cite.
    size : str
        How many strategies each population has, as in ``2 × 2``.
    """

    slug: str
    title: str
    source: str
    size: str

    @property
    def short_source(self) -> str:
        """The source as far as its year."""
        found = re.match(r".{1,200}?\([0-9]{4}\)", self.source, re.DOTALL)
        return found[0] if found else self.source


class Examples(Tabled, list[CatalogueEntry]):
    """The list of catalogue entries, shown as a short text and as a table."""


def examples(language: str = "en") -> Examples:
    """Return the published games that come with the program; `load` takes the name of each.

    Parameters
    ----------
    language : str
        Of titles and sources, where the file of a game translates them.

    Returns
    -------
    Examples
        A list of `CatalogueEntry`, in alphabetical order of their names.

    Raises
    ------
    InputError
        If a file of the catalogue cannot be read, which no installation should have.

    Examples
    --------
    >>> import separatrix
    >>> entry = separatrix.examples()[0]
    >>> separatrix.load(entry.slug).title == entry.title
    True
    """
    return Examples(catalogue(language))


def catalogue(language: str = "en") -> list[CatalogueEntry]:
    """Return an entry for each game of the catalogue, in alphabetical order of their names.

    Titles and sources are in a language where the file of a game translates them.
    """
    from separatrix.game.populations import translate
    from separatrix.game.reader import load

    entries = []
    for slug in catalogue_slugs():
        game = translate(load(slug), language)
        counts = [len(p.strategies) for p in game.populations]
        size = " × ".join(map(str, counts)) if len(counts) > 1 else f"{counts[0]} (one population)"
        entries.append(CatalogueEntry(slug, game.title, game.source or "", size))
    return entries


FOLDER = Path(__file__).with_name("templates")

Kind = Literal["table", "tripartite", "matrix", "group", "dynamic"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Two populations and a table; three; one population with several strategies; groups; payoffs that move."""

BY_PARTIES: dict[int, Kind] = {1: "matrix", 2: "table", 3: "tripartite"}
"""The template for so many populations; for more there is a rule, `parties_text`."""

MOST_PARTIES = 8
"""With two strategies each, eight parties have 256 strategy profiles: too many rows to fill in by hand."""

_PARTIES = (
    *("Enterprises", "Government", "Public", "Banks"),
    *("Suppliers", "Research institutes", "Customers", "Grid operator"),
)

_HEAD = """\
# A game for separatrix: {count} parties with two strategies each.  It can be analysed as it is:
#
#     separatrix analyze THIS-FILE
#     separatrix trajectory THIS-FILE --out trajectory.svg
#
# Change the names, the parameters and the payoffs to those of your own model.
format: 1
title: 'A common low-carbon project of {count} parties'
source: 'Made up as a template'     # whom to cite

# Who plays.  `share` names the fraction of a population that plays its FIRST strategy.
populations:
"""

_RULE = """
# One entry for each of the {rows} combinations; under `pay` one payoff a party, in their order.
# All have a share of the return, B for each that joins; who stays out loses L for each that joins.
# Quote expressions: , [ ] {{ }} and a leading - or * mean something else in YAML.
# Operators are + - * / ^ and brackets; functions are exp, log, sqrt, min, max, binomial.
payoffs:
"""


def parties_text(count: int) -> str:
    """Return a template for several parties as the text of a game file: who joins pays, and all have a share.

    Examples
    --------
    >>> text = parties_text(4)
    >>> text.count("- play:"), "  - play: [join, stay out, join, join]" in text
    (16, True)
    """
    names = _PARTIES[:count]
    shares = [*DEFAULT_SHARES, *(f"x{k + 1}" for k in range(len(DEFAULT_SHARES), count))][:count]
    costs = [f"C{k + 1}" for k in range(count)]
    lines = [_HEAD.format(count=count)]
    for name, share in zip(names, shares, strict=True):
        lines.append(f"  - name: {name}\n    share: {share}\n    strategies: [join, stay out]\n")
    lines.append(
        "\n# Every symbol of the payoffs.  Only the name is needed; without a value, ask for --symbolic.\n"
    )
    lines.append("# `range` is for sliders and sweeps only; conditions for proofs go under `assume`.\n")
    lines.append("parameters:\n")
    symbols = {
        "B": ("what each party gains for each that joins", "1"),
        "L": ("what a party that stays out loses for each that joins", "0.6"),
    }
    for k, (cost, name) in enumerate(zip(costs, names, strict=True)):
        symbols[cost] = (f"what joining costs: {name}", f"{2 + k / 8:g}")
    for symbol, (meaning, value) in symbols.items():
        lines.append(f"  {symbol}:\n    meaning: '{meaning}'\n    value: {value}\n    range: [0, 10]\n")
    lines.append("\n# What always holds: proofs may use it.  A chain such as '0 < d < 1' is fine.\nassume:\n")
    lines += [f"  - '{symbol} > 0'\n" for symbol in symbols]
    lines.append(_RULE.format(rows=2**count))
    for joins in product((True, False), repeat=count):
        k = sum(joins)
        pay = [
            f"'{k}*B - {cost}'" if own else f"'{k}*B - {k}*L'" if k else "0"
            for own, cost in zip(joins, costs, strict=True)
        ]
        play = ", ".join("join" if own else "stay out" for own in joins)
        lines.append(f"  - play: [{play}]\n    pay: [{', '.join(pay)}]\n")
    lines.append("\n# Today's state.\ntoday:\n")
    lines += [f"  {share}: 0.{2 + k % 5}\n" for k, share in enumerate(shares)]
    return "".join(lines)


def template_text(kind: Kind = "table") -> str:
    """Return a template as the text of a game file.

    Examples
    --------
    >>> template_text("group").splitlines()[0]
    '# A game for separatrix: groups of several players, drawn at random from one population.'
    """
    return (FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")


_COMMENTS: dict[tuple[str, int, int], str] = {
    ("payoffs", 1, 1): "One row for each combination of strategies: one column a population, and one column "
    "`pay:NAME` each. Payoffs are numbers or expressions such as F - k - d, never formulas with =.",
    ("populations", 1, 2): "The share is the fraction of the population that plays its FIRST strategy.",
    ("populations", 1, 3): "Separated by semicolons.",
    ("parameters", 1, 1): "Every symbol of the payoffs; letters, digits and _.",
    ("parameters", 1, 2): "May stay empty: then ask for --symbolic.",
    (
        "parameters",
        1,
        6,
    ): "low and high are for sliders and sweeps only; conditions for proofs go in the sheet assume.",
    ("assume", 1, 1): "What always holds, one condition a row, such as c > 0 or 0 < d < 1.",
    ("scenarios", 1, 2): "One column a scenario; an empty cell keeps the value of the sheet parameters.",
    ("today", 1, 1): "Today's state.",
}


def write_template(path: Path, text: str, *, force: bool = False) -> None:
    """Write a template, as `template_text` or `parties_text` returns it, by the ending of `path`.

    Raises
    ------
    InputError
        U902 for another ending; T213 for a kind that no workbook holds; U903, U910 (see
        `separatrix.game.formats.table_writer.check_target`).
    """
    check_target(path, force=force)
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        write_file(path, text)
    elif suffix == ".xlsx":
        from separatrix.game.formats.table_writer import sheets_of, xlsx_bytes
        from separatrix.game.reader import read_document
        from separatrix.io.yaml import parse_yaml

        document = read_document(*parse_yaml(text))
        write_file(path, xlsx_bytes(sheets_of(document), _COMMENTS))
    else:
        raise InputError(
            "U902",
            f"no template can be written to a file of the kind `{path.suffix}`",
            where=Place(str(path)),
            hint="templates are .yaml or .xlsx files",
        )
