"""Documents on clusters: every format in both languages, and what users type comes out inert."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from cluster.folders import write
from core.present.games import HOSTILE
from separatrix.document.tree import Document
from separatrix.languages import language_of
from separatrix.writers.registry import write as written
from separatrix.writers.terminal import write_terminal
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.completeness.coverage import abilities, rows_left_out_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.documents.accounts import account_document, bars_picture
from separatrix_cluster.documents.data_check import check_document
from separatrix_cluster.documents.diagnosis import (
    diagnosis_document,
    plane_picture,
    radar_picture,
    waterfall_picture,
)
from separatrix_cluster.documents.footprint import footprint_document
from separatrix_cluster.documents.vocabulary import score_ends
from separatrix_cluster.footprints.cradle_to_gate import cradle_to_gate
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_names
from thinning import thinned


def documents(cluster: Cluster, lang: str) -> dict[str, Document]:
    """Return the documents on a cluster; on footprints where it has products."""
    words = language_of(lang)
    accounts = carbon_accounts(cluster)
    books = completeness_of(cluster, accounts)
    remarks = (*cluster.remarks, *accounts.remarks)
    left = rows_left_out_of(cluster, accounts)
    found = {
        "check": check_document(cluster, abilities(cluster, accounts), remarks, words, left, books),
        "account": account_document(cluster, books, words),
        "diagnosis": diagnosis_document(diagnose(cluster), words),
    }
    if len(cluster.table("products")):
        footprints = cradle_to_gate(cluster, accounts, allocation="value")
        found["footprint"] = footprint_document(footprints, footprints.products, words)
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@thinned("name", shipped_names(), each_run=2)
def test_shipped_clusters_are_written(name: str, lang: str) -> None:
    """As Markdown and as a page, with name, sources and fingerprint, in the language asked for."""
    cluster = load_cluster(name)
    for kind, document in documents(cluster, lang).items():
        page = written(document, "html", kind).content.decode()
        text = written(document, "md", kind).content.decode()
        assert f'lang="{lang}"' in page or f'lang="{lang}-' in page
        assert cluster.name.split()[0] in page and cluster.name.split()[0] in text
        assert "nan" not in re.findall(r"[a-z]+", re.sub(r"<[^>]*>", " ", text))
        if kind != "check":
            source = language_of(lang).source(cluster.description.sources[0])
            assert "separatrix" in text and source.split()[0] in text
        if "|---" in text:
            assert ("Table 1" in text) is (lang == "en") and ("表 1" in text) is (lang == "zh")


@pytest.mark.parametrize(
    ("name", "lang", "format"),
    [
        ("synthetic-park", "en", "docx"),
        ("synthetic-park", "zh", "tex"),
        ("rotterdam", "zh", "docx"),
        ("kalundborg", "en", "tex"),
    ],
)
def test_documents_in_word_and_latex(name: str, lang: str, format: str) -> None:
    """They are written whole."""
    import docx

    for kind, document in documents(load_cluster(name), lang).items():
        content = written(document, format, kind).content
        if format == "docx":
            assert len(docx.Document(io.BytesIO(content)).tables) >= 1
        else:
            assert content.decode().rstrip().endswith(r"\end{document}")


def test_a_diagnosis_as_pdf() -> None:
    """The one with every kind of block."""
    found = documents(load_cluster("synthetic-park"), "zh")["diagnosis"]
    assert written(found, "pdf", "x").content.startswith(b"%PDF")


# --------------------------------------------------------------------------- hostile names

TEXTS = [
    HOSTILE["title"],
    HOSTILE["source"],
    HOSTILE["populations"][1]["strategies"][0],
    HOSTILE["populations"][1]["strategies"][1],
    HOSTILE["parameters"]["a"]["meaning"],
    '#read("/etc/passwd") #{1+1}',
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x","y")',
    "+1|x",
    "@SUM(1)",
    "`rm -rf`\x1b[31m\x07",
    "＝1+1",
    "x" * 300,
    "a\u202eb",
    "$x$ & 100% #1 {} [link](http://x) ~ ^ _",
]


def quoted(text: str) -> str:
    """Return a cell of CSV."""
    return '"' + text.replace('"', '""') + '"'


def hostile(folder: Path) -> Cluster:
    """Return a cluster in which every text is hostile."""
    firms = [f"{t[:40]} {k}" for k, t in enumerate(TEXTS)]
    rows = "id,name,sector,city\n" + "".join(
        f"{quoted(f)},{quoted(t)},{quoted(t)},{quoted(t)}\n" for f, t in zip(firms, TEXTS, strict=True)
    )
    energy = "enterprise,year,carrier,amount,unit\n" + "".join(
        f"{quoted(f)},{y},diesel,{k + 1 + y - 2020},t\n"
        for k, f in enumerate(firms)
        for y in (2021, 2022, 2023)
    )
    energy += "".join(
        f"{quoted(firms[0])},2023,{quoted(t)},1,t\n{quoted(t)},2023,diesel,1,t\n" for t in TEXTS
    )
    energy += "".join(
        f"{quoted(firms[0])},2023,diesel,{quoted(t)},t\n{quoted(firms[0])},2023,diesel,1,{quoted(t)}\n"
        for t in TEXTS
    )
    accounts = "enterprise,year,output,value_added,staff,rd_spend,patents\n" + "".join(
        f"{quoted(f)},{y},{20 + k},{9 + k + y - 2020},{5 + k},{k + 1},{k % 4}\n"
        for k, f in enumerate(firms)
        for y in (2021, 2022, 2023)
    )
    factors = "carrier,factor,unit,source\n" + "".join(
        f"diesel{k},3,tCO2/t,{quoted(t)}\n" for k, t in enumerate(TEXTS)
    )
    factors += f"diesel,3.1,tCO2/t,{quoted(TEXTS[0])}\nx,1,{quoted(TEXTS[0])},y\n"
    links = "from,to,kind,stream\n" + "".join(
        f"{quoted(firms[k])},{quoted(firms[k - 1])},information,{quoted(t)}\n" for k, t in enumerate(TEXTS)
    )
    region = (
        "area,sector,employment\n"
        + "".join(f"A,{quoted(t)},5\nB,{quoted(t)},9\n" for t in TEXTS)
        + "A,total,99\nB,total,999\n"
    )
    products = "enterprise,year,product,amount,unit,value,product_id\n" + "".join(
        f"{quoted(firms[0])},2023,{quoted(t)},1,t,1,{quoted(t)}\n" for t in TEXTS
    )
    purchases = "enterprise,year,input,amount,unit,footprint,factor,source,version\n" + "".join(
        f"{quoted(firms[0])},2023,{quoted(t)},1,t,,0.1,{quoted(t)},{quoted(t)}\n"
        f"{quoted(firms[0])},2023,{quoted(t)} 2,1,t,{quoted(t)},,,\n"
        for t in TEXTS
    )
    shown = [t for t in TEXTS if not any(ord(c) < 32 for c in t)]
    quoted_yaml = ["'" + t.replace("'", "''") + "'" for t in shown]
    description = (
        f"name: {quoted_yaml[0]}\nplace: {quoted_yaml[1]}\nmoney_unit: 10k CNY\nfactor_set: cn-guideline\n"
        f"licence: {quoted_yaml[4]}\nregion_area: A\nregion_country: B\npark_standard: own.yaml\nsources:\n"
        + "".join(f"  - {t}\n" for t in quoted_yaml)
    )
    write(
        folder,
        description,
        enterprises=rows,
        energy=energy,
        accounts=accounts,
        factors=factors,
        links=links,
        region=region,
        products=products,
        purchases=purchases,
    )
    lines = "".join(
        f"  - {{id: a{k}, text: {t}, unit: {t}, op: '<=', value: 0.2, measure: carbon_per_energy}}\n"
        for k, t in enumerate(quoted_yaml)
    )
    standard = (
        f"title: {quoted_yaml[0]}\ntitle_zh: {quoted_yaml[3]}\nsource: {quoted_yaml[2]}\nindicators:\n{lines}"
    )
    (folder / "own.yaml").write_text(standard, encoding="utf-8")
    return load_cluster(folder)


class _Elements(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


@pytest.mark.parametrize("rows", ["E01,2023,biomass,10,t\n", ""])
def test_a_cluster_without_fossil_fuels_has_no_table_of_emitters(tmp_path: Path, rows: str) -> None:
    """It counts as 0, and nobody is told to be the largest of none; a narrow screen takes its tables, too."""
    folder = write(tmp_path, "name: Sawmills\n", energy="enterprise,year,carrier,amount,unit\n" + rows)
    cluster = load_cluster(folder)
    for kind, document in documents(cluster, "en").items():
        assert "0 largest of 0" not in written(document, "html", kind).content.decode()
        for width in (20, 40, 110):
            write_terminal(document, Console(file=io.StringIO(), width=width, no_color=True))


@thinned("lang", ["en", "zh"], each_run=1)
def test_hostile_clusters_come_out_inert(tmp_path: Path, lang: str) -> None:
    """On a page no element but ours, in TeX no command, in Markdown no HTML, on a terminal no control."""
    from rich.console import Console

    from separatrix.writers.terminal import write_terminal

    cluster = hostile(tmp_path)
    assert len(cluster.enterprises) == len(TEXTS) - 1  # the one with # is a comment, and told
    assert ("K119", "enterprises.csv") in {(r.code, r.file) for r in cluster.remarks}
    plain = _Elements()
    for document in documents(load_cluster("synthetic-park"), lang).values():
        plain.feed(written(document, "html", "x").content.decode())
    for kind, document in documents(cluster, lang).items():
        page = _Elements()
        page.feed(written(document, "html", kind).content.decode())
        assert page.tags - plain.tags <= {"wbr"} and page.attributes <= plain.attributes
        tex = written(document, "tex", kind).content.decode()
        assert not re.search(r"\\(?:input|write18|end\{document\}.*\\end\{document\})", tex, re.DOTALL)
        text = written(document, "md", kind).content.decode()
        assert not re.search(r"(?<!\\)<(?:script|img|b)\b", re.sub(r"`[^`\n]*`", "", text))
        stream = io.StringIO()
        write_terminal(document, Console(file=stream, width=100, no_color=True, highlight=False))
        assert all(c.isprintable() or c == "\n" for c in stream.getvalue())


@pytest.mark.soak
def test_a_hostile_cluster_as_pdf_and_docx(tmp_path: Path) -> None:
    """Both are written, and read nothing."""
    import docx

    found = documents(hostile(tmp_path), "en")["diagnosis"]
    assert written(found, "pdf", "x").content.startswith(b"%PDF")
    word = docx.Document(io.BytesIO(written(found, "docx", "x").content))
    assert "<script>" in "\n".join(p.text for p in word.paragraphs)


def test_the_radar_shows_the_intervals_of_the_table() -> None:
    """Both round ends outwards: one quantity has one number."""
    found = diagnose(load_cluster("synthetic-park"))
    shown = radar_picture(found, language_of("en"))("svg").decode()
    wide = [d for d in found.difficulties if d.high - d.low > 0.01]
    assert len(wide) == 3
    for difficulty in wide:
        low, high = score_ends(difficulty.low, difficulty.high)
        assert f"{difficulty.score:.2f} ({low}–{high})" in shown


def test_hostile_figures_hold_their_texts_as_texts(tmp_path: Path) -> None:
    """Every SVG is well formed and has no script, link or foreign element."""
    cluster = hostile(tmp_path)
    words = language_of("en")
    found = diagnose(cluster)
    growth = found.difficulties[1].details
    pictures = [
        radar_picture(found, words),
        bars_picture(cluster, found.completeness, 2023, words),
        waterfall_picture(found, growth["decomposition"], words),
        plane_picture(found, growth["decoupling"], words),
    ]
    for draw in pictures:
        for element in ElementTree.fromstring(draw("svg").decode()).iter():
            kind = str(element.tag).rpartition("}")[2]
            assert kind not in ("script", "a", "image", "foreignObject")
            assert not any(name.startswith("on") for name in element.attrib)
