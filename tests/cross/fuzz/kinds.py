"""What is fuzzed: for each reader how an input is made from its number, and what reading it means.

Input number k of a kind is the same for ever, so a run can go on where another ended, and a fault is known
by its number.  Nearly all inputs are games, tables and claims that are right, changed in a few places: pieces
cut, doubled, moved, exchanged for words of the format or for rubbish.
"""

from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cluster.folders import DESCRIPTION, ENERGY
from core.game.formats.test_pasted import HTML, LATEX, PIECES, TWO
from core.game.test_fuzz import GARBAGE, NFG, TABLE, TOKENS, WORDS, XML_EDITS, read_expression, read_yaml_text
from core.reading.hostile import HEAD, SHEET, SHEET_END, ods, xlsx
from separatrix.audit.claims.formulas import (
    ClaimFormula,
    ClaimSymbols,
    read_condition,
    read_equation,
    read_state,
)
from separatrix.audit.claims.formulas import read_expression as read_formula
from separatrix.audit.claims.reader import read_published
from separatrix.errors import SeparatrixError
from separatrix.expression.conditions import condition_text, parse_condition
from separatrix.game.catalogue import template_text
from separatrix.game.catalogue_files import catalogue_path, catalogue_slugs
from separatrix.game.formats.document import document_of
from separatrix.game.formats.gambit import nfg_text, parse_nfg
from separatrix.game.formats.table_writer import csv_table, sheets_of, xlsx_bytes
from separatrix.game.formats.workbook import parse_csv
from separatrix.game.reader import load, read_document, read_text
from separatrix.io.csv import read_cells
from separatrix.population.networks.link_files import read_links
from separatrix_cluster.footprints.footprint import ProductFootprint, read_footprint
from separatrix_cluster.tables.description import read_description
from separatrix_cluster.tables.headings import finder
from separatrix_cluster.tables.layout import layout_of, layouts
from separatrix_cluster.tables.members import members_of
from separatrix_cluster.tables.plausibility_checks import implausible
from separatrix_cluster.tables.reader import in_units_of_factors
from separatrix_cluster.tables.table_reader import read_table

SEED = 20261127


@dataclass(frozen=True)
class Kind:
    """One reader: how many inputs it gets, how they are made, and how they are read."""

    count: int
    make: Callable[[random.Random], bytes]
    read: Callable[[bytes], None]
    suffix: str


def fuzzed(kind: str, number: int) -> bytes:
    """Return input `number` of a kind."""
    return KINDS[kind].make(random.Random(f"{SEED} {kind} {number}"))


@cache
def scratch() -> Path:
    """Return a folder for inputs that are read from files."""
    return Path(tempfile.mkdtemp(prefix="separatrix-fuzz-"))


def _file(content: bytes, suffix: str) -> Path:
    path = scratch() / f"input{suffix}"
    path.write_bytes(content)
    return path


def _changed(chance: random.Random, text: str, words: Sequence[str]) -> str:
    """Return a text with one to four changes."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.choice((0, 0, 1, 1, 2, 5, 20)))
        match chance.randrange(8):
            case 0 | 1 | 2:
                insert = chance.choice(words)
            case 3 | 4:
                insert = "".join(chance.choices(GARBAGE, k=chance.randrange(1, 4)))
            case 5:
                insert = text[at:to] * chance.choice((2, 3, 50))
            case 6:
                other = chance.randrange(len(text) + 1)
                insert = text[other : other + chance.randrange(1, 30)]
            case _:
                insert = ""
        text = text[:at] + insert + text[to:]
    return text


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogatepass")


@cache
def _documents() -> list[str]:
    return [template_text(), *(catalogue_path(slug).read_text("utf-8") for slug in catalogue_slugs())]


# --------------------------------------------------------------------------- expressions

_PIECES = (
    "x",
    "y",
    "R1",
    "pi_1",
    "合",
    "α",
    "2",
    "0.5",
    "1/3",
    "1e3",
    "9",
    "(",
    ")",
    "[",
    "]",
    "+",
    "-",
    "*",
    "/",
    "^",
    "**",
    ",",
    " ",
    "max(",
    "min(",
    "exp(",
    "log(",
    "sqrt(",
    "binomial(",
    "<",
    "<=",
    "=",
    "!=",
    ">=",
    "and",
    "1e999",
    "9**9**9",
    "^64",
    "^-64",
    "x^(1/2)",
    "((((",
    "0/0",
    "--",
    ".",
    "…",
    "×",
    "−",
    "²",
)
_EXPRESSIONS = (
    "R1 - C1",
    "x*(1 - x)*((pi1 - R2)*y - (pi2 - C2))",
    "max(1, 2*x)",
    "a*b/(c + 1)^2",
    "1/3 + 0.25",
    "exp(-x)*log(1 + y)",
    "sqrt(9/4)",
    "binomial(5, k)*x^k",
    "0 < d < 1",
    "a != b",
    "-C1",
    "(x + y)^8",
)


def _make_expression(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return _bytes("".join(chance.choices(_PIECES, k=chance.randrange(1, 25))))
    return _bytes(_changed(chance, chance.choice(_EXPRESSIONS), _PIECES))


def _read_expression(content: bytes) -> None:
    text = _text(content)
    _ends_well(lambda: condition_text(parse_condition(text)))
    read_expression(text)


# --------------------------------------------------------------------------- tables

_CELLS = (
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    '"',
    '""',
    "=1+1",
    "＝1+1",
    "'=x",
    "pay:A",
    "meets",
    "R1 - C1",
    "1,5",
    "1.000,5",
    "#",
    "sep=;\n",
    "1e400",
    "NaN",
    "5 %",
    "2021",
    "diesel",
    "t",
    "MWh",
    "E01",
    "\x00",
    "\ufeff",
    "x" * 300,
    ",,,,",
    "-",
    "1/0",
)


@cache
def _tables() -> list[str]:
    made = [TABLE, TABLE.replace(",", ";"), "A,meets,pay:A\nc,c,1\nc,d,0\nd,c,2\nd,d,V/2\n"]
    for slug in catalogue_slugs():
        try:
            made.append(csv_table(load(slug)))
        except SeparatrixError:
            continue
    return made


@cache
def _cluster_tables() -> list[tuple[str, str]]:
    made = []
    for name, layout in layouts().items():
        heads = ",".join([*layout.columns, *(f"{p.name}1" for p in layout.patterns)])
        row = ",".join(column.example for column in layout.columns.values())
        made.append((name, f"{heads}\n{row}\n{row}\n"))
    made.append(("energy", ENERGY + "E01,2021,diesel,1.5,t\nE02,2022,electricity,3,MWh\n"))
    across = "2023年能源消费（单位：吨）,,,\n企业名称,电力（万kWh）,,柴油\n"
    across += ",2022年,2023年,2022\nE01,1,2,3\n合计,1,2,3\n"
    form = "单位名称：E01,,2023年\n能源名称,计量单位,年初库存量,购进量,消费量合计,用于原材料,期末库存量\n"
    form += "原煤,吨,1,5,4,1,2\n"
    ets = "REGISTRY_CODE,INSTALLATION_IDENTIFIER,ALLOCATION_2021,VERIFIED_EMISSIONS_2021\nE,01,1,-1\n"
    return [*made, *[("energy", across), ("energy", form), ("emissions", ets)] * 3]


def _make_csv(chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        return b"game\n" + _bytes(_changed(chance, chance.choice(_tables()), _CELLS))
    name, table = chance.choice(_cluster_tables())
    content = _bytes(_changed(chance, table, _CELLS))
    if chance.random() < 0.05:
        content = _text(content).encode(chance.choice(("utf-16", "gb18030", "latin-1")), "replace")
    return name.encode() + b"\n" + content


@cache
def _description() -> Any:
    return read_description(_file(DESCRIPTION.encode(), ".yaml"))


def _read_csv(content: bytes) -> None:
    name, _, table = content.partition(b"\n")
    if name == b"game":
        read_document(*parse_csv(_text(table)))
        return
    cells = read_cells(_file(table, ".csv"), find=finder(layout_of(name.decode())))
    made, _ = read_table(cells, name.decode(), _description(), members_of(["E01", "E02"], ["First", ""]))
    implausible(in_units_of_factors({made.name: made}, "ipcc-2006")[0])


# --------------------------------------------------------------------------- pasted tables


def _make_pasted(chance: random.Random) -> bytes:
    return _bytes(_changed(chance, chance.choice((TWO, LATEX, HTML)), PIECES))


def _read_pasted(content: bytes) -> None:
    read_text(_text(content))


# --------------------------------------------------------------------------- YAML


def _make_yaml(chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return _bytes("".join(chance.choices([*TOKENS, *WORDS], k=chance.randrange(1, 30))))
    return _bytes(_changed(chance, chance.choice(_documents()), [*TOKENS, *WORDS, *_PIECES]))


def _read_yaml(content: bytes) -> None:
    game = read_yaml_text(_text(content))
    document_of(game)
    read_published(game)


# --------------------------------------------------------------------------- workbooks

_REPEATS = (
    b' table:number-columns-repeated="2000000000"',
    b' table:number-rows-repeated="2000000000"',
    b' table:number-columns-repeated="-1"',
    b' table:number-columns-repeated="3"',
    b'<text:s text:c="999999999"/>',
    b' table:formula="1"',
    b"<table:table-row>",
    b"</table:table-row>",
    b' r="AAAAAAAA99999999999"',
    b' r="XFD1048576"',
    b' t="s"',
    b"<c><v>0</v></c>",
    b"<row>",
    b"<x:c/>",
    b'<dimension ref="A1:ZZ9"/>',
    b' s="9999999"',
    b'<mergeCell ref="B2"/>',
    b"<is>",
    b"<![CDATA[<c/>]]>",
    b"<!-- -->",
    b' office:value-type="date"',
    b' office:date-value="0000-00-00"',
    b' office:value="1e999"',
    b"&#0;",
    b"&#x10FFFF;",
)


def _parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def _books() -> list[tuple[bytes, dict[str, bytes]]]:
    template = xlsx_bytes(sheets_of(read_yaml_text(template_text())))
    cell = '<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'
    row = (
        "<table:table-row>"
        + "".join(cell % name for name in ("A", "B", "pay:A", "pay:B"))
        + "</table:table-row>"
    )
    shared = (
        SHEET
        + HEAD
        + b'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>45000</v></c></row>'
        + SHEET_END
    )
    strings = b"<sst><si><t>a</t></si></sst>"
    styles = b'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    return [
        (b"xlsx", _parts_of(template)),
        (b"xlsx", _parts_of(xlsx(shared, sharedStrings=strings, styles=styles))),
        (b"ods", _parts_of(ods(row * 3))),
    ]


def _make_workbook(chance: random.Random) -> bytes:
    suffix, parts = chance.choice(_books())
    parts = dict(parts)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        name = chance.choice(sorted(parts))
        content = parts[name]
        borders = [i for i, c in enumerate(content) if c in b"<>"] or [0]
        at = chance.choice(borders) + chance.choice((0, 0, 1, 3))
        cut = chance.choice((0, 0, 0, 1, 5, 30))
        insert = chance.choice((*XML_EDITS, *_REPEATS, content[at : at + 60] * 3, chance.randbytes(3)))
        parts[name] = content[:at] + insert + content[at + cut :]
    if chance.random() < 0.05:
        del parts[chance.choice(sorted(parts))]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    data = packed.getvalue()
    if chance.random() < 0.1:
        at = chance.randrange(len(data))
        data = data[:at] + chance.randbytes(chance.randrange(4)) + data[at + chance.randrange(8) :]
    return suffix + b"\n" + data


def _read_workbook(content: bytes) -> None:
    suffix, _, data = content.partition(b"\n")
    path = _file(data, f".{suffix.decode()}")
    _ends_well(
        lambda: read_table(
            read_cells(path, find=finder(layout_of("enterprises"))), "enterprises", _description(), None
        )
    )
    load(path)


# --------------------------------------------------------------------------- Gambit, LaTeX, footprints

_GAMBIT = (
    "NFG",
    "EFG",
    "1",
    "R",
    "D",
    "{",
    "}",
    '"',
    '""',
    '"A"',
    ",",
    "1/0",
    "1e99999",
    "-",
    "0",
    "9" * 30,
    "\\",
)


@cache
def _gambits() -> list[str]:
    made = [NFG, 'NFG 1 R "Duel" { "A" "B" } { 2 3 }\n\n1 -1 0 0 1/2 1 0.5 1 -1 2 3 4\n']
    for slug in catalogue_slugs():
        try:
            made.append(nfg_text(load(slug)))
        except SeparatrixError:
            continue
    return made


def _make_nfg(chance: random.Random) -> bytes:
    return _bytes(_changed(chance, chance.choice(_gambits()), _GAMBIT))


def _read_nfg(content: bytes) -> None:
    read_document(*parse_nfg(_text(content)))


_LATEX = (
    r"\frac{",
    r"\frac12",
    "{",
    "}",
    r"\left(",
    r"\right)",
    "^",
    "_",
    "_{1}",
    "^*",
    r"\pi",
    r"\lambda_{1,2}",
    r"\cdot",
    r"\times",
    r"\le",
    r"\geq",
    r"\neq",
    "=",
    "<",
    ",",
    r"\,",
    r"\quad",
    r"\sqrt{",
    r"\sqrt[3]{",
    r"\exp",
    r"\mathrm{",
    r"\text{ESS}",
    r"\operatorname{",
    r"\begin{pmatrix}",
    r"\end{pmatrix}",
    "&",
    r"\\",
    "$",
    r"\pm",
    "±",
    "I",
    r"\input{/etc/passwd}",
    r"\dot{x}",
    r"\bar",
    r"\hat{",
    r"\big",
    r"\{",
    "|",
    r"\infty",
    "x",
    "2",
    r"\binom{5}{",
    r"\max\{",
    "′",
    r"^{\prime}",
    "%",
    "~",
    r"\dfrac",
    r"\over",
)
_CLAIMS = (
    r"x(1-x)\left[(\pi_1-R_2+\pi_2-R_1)y-(\pi_2-C_2-R_1+C_1)\right]",
    r"\frac{dx}{dt} = x(1-x)(\pi_1 y - C_1)",
    r"\left(\frac{\pi_2-C_2}{\pi_1-R_2},\ \frac{1}{2}\right)",
    r"\pi_1 - C_1 > R_2,\ C_2 \le R_1",
    r"\lambda_{1,2} = \pm\sqrt{\pi_1\pi_2}",
    r"0 < \frac{R_1}{C_1} < 1",
    r"\max\{R_1, 2\} + \sqrt[3]{C_2}",
    r"\begin{pmatrix} 1 & 0 \\ 0 & R_1 \end{pmatrix}",
    r"\dot{y} = y(1-y)\mathrm{e}^{-x}",
)


@cache
def _symbols() -> ClaimSymbols:
    return ClaimSymbols(load("shi-chen-2018"))


def _make_latex(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return _bytes("".join(chance.choices(_LATEX, k=chance.randrange(1, 20))))
    return _bytes(_changed(chance, chance.choice(_CLAIMS), _LATEX))


def _read_latex(content: bytes) -> None:
    formula = ClaimFormula(_text(content), latex=True)
    _ends_well(lambda: read_condition(formula, _symbols()))
    _ends_well(lambda: read_equation(formula, _symbols()))
    _ends_well(lambda: read_state(formula, _symbols()))
    read_formula(formula, _symbols())


_JSON = (
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "null",
    "true",
    "NaN",
    "Infinity",
    "-1",
    "1e999",
    "9" * 5000,
    "0",
    '""',
    '"pcf"',
    "\\u0000",
    "\\ud800",
    '"kilogram"',
    '"2024-13-45"',
    '"9999-12-31T23:59:59+14:00"',
    '"0001-01-01T00:00:00-14:00"',
    "[[[[[[[[[[",
)


@cache
def _footprint() -> str:
    return ProductFootprint(
        "Cement Works",
        "urn:example:company:1",
        "Cement",
        "urn:example:product:7",
        "kilogram",
        1.0,
        0.66,
        "2024-01-01T00:00:00Z",
        "2025-01-01T00:00:00Z",
        "CN",
        gwp=("AR6",),
        fossil=0.66,
        fossil_content=0.0,
        biogenic_content=0.0,
        exempted=0.0,
        standards=("PACT-3.0",),
    ).to_json(identifier="f4b1225a-bd44-4c8e-861d-079e4e1dfd69")


def _make_footprint(chance: random.Random) -> bytes:
    if chance.random() < 0.6:
        whole = json.loads(_footprint())
        for _ in range(chance.choice((1, 1, 2))):
            part = chance.choice((whole, whole.get("pcf") if isinstance(whole.get("pcf"), dict) else whole))
            key = chance.choice(sorted(part)) if part else "pcf"
            part[key] = chance.choice(
                (
                    None,
                    True,
                    0,
                    -1,
                    1e308,
                    10**400,
                    "",
                    "x",
                    [],
                    [None],
                    {},
                    [[]],
                    "1e400",
                    "-0",
                    "１",
                    "2024-01-01",
                    "2024-01-01T00:00:00",
                    "9999-12-31T23:59:59+14:00",
                    "0001-01-01T00:00:00+14:00",
                    "nan",
                    float("nan"),
                    ["AR6"],
                    "\ud800",
                )
            )
        return _bytes(json.dumps(whole))
    return _bytes(_changed(chance, _footprint(), _JSON))


def _read_footprint(content: bytes) -> None:
    read_footprint(_file(content, ".json"))


_GRAPH = (
    '<graphml><key id="w" for="edge" attr.name="weight"/><graph edgedefault="directed"><node id="a"/>'
    '<node id="b"/><edge source="a" target="b"><data key="w">2</data></edge></graph></graphml>'
)
_LINKS = "from,to,weight,kind\na,b,1,heat\nb,c,0.5,\n"
_LINK_WORDS = (
    "<",
    ">",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "<node id='c'/>",
    "<edge source='a' target='b'/>",
    "<data key='w'>",
    "</data>",
    "<graph>",
    "<hyperedge/>",
    "\n",
    "weight",
    "from",
    "a,b,1\n",
    '"',
    ",",
    "-1",
    "nan",
)


def _make_links(chance: random.Random) -> bytes:
    suffix, text = chance.choice((("graphml", _GRAPH), ("csv", _LINKS)))
    return suffix.encode() + b"\n" + _bytes(_changed(chance, text, _LINK_WORDS))


def _read_links(content: bytes) -> None:
    suffix, _, text = content.partition(b"\n")
    read_links(_file(text, f".{suffix.decode()}"))


def _ends_well(read: Callable[[], object]) -> None:
    try:
        read()
    except SeparatrixError as problem:
        problem.render()


KINDS = {
    "expression": Kind(10**6, _make_expression, _read_expression, ".txt"),
    "csv": Kind(10**6, _make_csv, _read_csv, ".csv"),
    "yaml": Kind(10**5, _make_yaml, _read_yaml, ".yaml"),
    "workbook": Kind(10**5, _make_workbook, _read_workbook, ".bin"),
    "nfg": Kind(10**5, _make_nfg, _read_nfg, ".nfg"),
    "latex": Kind(10**5, _make_latex, _read_latex, ".tex"),
    "pasted": Kind(10**5, _make_pasted, _read_pasted, ".txt"),
    "links": Kind(10**5, _make_links, _read_links, ".txt"),
    "footprint": Kind(10**5, _make_footprint, _read_footprint, ".json"),
}
