"""How all figures are drawn and written: style, fonts, and SVG that is deterministic and readable aloud.

Text in figures: how wide it is, where it may break, and writing it so that any font keeps it in place.

Marks of rest points and rest sets, arrowheads, and the star for today.

Where the names of points go: near their marks, over no other mark and no other name.
"""

from __future__ import annotations

import hashlib
import io
import logging
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any, Literal

from separatrix.analysis.results import Analysis, Label
from separatrix.document.fonts import has_cjk, installed_cjk_font, warn_no_cjk_font
from separatrix.document.regime_names import symbol_text
from separatrix.document.state_names import LABELS
from separatrix.languages import Language
from separatrix.run.console import quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ft2font import FT2Font

__all__ = [
    "AS_DRAWN",
    "DIVIDE",
    "FAINT",
    "FLOW",
    "INK",
    "LEADING",
    "Print",
    "RADIUS",
    "SMALL",
    "TEXT",
    "clean",
    "colour",
    "columns_of",
    "description_of",
    "draw_heads",
    "draw_mark",
    "draw_names",
    "draw_today",
    "line_style",
    "raster_or_pdf",
    "shares_in_words",
    "shortened",
    "style",
    "svg_of",
    "width_of",
    "wrapped",
]

TEXT, SMALL = 9.5, 9.0
"""Font sizes in points, readable where a figure is printed at 60 % of a page's width."""

LEADING = 1.28
"""From one line to the next, in font sizes."""

MOST_LETTERS = 1_000

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# What must not begin a line stays with the character before it, what must not end one with that after it.
_PIECE = re.compile(
    rf"[“‘（《「『【〔]*[{_WIDE}][，。、；：！？”’）》」』】〕…％]*|[^\s{_WIDE}]+?(?=[“‘]+[{_WIDE}])|[^\s{_WIDE}]+|\s+"
)


def clean(text: str) -> str:
    """Return text without what cannot be printed, such as signs that turn text around."""
    return "".join(c if c.isprintable() else " " for c in text)


def columns_of(text: str) -> int:
    """Return the width of text in Latin characters, a Chinese one being two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def width_of(text: str, size: float = TEXT) -> float:
    """Return the width of a line in points, in the font of the figures; a Chinese character is a square."""
    return size * sum(_advance(c) for c in text)


@cache
def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    font = _font()
    if not font.get_char_index(ord(character)):
        return 0.6
    return float(font.load_char(ord(character)).linearHoriAdvance) / 65536 / 100


@cache
def _font() -> FT2Font:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    # Not `get_font`, whose fonts matplotlib sets to other sizes as it draws.
    font = FT2Font(font_manager.findfont("DejaVu Sans"))
    font.set_size(100, 72)
    return font


def wrapped(text: str, width: float, measure: Callable[[str], float] = columns_of) -> list[str]:
    """Return `text` in lines of at most a width: by default in Latin characters, a Chinese one being two.

    Lines end at spaces and between Chinese characters; a word that is wider than a line is cut.
    """
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and not piece.isspace() and measure(line + piece) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
        while len(line) > 1 and measure(line.rstrip()) > width:
            fits = 1
            while measure(line[: fits + 1]) <= width:
                fits += 1
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def shortened(text: str, width: float, rows: int = 1, size: float = TEXT) -> list[str]:
    """Return text in at most so many lines of a width in points; an ellipsis replaces the rest."""

    def measure(part: str) -> float:
        return width_of(part, size)

    text = clean(text)[:MOST_LETTERS]
    lines = wrapped(text, width, measure)
    if len(lines) > rows:
        last = lines[rows - 1]
        while last and measure(last + "…") > width:
            last = last[:-1]
        return [*lines[: rows - 1], last.rstrip() + "…"]
    # Lines of about the same length look better than a last one of a single character.
    narrow = max((measure(text) / max(len(lines), 1), *map(measure, _PIECE.findall(text))))
    while len(lines) > 1 and narrow < width:
        even = wrapped(text, narrow, measure)
        if len(even) == len(lines):
            return even
        narrow += size / 2
    return lines


def shares_in_words(
    analysis: Analysis, index: int, words: Language, width: float, rows: int = 2
) -> list[str]:
    """Return what an axis shows, in lines: ``x: share of Enterprise A that plays “cooperate”``."""
    population = analysis.game.populations[index]
    text = words.FIGURE_SHARE.format(
        share=symbol_text(analysis.game, population.share),
        name=population.name,
        strategy=population.strategies[0].name,
    )
    return shortened(text, width, rows)


def label_look(size: float = TEXT) -> dict[str, Any]:
    """Return how a word is written on top of lines."""
    return {
        "fontsize": size,
        "bbox": {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
    }


def rows_height(lines: Sequence[str], size: float = TEXT) -> float:
    """Return the height of lines in points."""
    return len(lines) * size * LEADING


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


DIVIDE: dict[str, Any] = {"color": INK, "linewidth": 2.4, "linestyle": "-"}
"""The basin boundary."""

RADIUS = 5.5
"""How far a mark reaches from its middle, in points."""

_SHAPES: dict[Label, dict[str, Any]] = {
    "asymptotically stable": {"marker": "o", "filled": True, "size": 8.6},
    "centre": {"marker": "o", "filled": False, "size": 8.8, "dot": True},
    "stable": {"marker": "o", "filled": "left", "size": 8.8},
    "saddle": {"marker": "D", "filled": "left", "size": 7.2},
    "source": {"marker": "o", "filled": False, "size": 8.4},
    "unstable": {"marker": "^", "filled": False, "size": 8.6},
    "undecided": {"marker": "s", "filled": False, "size": 7.6, "dot": True},
}

_LINES: dict[Label, Any] = {
    "asymptotically stable": "-",
    "stable": "-",
    "centre": (0, (5, 1.2, 1, 1.2)),
    "saddle": (0, (4, 1.5)),
    "source": (0, (1.2, 1.2)),
    "unstable": (0, (5, 1.4, 1.2, 1.4, 1.2, 1.4)),
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
        [x],
        [y],
        shape["marker"],
        markersize=shape["size"],
        markeredgecolor=shade,
        markeredgewidth=1.5,
        clip_on=False,
        zorder=order,
        linestyle="none",
        **fill,
    )
    if shape.get("dot"):
        axes.plot([x], [y], ".", markersize=4.2, color=shade, clip_on=False, zorder=order + 0.1)


def draw_today(axes: Axes, x: float, y: float, size: float = 12.0) -> None:
    """Mark where the cluster stands, by a star of a size in points."""
    axes.plot(
        [x],
        [y],
        "*",
        markersize=size,
        markerfacecolor="#f7d038",
        markeredgecolor=INK,
        markeredgewidth=0.9,
        clip_on=False,
        zorder=8,
        linestyle="none",
    )


def line_style(label: Label | None) -> dict[str, Any]:
    """Return how a line of rest points is drawn."""
    return {
        "linestyle": _LINES[label or "undecided"],
        "linewidth": 3.6,
        "color": colour(label),
        "solid_capstyle": "round",
        "dash_capstyle": "butt",
        "clip_on": False,
        "zorder": 5,
    }


def draw_heads(
    axes: Axes, places: Iterable[tuple[Any, Any]], length: float, shade: str, *, order: float = 2.5
) -> None:
    """Draw arrowheads, all of them as one path: each is a place and a direction, in data units like `length`.

    The axes must have the same scale in both directions.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    vertices: list[tuple[float, float]] = []
    codes: list[Any] = []
    for (x, y), (dx, dy) in places:
        size = math.hypot(dx, dy)
        if not size > 0:
            continue
        ux, uy = dx / size * length, dy / size * length
        vertices += [
            (x + ux / 2, y + uy / 2),
            (x - ux / 2 - 0.42 * uy, y - uy / 2 + 0.42 * ux),
            (x - ux / 2 + 0.42 * uy, y - uy / 2 - 0.42 * ux),
            (x + ux / 2, y + uy / 2),
        ]
        codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    if vertices:
        heads = PathPatch(Path(vertices, codes), facecolor=shade, edgecolor="none", zorder=order)
        heads.set_clip_on(False)
        axes.add_artist(heads)


Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in points."""

TURNS = 16
ALONE = 13.0
"""The distance of a name from other marks, where there is room: between two it would be ambiguous."""

DISTANCES = (2.0, 6.0, 12.0)


def places_of_names(
    marks: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    wishes: Sequence[tuple[float, float]],
    inside: Box,
    taken: Sequence[Box] = (),
) -> list[tuple[float, float]]:
    """Return the middles of names, in points like everything else here.

    Each name is placed in a direction from its mark, the preferred one unless something is in its way. The
    names of crowded marks choose first.
    """
    solid = [*((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in marks), *taken]
    placed: dict[int, tuple[float, float]] = {}
    boxes: list[Box] = []

    def crowd(k: int) -> float:
        near = (math.dist(marks[k], other) for j, other in enumerate(marks) if j != k)
        return -sum(1 / (d + 5) for d in near if d < 60)

    for k in sorted(range(len(marks)), key=lambda k: (crowd(k), k)):
        (x, y), (width, height), (wx, wy) = marks[k], sizes[k], wishes[k]
        wished = math.atan2(wy, wx)
        best, least = (x, y), math.inf
        for ring, distance in enumerate(DISTANCES):
            for turn in range(TURNS):
                angle = wished + math.tau * turn / TURNS
                dx, dy = math.cos(angle), math.sin(angle)
                # The nearest place in this direction in which the name clears its mark.
                reach = RADIUS + distance + abs(dx) * width / 2 + abs(dy) * height / 2
                px, py = x + dx * reach, y + dy * reach
                box = (px - width / 2, py - height / 2, px + width / 2, py + height / 2)
                cost = (
                    sum(_overlap(box, other) for other in solid)
                    + sum(2 * _overlap(box, other) for other in boxes)
                    + 3 * (width * height - _overlap(box, inside))
                    + 2.0 * (1 - math.cos(angle - wished))
                    + 4.0 * ring
                    + sum(max(0.0, ALONE - _gap(box, other)) for j, other in enumerate(marks) if j != k)
                )
                if cost < least - 1e-9:
                    best, least = (px, py), cost
        px, py = best
        placed[k] = best
        boxes.append((px - width / 2, py - height / 2, px + width / 2, py + height / 2))
    return [placed[k] for k in range(len(marks))]


def _gap(box: Box, mark: tuple[float, float]) -> float:
    """Return the distance from a box to the middle of a mark."""
    (x, y), (left, low, right, high) = mark, box
    return math.hypot(max(left - x, x - right, 0.0), max(low - y, y - high, 0.0))


def _overlap(a: Box, b: Box) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def draw_names(
    axes: Axes,
    names: Sequence[str],
    at: Sequence[Any],
    wishes: Sequence[tuple[float, float]],
    *,
    margin: Box = (0.0, 0.0, 0.0, 0.0),
    others: Iterable[Any] = (),
    clearance: float = RADIUS,
    size: float = SMALL,
    bold: bool = False,
) -> None:
    """Write names near their places, in data units; `others` are places kept free, each by ``clearance``.

    Names may leave the axes on each side by ``margin`` points.
    """
    if not names:
        return
    axes.apply_aspect()
    scale = 72 / axes.figure.dpi

    def in_points(place: Any) -> tuple[float, float]:
        x, y = axes.transData.transform((float(place[0]), float(place[1])))
        return float(x) * scale, float(y) * scale

    marks = [in_points(place) for place in at]
    frame = axes.get_window_extent()
    left, low, right, high = margin
    inside = (
        frame.x0 * scale - left,
        frame.y0 * scale - low,
        frame.x1 * scale + right,
        frame.y1 * scale + high,
    )
    taken = [(x - clearance, y - clearance, x + clearance, y + clearance) for x, y in map(in_points, others)]
    wider, height = (2, 0.9 * size) if bold else (0, 0.8 * size)
    sizes = [(width_of(name, size) + wider, height) for name in names]
    found = places_of_names(marks, sizes, wishes, inside, taken)
    look: dict[str, Any] = {"fontweight": "bold"} if bold else {}
    for name, place, mark, middle in zip(names, at, marks, found, strict=True):
        axes.annotate(
            name,
            (float(place[0]), float(place[1])),
            xytext=(middle[0] - mark[0], middle[1] - mark[1]),
            textcoords="offset points",
            ha="center",
            va="center_baseline",
            zorder=7,
            annotation_clip=False,
            **look,
            **label_look(size),
        )
