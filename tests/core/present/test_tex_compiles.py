"""XeLaTeX makes a document of what the LaTeX writer gives, Chinese and hostile texts included.

It needs TeX Live (or MiKTeX) with XeLaTeX, ctex and its Fandol fonts: on Debian the packages texlive-xetex,
texlive-lang-chinese and texlive-latex-extra.  `make soak` runs it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import separatrix
from core.present.games import HOSTILE
from core.present.trees import HOSTILE_TEXTS, every_block, with_texts
from published_cases import analysed
from separatrix.document.tree import Document, Paragraph, PictureFormat, Verbatim, Words, line
from separatrix.reports.report import build_report
from separatrix.writers.registry import write

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("xelatex") is None, reason="needs TeX Live with XeLaTeX and ctex"),
]


def picture(format: PictureFormat) -> bytes:
    """Return a small picture that TeX can include."""
    import io

    from matplotlib.figure import Figure

    buffer = io.BytesIO()
    Figure(figsize=(2, 1)).savefig(buffer, format=format)
    return buffer.getvalue()


def compiled(document: Document, folder: Path, stem: str = "report") -> str:
    """Compile a document twice, and return the log of the second run."""
    done = write(document, "tex", stem)
    source = folder / "report.tex"
    source.write_bytes(done.content)
    for path, content in done.beside.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    command = ["xelatex", "-no-shell-escape", "-halt-on-error", "-interaction=batchmode", source.name]
    for _ in range(2):
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "report.log").read_text("utf-8", "replace")
    assert not re.search(r"^! .*", log, re.MULTILINE), log[-3000:]
    assert (folder / "report.pdf").stat().st_size > 5_000
    return log


@pytest.mark.parametrize(
    ("slug", "symbolic"),
    [
        ("shi-chen-2018", False),
        ("shi-chen-2018", True),
        ("wang-2023", True),
        ("coal-safety", False),
        ("rock-paper-scissors-one-population", False),
    ],
)
def test_reports_compile_within_their_margins(slug: str, symbolic: bool, tmp_path: Path) -> None:
    """No error, no reference left open, and no line that sticks out by more than a hair."""
    log = compiled(build_report(analysed(slug, symbolic)), tmp_path)
    assert "undefined" not in log
    wide = [float(w) for w in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert max(wide, default=0.0) < 6


def test_a_document_with_every_block_compiles(tmp_path: Path) -> None:
    """In English with pdfLaTeX's preamble, in Chinese with ctex, and with a stem that TeX would obey."""
    compiled(every_block(picture), tmp_path)
    words = {"figure": "图", "table": "表", "table_label": "表格"}
    chinese = replace(
        with_texts(every_block(picture), "企业集群的低碳创新与合作"), language="zh", words=words
    )
    log = compiled(chinese, tmp_path, r"报告}\input{x")
    assert "Missing character" not in log


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_texts_compile(text: str, tmp_path: Path) -> None:
    """Wherever a text can stand, nothing that is typed stops TeX."""
    compiled(with_texts(every_block(picture), text), tmp_path)


def test_a_hostile_game_compiles(tmp_path: Path) -> None:
    """Names of strategies, parameters and sources that are commands come out as text."""
    compiled(build_report(separatrix.analyze(separatrix.load(HOSTILE))), tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs TeX Live with pdfLaTeX")
def test_every_letter_for_which_pdflatex_is_named_is_in_its_fonts(tmp_path: Path) -> None:
    """Letters that its fonts lack make the writer ask for XeLaTeX."""
    letters = [c for c in map(chr, range(0x20, 0x250)) if c.isprintable()]
    plain = [c for c in letters if "xelatex" not in tex_of(c)]
    assert len(plain) > 250
    (tmp_path / "letters.tex").write_text(tex_of("".join(plain)), encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-halt-on-error", "-interaction=batchmode", "letters.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def tex_of(text: str) -> str:
    """Return a document that holds a text in every type."""
    blocks = (Paragraph(line(text, Words(text, "code"), Words(text, "strong"))), Verbatim(text))
    return write(Document("t", text, blocks), "tex").content.decode()
