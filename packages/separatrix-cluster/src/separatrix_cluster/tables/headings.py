"""Headings as people write them: the column, its year and carrier, and its unit.

`工业总产值（万元）`, `2023年电力消费量(万kWh)`, `VERIFIED_EMISSIONS_2008` and a carrier above years above
units each contain several items; this module separates them. A heading that is not understood completely
is not used as a column heading.

Tables in the layouts in which registries publish them (`published.toml`).

The headings of their columns stand among the names of `tables.toml`; here is what they leave unsaid: the
parts of an id, the unit, that the emissions are verified.

A table while it is arranged, and as it is then: in long form.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from separatrix.io.cells import Cells, FindHeading, Remark, Severity, heading_levels
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import is_carrier
from separatrix_cluster.tables.cells import OF_WHICH, is_total
from separatrix_cluster.tables.description import money_of
from separatrix_cluster.tables.energy_balance_form import period_of
from separatrix_cluster.tables.layout import FieldLayout, TableLayout
from separatrix_cluster.tables.units import unit_of

__all__ = [
    "Arrangement",
    "Meaning",
    "PublishedLayout",
    "TableInWork",
    "apply_published_layout",
    "carriers_in",
    "finder",
    "in_coal_equivalent",
    "is_number",
    "meaning_of",
    "people",
    "plain_unit",
    "published_layouts",
    "published_of",
    "stated_units",
    "sums_energy",
    "years_in",
]

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)\s*(?:年度|年)?")
_CONSTANT_PRICES = re.compile(r"不变价|可比价|constant price", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_SEPARATOR = re.compile(r"[/,:;_\s]+")
_STATED = re.compile(r"(计量)?单位\s*[:为]?\s*|unit\s*:\s*", re.IGNORECASE)
_UNITS_STATED = re.compile(r"(?:(?:计量|金额|货币)?单位|\bunits?)\s*[:为]\s*([^()\[\]【】]+)", re.IGNORECASE)
_STATES = re.compile(r"单位\s*[:：为]|\bunits?\s*[:：]", re.IGNORECASE)
_OF_CARBON = re.compile(r"\s*(co2(\s*-?\s*eq?)?|co2当量|二氧化碳(当量)?)$", re.IGNORECASE)
_A_YEAR = re.compile(r"\s*/\s*(年|a|yr|year)$")
_NUMBER = re.compile(r"[-+−]?\d[\d.,\s]*%?")
_PEOPLE = {
    "人": 1.0,
    "名": 1.0,
    "千人": 1e3,
    "万人": 1e4,
    "persons": 1.0,
    "people": 1.0,
    "件": 1.0,
    "项": 1.0,
    "个": 1.0,
}
_USED = re.compile(
    r"(消费量|消耗量|使用量|用量|购入量|耗用量|消费|消耗|使用|实物量|consumption|consumed|used|use|purchased)$"
    r"|^(外购|净购入|购入|消费|消耗|use of|consumption of|purchased|bought)",
    re.IGNORECASE,
)
_AROUND = re.compile(r"(?:用|耗)(.+)量")
"""用电量 has the carrier within the words for its use."""
_AMOUNTS = ("quantity", "money", "number", "share")
"""Kinds of columns that may stand side by side, a year or a carrier each, with a unit in their heading."""
_ALL_ENERGY = re.compile(
    r"综合能源消费|综合能耗|能源消费总量|能源消费合计|能源合计|能耗总量|总能耗|total energy|energy total",
    re.IGNORECASE,
)
_MOST_ROWS = 3
_WIDEST = 2000


@dataclass(frozen=True)
class Meaning:
    """What a heading says.

    Attributes
    ----------
    column : FieldLayout or None
        Which column of the table it is; None where only a year or a carrier is named.
    year : int or None
    carrier : str
        As the heading has it; '' for none.
    unit : str
        '' for none.
    total : bool
        Whether it is the sum of other columns.
    period : str
        The part of a year, as the heading has it; '' for none.
    part : bool
        Whether it says that it is of the amounts of another column, as 其中：绿电.
    use : str
        What the amount was used for, where it is not burned or bought for own use: `sold`, `generated`.
    """

    column: FieldLayout | None = None
    year: int | None = None
    carrier: str = ""
    unit: str = ""
    total: bool = False
    period: str = ""
    part: bool = False
    use: str = ""

    @property
    def spread(self) -> bool:
        """Whether it heads one of several columns that a table in long form has below each other."""
        return self.year is not None or self.carrier != "" or self.period != ""


def plain_unit(text: str) -> str:
    """Return the unit that a text is, a percentage or people, too; '' for none.

    Examples
    --------
    >>> plain_unit("单位：万元"), plain_unit("t/h"), plain_unit("%"), plain_unit("tCO2e"), plain_unit("吨/年")
    ('万元', '', '%', 't', '吨')
    """
    plain = _STATED.sub("", unicodedata.normalize("NFKC", text)).strip()
    plain = _OF_CARBON.sub("", _A_YEAR.sub("", plain))
    known = plain in ("%", *_PEOPLE) or unit_of(plain) is not None or money_of(plain) is not None
    return plain if known else ""


def stated_units(text: str) -> tuple[str, ...]:
    """Return the units that a title states for what stands below it.

    Examples
    --------
    >>> stated_units("主要经济指标（单位：亿元、人）"), stated_units("万元"), stated_units("填表单位：管委会")
    (('亿元', '人'), ('万元',), ())
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain_unit(plain):
        return (plain_unit(plain),)
    found = []
    for match in _UNITS_STATED.finditer(plain):
        for part in re.split(r"[,;、和及\s]+|\band\b", match[1]):
            found.append(plain_unit(part))
    for inside in _BRACKETS.findall(plain):
        found.append(plain_unit(inside))
    return tuple(dict.fromkeys(unit for unit in found if unit))


def _is_title(row: Sequence[str]) -> bool:
    """Return whether a row states the units of a whole table, and heads no column."""
    told = {cell.strip() for cell in row if cell.strip()}
    stating = {cell for cell in told if stated_units(cell) and _STATES.search(cell)}
    return len(stating) == 1 and all(cell in stating or ":" in cell or "：" in cell for cell in told)


def sums_energy(name: str) -> bool:
    """Return whether a carrier is the sum of all carriers, which would count everything twice.

    Examples
    --------
    >>> (
    ...     sums_energy("综合能源消费量"),
    ...     sums_energy("能源合计"),
    ...     sums_energy("total energy"),
    ...     sums_energy("电力"),
    ... )
    (True, True, True, False)
    """
    return (
        is_total(name.removeprefix("全年"))
        or _ALL_ENERGY.search(unicodedata.normalize("NFKC", name)) is not None
    )


def in_coal_equivalent(heading: str) -> bool:
    """Return whether a column repeats amounts in tonnes of coal equivalent.

    Examples
    --------
    >>> (
    ...     in_coal_equivalent("折标煤量（吨标准煤）"),
    ...     in_coal_equivalent("标准煤折算系数"),
    ...     in_coal_equivalent("煤"),
    ... )
    (True, True, False)
    """
    plain = unicodedata.normalize("NFKC", heading)
    return (
        re.search(r"折(?:合|算)?(?:成)?标(?:准)?煤?|标(?:准)?煤折|coal equivalent", plain, re.IGNORECASE)
        is not None
    )


def is_number(text: str) -> bool:
    """Return whether a cell holds a number, however it is written.

    Examples
    --------
    >>> is_number("3,150.5"), is_number("-12 %"), is_number("2023年")
    (True, True, False)
    """
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def people(unit: str) -> float | None:
    """Return the size of a unit of counting, as 万人; None for other units."""
    return _PEOPLE.get(unit)


def years_in(text: str) -> list[int]:
    """Return the years that a text names, but those whose prices are meant.

    Examples
    --------
    >>> years_in("某园区2023年度能源消费表"), years_in("工业总产值（2020年不变价）")
    ([2023], [])
    """
    if _CONSTANT_PRICES.search(text):
        return []
    return [int(year) for year in dict.fromkeys(_YEAR.findall(unicodedata.normalize("NFKC", text)))]


def carriers_in(text: str) -> set[str]:
    """Return the carriers that a title names: one word of it, or what is used by 用…量.

    Examples
    --------
    >>> (
    ...     carriers_in("2024年各企业用电量（单位：万kWh）"),
    ...     carriers_in("天然气消费情况"),
    ...     carriers_in("能源消费"),
    ... )
    ({'电'}, {'天然气'}, set())
    """
    plain = _BRACKETS.sub(" ", _YEAR.sub(" ", unicodedata.normalize("NFKC", text)))
    parts = [match[1] for match in re.finditer(r"[用耗](.{1,8}?)量", plain)]
    for word in re.split(r"[\s,;:、和及与]+", plain):
        for start in range(len(word)):
            ends = range(len(word), start + 1, -1) if not word.isascii() else (len(word),) * (start == 0)
            parts.extend(word[start:end] for end in ends)
    known = [part for part in parts if is_carrier(part)]
    return {part for part in known if not any(part != o and part in o for o in known)}


def meaning_of(levels: Sequence[str], layout: TableLayout) -> Meaning | None:
    """Return what a heading of one or several rows says, or nothing where it is not understood whole.

    Above what names a column a heading may have anything, such as the name of a group.

    Examples
    --------
    >>> from separatrix_cluster.tables.layout import layout_of
    >>> found = meaning_of(("2023年电力消费量(万kWh)",), layout_of("energy"))
    >>> found.year, found.carrier, found.unit
    (2023, '电力', '万kWh')
    >>> meaning_of(("工业总产值（万元）",), layout_of("accounts")).column.name
    'output'
    """
    whole = Meaning()
    named = False
    for level, text in enumerate(levels):
        found = _part(text, layout)
        if found is None:
            if level == len(levels) - 1:
                return None
            continue
        if whole.column is not None and found.column is not None and whole.column != found.column:
            whole = replace(whole, column=None)  # the lower one is the more particular
        whole = Meaning(
            found.column or whole.column,
            found.year if found.year is not None else whole.year,
            found.carrier or whole.carrier,
            found.unit or whole.unit,
            found.total or whole.total,
            found.period or whole.period,
            found.part or whole.part,
            found.use or whole.use,
        )
        named = True
    if whole.column is not None and whole.spread and whole.column.kind not in _AMOUNTS:
        return None
    return whole if named and (whole.column or whole.spread or whole.total or whole.part) else None


def _part(text: str, layout: TableLayout) -> Meaning | None:
    column = layout.column_of(text)
    if column is not None:
        return Meaning(column)
    rest = unicodedata.normalize("NFKC", text).strip()
    if (of := OF_WHICH.match(rest)) is not None and rest[of.end() :].strip():
        within = _part(rest[of.end() :], layout)
        return Meaning(part=True) if within is None else replace(within, part=True)
    if "use" in layout.columns and (handed := _HANDED.match(rest)) is not None:
        given = _part(rest[handed.end() :], layout)
        if given is not None and given.carrier:
            return replace(given, use="generated" if handed.lastgroup == "made" else "sold")
    if "month" in layout.columns and rest.isascii() and rest[:1].isalpha() and period_of(rest) is not None:
        return _of_period(rest, "", layout)  # before units: JAN could be the code of a currency
    if plain_unit(rest):
        return Meaning(unit=plain_unit(rest))
    unit = ""
    year = None
    for inside in _BRACKETS.findall(rest):
        if plain_unit(inside):
            unit, rest = plain_unit(inside), rest.replace(_bracketed(rest, inside), " ")
    if "month" in layout.columns and (parted := _of_period(rest, unit, layout)) is not None:
        return parted
    by_year = "year" in layout.columns
    if by_year and len(found := years_in(rest)) == 1:
        year, rest = found[0], _YEAR.sub(" ", rest)
    elif by_year and (match := re.fullmatch(r"([A-Za-z0-9]*[A-Za-z])((?:19|20)\d{2})", rest)):
        year, rest = int(match[2]), match[1]
    rest = _trimmed(rest)
    if not unit and layout.column_of(rest) is None:
        for split in _SEPARATOR.finditer(rest):
            if split.start() and plain_unit(rest[split.end() :]):
                rest, unit = _trimmed(rest[: split.start()]), plain_unit(rest[split.end() :])
                break
    return _heading_meaning(rest, unit, year, layout)


_HANDED = re.compile(
    r"\s*(?:对?外供(?:应|出)?|外售|外销|转供|售出|销售|sold\s|(?P<made>自发自用|自产|自发))(?=\S)",
    re.IGNORECASE,
)
"""What stands before a carrier that was handed on to others, or made on site."""
_PART = re.compile(
    r"(.*?(?:\d\s*月(?:份)?|季度?|上半年|下半年|\bq[1-4]\b|\bh[12]\b)(?:累计)?)\s*(.*)", re.IGNORECASE
)


_SINCE = re.compile(
    r"(?:(?P<month>[本当]月(?:数|值)?)|(?P<since>(?:自年初|1-本月|[本当]年|年初至今|全年)?累计(?:数|值)?))(?P<other>.*)"
)
"""This month, and since January; the month is in the title."""


def _of_period(rest: str, unit: str, layout: TableLayout) -> Meaning | None:
    """Return what a heading says that names a part of a year, as 1月 or 第一季度用电量."""
    plain = rest.strip()
    if (told := _SINCE.fullmatch(plain)) is not None:
        other = _trimmed(told["other"])
        found = _heading_meaning(other, unit, None, layout) if other else Meaning(unit=unit)
        return None if found is None else replace(found, period="累计" if told["since"] else "本月")
    if re.fullmatch(r"[\d\s./-]*", plain):
        return None
    split = _PART.fullmatch(plain)
    part, other = (plain, "") if period_of(plain) is not None or split is None else split.groups()
    period = period_of(part)
    if period is None or (period.year is not None and (period.first, period.last) == (1, 12)):
        return None
    found = (
        _heading_meaning(_trimmed(other), unit, period.year, layout)
        if other
        else Meaning(None, period.year, unit=unit)
    )
    return None if found is None else replace(found, period=part)


def _heading_meaning(rest: str, unit: str, year: int | None, layout: TableLayout) -> Meaning | None:
    """Return what is left of a heading without year and unit."""
    if not rest:
        return Meaning(year=year, unit=unit) if year is not None else None
    column = layout.column_of(rest)
    if column is not None and (unit == "" or column.kind in _AMOUNTS):
        return Meaning(column, year, unit=unit)
    if sums_energy(rest):
        return Meaning(year=year, unit=unit, total=True)
    if "carrier" not in layout.columns:
        return None
    around = _AROUND.fullmatch(rest)
    short = around[1] if around else _trimmed(_USED.sub("", rest))
    if not short:
        return Meaning(year=year, unit=unit) if unit or year is not None else None
    for name in (rest, short):
        if is_carrier(name):
            return Meaning(None, year, name, unit)
    inside = [part for part in _BRACKETS.findall(rest) if part.strip()]
    bare = _trimmed(_USED.sub("", _trimmed(_BRACKETS.sub(" ", rest))))
    if inside and not unit and is_carrier(bare):
        # A known carrier in a unit that is none: its amounts are told, and that they cannot be taken.
        return Meaning(None, year, bare, inside[-1].strip())
    measured = unit_of(unit)
    # An amount of something: of which carrier is for the accounts to say, which tell of each that is unknown.
    return Meaning(None, year, short, unit) if measured is not None else None


def _bracketed(text: str, inside: str) -> str:
    match = next(m for m in _BRACKETS.finditer(text) if m[1] == inside)
    return match[0]


def _trimmed(text: str) -> str:
    return " ".join(text.strip(" _-/,:;、·.").split())


def finder(layout: TableLayout) -> FindHeading:
    """Return what finds the heading of a table among the first rows of its file.

    The heading is where most columns are understood, in one row or in up to three; a row with numbers other
    than years is not a heading.
    """

    def find(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
        if not rows or _understands_all(rows[0], layout):
            return 0, 1
        best, place = (0, 0), (0, 1)
        for first in range(len(rows)):
            block: list[Sequence[str]] = []
            if _is_title(rows[first]):
                continue
            for row in rows[first : first + _MOST_ROWS]:
                if len({c.strip() for r in block for c in r if c.strip()}) == 1 and _is_title(row):
                    break
                if any(_NUMBER.fullmatch(c.strip()) and not _YEAR.fullmatch(c.strip()) for c in row):
                    break
                block.append(row)
                score = (_score(block, layout), -len(block))
                if score[0] and score > best:
                    best, place = score, (first, len(block))
        return place

    return find


def _understands_all(row: Sequence[str], layout: TableLayout) -> bool:
    named = {column.name for cell in row if cell and (column := layout.column_of(cell)) is not None}
    return named.issuperset(column.name for column in layout.columns.values() if column.required)


def _score(block: Sequence[Sequence[str]], layout: TableLayout) -> int:
    """Return how well a heading of these rows fits; 0 where none of it is a column of the table."""
    if max(len(row) for row in block) > _WIDEST:
        return 0
    levels = [found for found in heading_levels(block) if found]
    found = [m for m in (meaning_of(parts, layout) for parts in levels) if m is not None]
    if all(m.column is None for m in found):
        return 0
    return len(set(found)) + sum((m.unit != "") + (m.year is not None) for m in found)


_TITLES = {
    "eu_ets": say("verified emissions of the EU ETS, as the European Commission publishes them"),
    "eutl_export": say("installations of the EU Transaction Log, one a row"),
    "us_ghgrp": say("the data summary of the US Greenhouse Gas Reporting Program, as EPA publishes it"),
    "egrid": say("subregions of eGRID, as EPA publishes them"),
    "eea": say(
        "emission intensity of electricity by member state, as the European Environment Agency has it"
    ),
    "us_ghgrp_export": say("facilities of the US Greenhouse Gas Reporting Program, years side by side"),
}


@dataclass(frozen=True)
class PublishedLayout:
    """A layout in which others publish.

    Attributes
    ----------
    name : str
    title : Sentence
    marks : tuple of str
        Headings that only this layout has together.
    id : tuple of str
        Headings of the columns whose texts together are the id.
    not_known : tuple of str
        What stands for a number that is not known, in small letters.
    constants : mapping of str to str
        What holds for every row, by column of the table.
    """

    name: str
    title: Sentence
    marks: tuple[str, ...]
    id: tuple[str, ...]
    not_known: tuple[str, ...]
    constants: Mapping[str, str]


@cache
def published_layouts() -> tuple[PublishedLayout, ...]:
    """Return every layout that is known.

    Examples
    --------
    >>> [layout.name for layout in published_layouts()][:2]
    ['eu_ets', 'eutl_export']
    """
    text = files("separatrix_cluster.tables").joinpath("published.toml").read_text(encoding="utf-8")
    return tuple(
        PublishedLayout(
            name,
            _TITLES[name],
            tuple(entry["marks"]),
            tuple(entry["id"]),
            tuple(entry["not_known"]),
            entry["constants"],
        )
        for name, entry in tomllib.loads(text).items()
    )


def published_of(header: Sequence[str]) -> PublishedLayout | None:
    """Return the layout whose marks are all among the headings, or nothing."""
    found = {heading.strip().casefold() for heading in header}
    return next((p for p in published_layouts() if all(m.casefold() in found for m in p.marks)), None)


def apply_published_layout(cells: Cells, published: PublishedLayout, layout: TableLayout) -> Cells:
    """Return the cells with the id in one column, what is not known empty, and what is left unsaid said."""
    place = {heading.strip().casefold(): k for k, heading in reversed(list(enumerate(cells.header)))}
    parts = [place[heading.casefold()] for heading in published.id]
    ids = ["-".join(texts) for texts in zip(*(cells.columns[k] for k in parts), strict=True)]
    columns = [
        tuple("" if text.casefold() in published.not_known else text for text in column)
        if k not in parts
        else column
        for k, column in enumerate(cells.columns)
    ]
    named = "id" if layout.name == "enterprises" else "enterprise"
    added = {named: tuple(ids)} if named in layout.columns else {}
    for name, value in published.constants.items():
        if name in layout.columns and name.casefold() not in place:
            added[name] = (value,) * len(cells.rows)
    # The id goes before columns of its parts, which are told to nobody.
    header = tuple("" if k in parts else heading for k, heading in enumerate(cells.header))
    return replace(
        cells,
        header=(*header, *added),
        columns=(*columns, *added.values()),
        levels=(*cells.levels, *((name,) for name in added)),
    )


@dataclass(frozen=True)
class Arrangement:
    """The cells of a table in long form.

    Attributes
    ----------
    cells : Cells
        One column for each existing column of the table.
    placed : mapping of str to (FieldLayout, int)
        The position of each column of the table, by name.
    headings : mapping of int to sequence of str
        Of a column that was gathered from several: the heading of each row in the file.
    units : mapping of int to sequence of str
        Of a column whose headings state a unit: that of each row.
    totals : mapping of int to bool
        Positions of rows that are not data: headings, and rows that sum others, with whether they sum
        all.
    """

    cells: Cells
    placed: Mapping[str, tuple[FieldLayout, int]]
    headings: Mapping[int, Sequence[str]] = field(default_factory=dict)
    units: Mapping[int, Sequence[str]] = field(default_factory=dict)
    totals: Mapping[int, bool] = field(default_factory=dict)
    published: PublishedLayout | None = None

    def heading(self, place: int, row: int | None) -> str:
        """Return what a column is called in the file, in a row of it."""
        found = self.headings.get(place)
        return self.cells.header[place] if found is None or row is None else found[row]


@dataclass
class TableInWork:
    """A table while it is arranged: what its headings say, and which of them head amounts side by side."""

    cells: Cells
    layout: TableLayout
    fixed: dict[str, tuple[FieldLayout, int]] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    spread: list[tuple[int, Meaning, FieldLayout]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def note(
        self,
        code: str,
        severity: Severity,
        heading: str | None,
        what: Sentence,
        hint: Sentence | None = None,
    ) -> None:
        self.remarks.append(Remark(code, severity, self.cells.file, None, heading, what, hint))
