"""The energy flow as a picture: carriers on the left, sectors on the right, ribbons as wide as the energy.

Reference: Schmidt, M. (2008). The Sankey diagram in energy and material flow management. Journal of
Industrial Ecology 12(1), 82-94.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from separatrix_park.answers.energy_use import EnergyFlow

__all__ = ["flow_picture"]

WIDTH, HEIGHT, BAR, GAP, MARGIN = 760.0, 420.0, 14.0, 10.0, 190.0
COLOURS = ("#0b57a4", "#8a4b00", "#1d6b2f", "#6b3fa0", "#a8071a", "#0f7173", "#7a6a00", "#5b5b5b")
LEAST_LABEL = 11.0
"""Points that a label needs; narrower bars share none."""


@dataclass(frozen=True)
class _Bar:
    name: str
    energy: float
    top: float
    height: float


def flow_picture(
    flows: Sequence[EnergyFlow],
    carrier: Callable[[str], str],
    sector: Callable[[str], str],
    described: str,
) -> SafeString:
    """Return a picture of flows as SVG, with presentation attributes only; a table must show the same data.

    Parameters
    ----------
    flows : sequence of EnergyFlow
    carrier, sector : callable
        What people call them.
    described : str
        What the picture shows, for those who cannot see it.
    """
    if not flows:
        return SafeString("")
    left, right = _bars([(f.carrier, f.energy) for f in flows]), _bars([(f.sector, f.energy) for f in flows])
    scale = _scale(left, right)
    begins, ends = _placed(left, scale), _placed(right, scale)
    colours = {bar.name: COLOURS[k % len(COLOURS)] for k, bar in enumerate(begins)}
    from_, to = {b.name: b.top for b in begins}, {b.name: b.top for b in ends}
    ribbons = []
    for flow in flows:
        high = flow.energy * scale
        ribbons.append((_ribbon(from_[flow.carrier], to[flow.sector], high), colours[flow.carrier]))
        from_[flow.carrier] += high
        to[flow.sector] += high
    height = max(bar.top + bar.height for bar in (*begins, *ends)) + GAP
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" class="flow"><title>{}</title>{}{}{}</svg>',
        f"{WIDTH:.0f}",
        f"{height:.0f}",
        described,
        format_html_join("", '<path d="{}" fill="{}" fill-opacity="0.35"/>', ribbons),
        _labels(begins, MARGIN - BAR, lambda b: colours[b.name], carrier, left=True),
        _labels(ends, WIDTH - MARGIN, lambda _: "#3a3a3a", sector, left=False),
    )


def _bars(parts: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for name, energy in parts:
        sums[name] = sums.get(name, 0.0) + energy
    return sorted(sums.items(), key=lambda item: -item[1])


def _scale(*sides: Sequence[tuple[str, float]]) -> float:
    """Return points per tce, so that both sides fit."""
    return min((HEIGHT - GAP * (len(side) - 1)) / sum(e for _, e in side) for side in sides)


def _placed(side: Sequence[tuple[str, float]], scale: float) -> list[_Bar]:
    found, top = [], GAP / 2
    for name, energy in side:
        found.append(_Bar(name, energy, top, energy * scale))
        top += max(energy * scale, 1.0) + GAP
    return found


def _ribbon(begin: float, end: float, high: float) -> str:
    x0, x1 = MARGIN, WIDTH - MARGIN
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f},{begin:.1f}C{middle:.1f},{begin:.1f} {middle:.1f},{end:.1f} {x1:.1f},{end:.1f}"
        f"V{end + high:.1f}C{middle:.1f},{end + high:.1f} {middle:.1f},{begin + high:.1f} "
        f"{x0:.1f},{begin + high:.1f}Z"
    )


def _labels(
    bars: Sequence[_Bar],
    x: float,
    colour: Callable[[_Bar], str],
    called: Callable[[str], str],
    *,
    left: bool,
) -> SafeString:
    rects = [(f"{x:.1f}", f"{b.top:.1f}", f"{BAR:.1f}", f"{max(b.height, 1.0):.1f}", colour(b)) for b in bars]
    at, anchor = (x - 6, "end") if left else (x + BAR + 6, "start")
    texts, free = [], 0.0
    for b in bars:
        place = max(b.top + b.height / 2 + 4, free)
        free = place + LEAST_LABEL
        texts.append((f"{at:.1f}", f"{place:.1f}", anchor, called(b.name)))
    return format_html(
        "{}{}",
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>', rects),
        format_html_join(
            "", '<text x="{}" y="{}" text-anchor="{}" font-size="12" fill="currentColor">{}</text>', texts
        ),
    )
