"""The languages of reports: one file each, with every phrase and every sentence that a report can say.

``phrases`` holds the sentences of the reports, by key; ``separators`` the text between items; ``labels``
the words for stability, also where a package gives one of them alone, and ``meanings`` what they mean;
``names`` the words that writers need, ``tables`` the titles of the tables of a cluster, ``typography`` the
page style, ``units`` those with a name of their own, and ``carbon`` the units of amounts in tonnes, the
largest first; ``sources`` the publications of data, ``headings`` the headings and codes of CSV files where
a language has its own. ``sentences`` translates the sentences of the computing packages
(`separatrix.sentences`); its key is the English template, so that English needs none.

For developers
--------------
A new language is one more file with the same keys; `tests/core/present/test_languages.py` says what it lacks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.plugins import language_packages
from separatrix.sentences import Money, PublishedSource, Sentence, TableName, Together, Tonnes

__all__ = ["LANGUAGES", "CarbonScale", "Language", "Typography", "language_of", "typography_of"]

LANGUAGES = tuple(
    sorted(f.name.removesuffix(".toml") for f in resources.files(__package__).iterdir() if ".toml" in f.name)
)
"""The codes of all languages: one for each file of this folder."""


@dataclass(frozen=True)
class Typography:
    """How pages in a language are set.

    Attributes
    ----------
    script : str
        ``latin``, or ``cjk`` for characters of one width, which have signs of their own.
    letters : str
        The language of the Latin letters, such as ``en-GB``.
    region : str
        The country whose shapes of characters are meant; '' where there is none.
    points : float
        The size of plain text.
    after_number, after_title, after_name : str
        What stands after the number of a caption, after its title, and after the name of a note.
    """

    script: str
    letters: str
    region: str
    points: float
    after_number: str
    after_title: str
    after_name: str

    @property
    def cjk(self) -> bool:
        """Whether most characters are Chinese, Japanese or Korean."""
        return self.script == "cjk"


@dataclass(frozen=True)
class CarbonScale:
    """The unit of amounts from `least` tonnes on: its size in tonnes, its name, and its decimals."""

    least: float
    scale: float
    name: str
    places: int


@dataclass(frozen=True)
class Language:
    """The phrases of one language; those of the report are attributes, such as ``words.REST_POINTS``."""

    code: str
    phrases: Mapping[str, str]
    separators: Mapping[str, str]
    labels: Mapping[str, str]
    meanings: Mapping[str, str]
    names: Mapping[str, str]
    typography: Typography
    units: Mapping[str, str]
    carbon: tuple[CarbonScale, ...]
    sources: Mapping[str, str]
    headings: Mapping[str, str]
    tables: Mapping[str, str]
    sentences: Mapping[str, str] = field(repr=False)

    def __getattr__(self, key: str) -> str:
        try:
            return self.phrases[key]
        except KeyError:
            raise AttributeError(key) from None

    def tell(self, text: str) -> str:
        """Return what a computing wing says, in this language; other texts as they are.

        All amounts of carbon in a sentence have one unit, that of the largest.
        """
        return self._translate(text, max(_tonnes_in(text), default=0.0))

    def _translate(self, text: str, most: float) -> str:
        if isinstance(text, Sentence):
            template = self.sentences.get(text.template) or self.labels.get(text.template, text.template)
            return template.format_map({name: self._value(v, most) for name, v in text.values.items()})
        if isinstance(text, Together):
            between = self.separators.get(text.between, text.between)
            return between.join(self._translate(part, most) for part in text.parts)
        return text

    def _value(self, value: Any, most: float) -> Any:
        if isinstance(value, Tonnes) and self.sentences:  # English has them already
            return self._amount(value.tonnes, most, signed=value[:1] in "+−-")
        if isinstance(value, TableName):
            return self.table(value)
        if isinstance(value, PublishedSource):
            return self.source(value)
        if isinstance(value, Money) and self.sentences:
            return self.money(value.amount, value.currency)
        return self._translate(value, most) if isinstance(value, str) else value

    def _amount(self, tonnes: float, most: float, *, signed: bool) -> str:
        step = next(s for s in self.carbon if most >= s.least)
        amount = tonnes / step.scale
        told = f"{amount:{'+' if signed else ''}{',.0f' if abs(amount) >= 100 else '.3g'}}"
        return f"{told}\u00a0{step.name}".replace("-", "−")

    def capital(self, text: str) -> str:
        """Return a text as the beginning of a line: with a capital, unless it begins with a file name.

        Examples
        --------
        >>> language_of("zh").capital("links 表"), language_of("en").capital("value added")
        ('links 表', 'Value added')
        """
        first = text.split(" ", 1)[0]
        if self.typography.cjk or "." in first or "_" in first:
            return text
        return text[:1].upper() + text[1:]

    def unit(self, unit: str) -> str:
        """Return a unit by its name in this language."""
        for english, own in self.units.items():
            unit = unit.replace(english, own)
        return unit

    def money_scales(self, currency: str) -> list[tuple[float, str]]:
        """Return how many of a currency the scales of this language are, the largest first."""
        found = []
        for step in self.CL_MONEY_SCALES.split(";"):
            size, _, name = step.strip().partition(" ")
            found.append((float(size), name.format(currency=self.unit(currency))))
        return found

    def money(self, value: float, currency: str) -> str:
        """Return an amount of a currency as a sentence has it."""
        scales = self.money_scales(currency)
        scale, name = next((s for s in scales if abs(value) >= s[0]), (1.0, self.unit(currency)))
        return f"{rounded(value / scale)} {name}".replace(" ", "\u00a0")

    def table(self, name: str) -> str:
        """Return what a table of a cluster is called: by its title here, where there is one, and by its name.

        Examples
        --------
        >>> language_of("zh").table("purchases"), language_of("en").table("purchases")
        ('采购（purchases）', 'purchases')
        """
        return f"{self.tables[name]}（{name}）" if name in self.tables else name

    def source(self, source: str) -> str:
        """Return where a number is published, as this language has it; what it does not know as it is."""
        for english, own in self.sources.items():
            source = source.replace(english, own)
        return source

    def count(self, number: int, key: str, **values: object) -> str:
        """Return ``3 regimes`` from the phrases ``REGIME`` and ``REGIMES``."""
        return str(getattr(self, key if number == 1 else key + "S")).format(count=number, **values)

    def numeral(self, number: int) -> str:
        """Return a number as a sentence begins with it."""
        words = self.NUMERALS.split()
        return words[number] if number < len(words) else str(number)

    def listed(self, items: Sequence[str]) -> str:
        """Return ``a``, ``a and b`` or ``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        return self.separators[", "].join(items[:-1]) + self.separators[" and "] + items[-1]


def _tonnes_in(text: object) -> Iterator[float]:
    """Yield the sizes of all amounts of carbon in a text."""
    if isinstance(text, Tonnes):
        yield abs(text.tonnes)
    elif isinstance(text, Sentence):
        for value in text.values.values():
            yield from _tonnes_in(value)
    elif isinstance(text, Together):
        for part in text.parts:
            yield from _tonnes_in(part)


@cache
def language_of(code: str) -> Language:
    """Return a language by its code.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Returns
    -------
    Language

    Raises
    ------
    InputError
        U906 for an unknown language.

    Examples
    --------
    >>> language_of("zh").labels["saddle"]
    '鞍点'
    """
    if code not in LANGUAGES:
        raise InputError(
            "U906",
            f"reports are not available in the language `{code}`",
            hint=f"choose one of {', '.join(LANGUAGES)}",
        )
    tables = _tables_of(code)
    return Language(
        code,
        phrases=tables["phrases"],
        separators=tables["separators"],
        labels=tables["labels"],
        meanings=tables["meanings"],
        names=tables["names"],
        typography=Typography(**tables["typography"]),
        units=tables["units"],
        sources=tables["sources"],
        headings=tables.get("headings", {}),
        tables=tables.get("tables", {}),
        carbon=tuple(CarbonScale(*scale) for scale in tables["carbon"]["scales"]),
        sentences=tables.get("sentences", {}),
    )


def _tables_of(code: str) -> dict[str, dict[str, Any]]:
    """Return the tables of a language, those of all plug-ins as one; a key that two give is a fault."""
    joined: dict[str, dict[str, Any]] = {}
    for package in language_packages():
        file = resources.files(package).joinpath(f"{code}.toml")
        if not file.is_file():
            continue  # what a plug-in does not say in a language is said in English
        for name, table in tomllib.loads(file.read_text("utf-8")).items():
            known = joined.setdefault(name, {})
            if twice := known.keys() & table.keys():
                raise ValueError(f"{package} gives again what others say: {name}.{min(twice)}")
            known.update(table)
    return joined


def typography_of(code: str) -> Typography:
    """Return how pages in a language are set; those of a language that is not here are set as in English.

    Examples
    --------
    >>> typography_of("zh").points, typography_of("fr").points
    (10.5, 11.0)
    """
    return language_of(code if code in LANGUAGES else "en").typography
