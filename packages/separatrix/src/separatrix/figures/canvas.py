"""How all figures are drawn and written: style, fonts, and SVG that is deterministic and readable aloud."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, Any, Literal

from separatrix.document.fonts import has_cjk, installed_cjk_font, warn_no_cjk_font
from separatrix.figures.lettering import TEXT, clean, wrapped
from separatrix.run.console import quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "FAINT",
    "AS_DRAWN",
    "FLOW",
    "INK",
    "Print",
    "description_of",
    "raster_or_pdf",
    "style",
    "svg_of",
    "wrapped",
]

INK, FLOW, FAINT = "#1d2024", "#7d8790", "#c9ced2"

# Browsers take the first font they have for each character; matplotlib measured with DejaVu Sans.
FONT_STACK = (
    "'Helvetica Neue', Arial, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)


@dataclass(frozen=True)
class Print:
    """How large a figure is on paper.

    Attributes
    ----------
    width : float or None
        Centimetres, everything in it in proportion; by default as it is drawn.
    dpi : float
        Dots an inch of a PNG.
    """

    width: float | None = None
    dpi: float = 200.0

    def factor(self, figure: Figure) -> float:
        """Return by how much the figure grows."""
        return 1.0 if self.width is None else self.width / 2.54 / float(figure.get_size_inches()[0])


AS_DRAWN = Print()

_BASE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "separatrix",
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "text.color": INK,
    "axes.labelcolor": INK,
    "text.parse_math": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "path.simplify_threshold": 0.2,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw with this program's settings, whatever the user's matplotlib is set to.

    matplotlib's settings belong to the whole process, so one thread draws at a time: the one that holds
    the warnings.
    """
    import matplotlib

    logger = logging.getLogger("matplotlib.font_manager")
    with quiet("Glyph .* missing from font"):
        level = logger.level
        logger.setLevel(logging.ERROR)
        try:
            with matplotlib.rc_context():
                matplotlib.rcdefaults()
                matplotlib.rcParams.update(_BASE)
                yield
        finally:
            logger.setLevel(level)


# --------------------------------------------------------------------------- writing

_REFERENCE = re.compile(r'(xlink:href="#|url\(#)')
"""A tag may hold several: a clip, and the pattern of a hatch."""


def svg_of(figure: Figure, title: str, description: str, printed: Print = AS_DRAWN) -> str:
    """Return `figure` as an SVG element with a title and a description, for use in a page."""
    title, description = clean(title), clean(description)
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<path [^>]*?\bd=")([^"]*)', lambda m: m[1] + _rounded(m[2]), svg)
    # Several figures stand in one page, and each name may be there once only.
    key = "p" + hashlib.sha256((title + description + svg).encode()).hexdigest()[:8]
    svg = re.sub(r'(<[^>]*?\bid=")', rf"\g<1>{key}-", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: _REFERENCE.sub(rf"\g<1>{key}-", tag[0]), svg)
    svg = svg.replace("'DejaVu Sans'", FONT_STACK)
    head, rest = svg.split(">", 1)
    if (factor := printed.factor(figure)) != 1.0:
        head = re.sub(
            r'\b(width|height)="([\d.]+)pt"', lambda m: f'{m[1]}="{factor * float(m[2]):.4f}pt"', head
        )
    head += f' role="img" aria-labelledby="{key}-title {key}-desc"'
    said = (
        f'<title id="{key}-title">{escape(title)}</title>\n<desc id="{key}-desc">{escape(description)}</desc>'
    )
    return f"{head}>\n {said}{rest}".strip() + "\n"


_DESCRIPTION = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)


def description_of(svg: str) -> str:
    """Return what is said of a figure to those who cannot see it: of an image the inside is not read.

    Examples
    --------
    >>> description_of("<svg><desc>Doves &amp; hawks</desc></svg>")
    'Doves & hawks'
    """
    told = _DESCRIPTION.search(svg)
    return "" if told is None else unescape(told[1])


def _rounded(path: str) -> str:
    """Return the data of a path to a hundredth of a point."""
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), path)


def raster_or_pdf(
    figure: Figure, kind: Literal["png", "pdf"], title: str, printed: Print = AS_DRAWN
) -> bytes:
    """Return `figure` as PNG or PDF; warn where it needs a font that is not installed."""
    import matplotlib
    from matplotlib.text import Text

    texts = [t for t in figure.findobj(Text) if has_cjk(t.get_text())]
    family = installed_cjk_font() if texts else None
    if texts and family is None:
        warn_no_cjk_font("the figure", "write .svg", stacklevel=3)
    metadata: dict[str, str | None] = {"Title": clean(title)}
    if kind == "pdf":
        metadata |= {"CreationDate": None, "Creator": None, "Producer": None}
    else:
        metadata |= {"Software": None}
    buffer = io.BytesIO()
    try:
        for text in texts:
            text.set_fontfamily([family or "DejaVu Sans", "DejaVu Sans"])
        # Type 42 fits TrueType only, and most Chinese fonts are not.
        with matplotlib.rc_context({"pdf.fonttype": 3 if texts else 42}):
            figure.savefig(buffer, format=kind, dpi=printed.dpi * printed.factor(figure), metadata=metadata)
    finally:
        # The same figure may be written as SVG next, where readers have fonts of their own.
        for text in texts:
            text.set_fontfamily(["DejaVu Sans"])
    content = buffer.getvalue()
    return content if kind == "png" else scaled_pdf(content, printed.factor(figure))


def scaled_pdf(pdf: bytes, factor: float) -> bytes:
    """Return a PDF of one page, as matplotlib writes it, with everything on it larger by a factor.

    Added at its end, as PDF lets programs change a file (ISO 32000-1, section 7.5.6): the page with a larger
    box, and before what is drawn a transformation.
    """
    if factor == 1.0:
        return pdf
    page = next(m for m in re.finditer(rb"(\d+) 0 obj\n(.*?)endobj", pdf, re.DOTALL) if b"/MediaBox" in m[2])
    trailer = re.search(rb"trailer\n<<(.*?)/Size (\d+)(.*?)>>\s*startxref\s+(\d+)", pdf, re.DOTALL)
    assert trailer is not None  # matplotlib's own
    size = int(trailer[2])
    box = re.sub(
        rb"/MediaBox \[([^\]]*)\]",
        lambda m: b"/MediaBox [ " + b" ".join(b"%.4f" % (factor * float(v)) for v in m[1].split()) + b" ]",
        page[2],
    )
    body = re.sub(rb"/Contents (\d+ 0 R)", rb"/Contents [ %d 0 R \1 ]" % size, box)
    larger = b"%.6f 0 0 %.6f 0 0 cm\n" % (factor, factor)
    first = b"%d 0 obj\n%sendobj\n" % (int(page[1]), body)
    second = b"%d 0 obj\n<< /Length %d >>\nstream\n%sendstream\nendobj\n" % (size, len(larger), larger)
    start = len(pdf)
    table = b"xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \n" % (
        int(page[1]),
        start,
        size,
        start + len(first),
    )
    end = b"trailer\n<<%s/Size %d%s/Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        trailer[1],
        size + 1,
        trailer[3],
        int(trailer[4]),
        start + len(first) + len(second),
    )
    return pdf + first + second + table + end
