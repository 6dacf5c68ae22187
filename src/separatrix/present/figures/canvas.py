"""How all figures are drawn and written: style, fonts, and SVG that is deterministic and readable aloud."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from separatrix.present.figures.lettering import TEXT, clean, wrapped
from separatrix.present.fonts import has_cjk, installed_cjk_font, warn_no_cjk_font
from separatrix.run.silenced_warnings import quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "FAINT",
    "FLOW",
    "INK",
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


def svg_of(figure: Figure, title: str, description: str) -> str:
    """Return `figure` as an SVG element with a title and a description, ready to stand in a page."""
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
    head += f' role="img" aria-labelledby="{key}-title {key}-desc"'
    said = (
        f'<title id="{key}-title">{escape(title)}</title>\n<desc id="{key}-desc">{escape(description)}</desc>'
    )
    return f"{head}>\n {said}{rest}".strip() + "\n"


def _rounded(path: str) -> str:
    """Return the data of a path to a hundredth of a point."""
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), path)


def raster_or_pdf(figure: Figure, kind: Literal["png", "pdf"], title: str) -> bytes:
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
            figure.savefig(buffer, format=kind, dpi=200, metadata=metadata)
    finally:
        # The same figure may be written as SVG next, where readers have fonts of their own.
        for text in texts:
            text.set_fontfamily(["DejaVu Sans"])
    return buffer.getvalue()
