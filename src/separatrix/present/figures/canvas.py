"""What all figures share: style, markers, legend, and SVG that is deterministic and readable aloud."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import textwrap
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis, Label, RestPoint, RestSet
from separatrix.present.fonts import has_cjk, installed_cjk_font, warn_no_cjk_font
from separatrix.present.labels import LABELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "FLOW", "INK", "draw_legend", "draw_mark", "draw_today",
    "line_style", "new_figure", "save", "share_label", "style", "svg_of", "wrapped",
]  # fmt: skip

INK, FLOW, FAINT = "#1d2024", "#7d8790", "#c9ced2"
TODAY = "#000000"

# Browsers take the first font they have for each character; matplotlib measured with DejaVu Sans.
FONT_STACK = (
    "'Helvetica Neue', Arial, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)

_BASE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "separatrix",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
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
    """Draw with this program's settings, whatever the user's matplotlib is set to."""
    import matplotlib

    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with matplotlib.rc_context(), warnings.catch_warnings():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_BASE)
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            yield
    finally:
        logger.setLevel(level)


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, independent of pyplot."""
    from matplotlib.figure import Figure as NewFigure

    return NewFigure(figsize=(width, height))


# --------------------------------------------------------------------------- writing


def svg_of(figure: Figure, title: str, description: str) -> str:
    """Return `figure` as an SVG element with a title and a description, ready to stand in a page."""
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    key = "p" + hashlib.sha256((title + description).encode()).hexdigest()[:6]
    svg = re.sub(r'\bid="', f'id="{key}-', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{key}-", svg)
    svg = svg.replace("'DejaVu Sans'", FONT_STACK)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    head, rest = svg.split(">", 1)
    head += f' role="img" aria-labelledby="{key}-title {key}-desc"'
    said = (
        f'<title id="{key}-title">{escape(title)}</title>\n<desc id="{key}-desc">{escape(description)}</desc>'
    )
    return f"{head}>\n {said}{rest}".strip() + "\n"


def save(figure: Figure, path: Path, title: str) -> None:
    """Write a PNG or PDF; warn where the figure needs a font that is not installed."""
    import matplotlib
    from matplotlib.text import Text

    suffix = path.suffix.lower()
    if suffix not in (".png", ".pdf"):
        raise ValueError(f"{path.name}: a figure is written as .svg, .png or .pdf")
    texts = [t for t in figure.findobj(Text) if has_cjk(t.get_text())]
    if texts:
        family = installed_cjk_font()
        if family is None:
            warn_no_cjk_font("the figure", "write .svg", stacklevel=3)
        else:
            for text in texts:
                text.set_fontfamily([family, "DejaVu Sans"])
    metadata: dict[str, str | None] = {"Title": title}
    if suffix == ".pdf":
        metadata |= {"CreationDate": None, "Creator": None, "Producer": None}
    else:
        metadata |= {"Software": None}
    # Type 42 fits TrueType only, and most Chinese fonts are not.
    with matplotlib.rc_context({"pdf.fonttype": 3 if texts else 42}):
        figure.savefig(path, dpi=200, metadata=metadata)


# --------------------------------------------------------------------------- words


def share_label(analysis: Analysis, index: int, width: int = 52, rows: int = 2) -> str:
    """Return what an axis shows: ``x: share of Enterprise A that plays “cooperate”``, in short lines."""
    population = analysis.game.populations[index]
    text = f"{population.share}: share of {population.name} that plays “{population.strategies[0].name}”"
    lines = wrapped("".join(c if c.isprintable() else " " for c in text), width)
    if len(lines) > rows:
        lines = [*lines[: rows - 1], lines[rows - 1][: width - 2] + "…"]
    return "\n".join(lines)


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` Latin characters; a Chinese one counts as two."""
    lines, line, used = [], "", 0
    for word in re.findall(
        r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff]+|\s+", text
    ):
        cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in word)
        if used and used + len(word.rstrip()) > width and not word.isspace():
            lines.append(line.rstrip())
            line, used = "", 0
        line, used = line + word, used + cells
    return [*lines, line.rstrip()]


# --------------------------------------------------------------------------- marks

_SHAPES: dict[Label, dict[str, Any]] = {
    "asymptotically stable": {"marker": "o", "filled": True, "size": 10},
    "centre": {"marker": "o", "filled": False, "size": 10, "dot": True},
    "stable": {"marker": "o", "filled": "left", "size": 10},
    "saddle": {"marker": "D", "filled": "left", "size": 8.2},
    "source": {"marker": "o", "filled": False, "size": 10},
    "unstable": {"marker": "^", "filled": False, "size": 9.5},
    "undecided": {"marker": "s", "filled": False, "size": 8.5, "dot": True},
}

_LINES: dict[Label, Any] = {
    "asymptotically stable": "-",
    "stable": "-",
    "centre": (0, (5, 1.2, 1, 1.2)),
    "saddle": (0, (4, 1.5)),
    "source": (0, (1.2, 1.2)),
    "unstable": (0, (1.2, 1.2)),
    "undecided": (0, (1, 3)),
}


def colour(label: Label | None) -> str:
    """Return the colour of a label on white."""
    return LABELS[label or "undecided"].light


def draw_mark(axes: Axes, x: float, y: float, label: Label | None, *, order: float = 6) -> None:
    """Draw a rest point; labels differ in shape and fill as well as in colour."""
    shape = _SHAPES[label or "undecided"]
    shade = colour(label)
    fill: dict[str, Any] = {"markerfacecolor": shade if shape["filled"] is True else "white"}
    if shape["filled"] == "left":
        fill = {"fillstyle": "left", "markerfacecolor": shade, "markerfacecoloralt": "white"}
    axes.plot(
        [x], [y], shape["marker"], markersize=shape["size"], markeredgecolor=shade, markeredgewidth=1.6,
        clip_on=False, zorder=order, linestyle="none", **fill,
    )  # fmt: skip
    if shape.get("dot"):
        axes.plot([x], [y], ".", markersize=4.5, color=shade, clip_on=False, zorder=order + 0.1)


def draw_today(axes: Axes, x: float, y: float) -> None:
    """Mark where the cluster stands."""
    axes.plot(
        [x], [y], "*", markersize=13, markerfacecolor="#f7d038", markeredgecolor=INK, markeredgewidth=1,
        clip_on=False, zorder=8, linestyle="none",
    )  # fmt: skip


def line_style(label: Label | None) -> dict[str, Any]:
    """Return how a line of rest points is drawn."""
    return {
        "linestyle": _LINES[label or "undecided"],
        "linewidth": 4.2,
        "color": colour(label),
        "solid_capstyle": "round",
        "dash_capstyle": "butt",
        "clip_on": False,
        "zorder": 5,
    }


def draw_legend(
    axes: Axes,
    points: Sequence[RestPoint],
    sets: Sequence[RestSet],
    lines: Sequence[tuple[str, dict[str, Any]]] = (),
    *,
    today: bool = False,
    step: float = 0.062,
) -> None:
    """Fill `axes`, a strip beside the figure, with what its marks and lines mean."""
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.axis("off")
    at = 0.97
    for label in LABELS:
        named = [p.id for p in points if p.stability == label]
        if named:
            draw_mark(axes, 0.07, at, label)
            at = _legend_text(axes, at, label, ", ".join(named), step)
    for label in LABELS:
        named = [s.id for s in sets if s.stability == label]
        if named:
            axes.plot([0.0, 0.14], [at, at], **line_style(label))
            at = _legend_text(axes, at, f"rest set: {label}", ", ".join(named), step)
    for text, look in lines:
        axes.plot([0.0, 0.14], [at, at], **look)
        at = _legend_text(axes, at, text, "", step)
    if today:
        draw_today(axes, 0.07, at)
        _legend_text(axes, at, "today", "", step)


def _legend_text(axes: Axes, at: float, text: str, names: str, step: float) -> float:
    rows = [*textwrap.wrap(text, 26), *(textwrap.wrap(names, 26)[:3])]
    for k, row in enumerate(rows):
        muted = k >= len(textwrap.wrap(text, 26))
        axes.text(
            0.21, at - k * step * 0.72, row, va="center", fontsize=8.2 if muted else 9,
            color="#5c6268" if muted else INK,
        )  # fmt: skip
    return at - step * (1.05 + 0.72 * (len(rows) - 1))
