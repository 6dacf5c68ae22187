"""The frame of a diagnosis and the gap to a standard, as blocks."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.document.document import Block, Bullets, Column, Heading, Paragraph, Table, line
from separatrix.languages import Language
from separatrix_cluster.diagnosis.diagnose import Diagnosis
from separatrix_cluster.documents.words import (
    NBSP,
    indicator_interval,
    indicator_value,
    quantity_name,
    sector_name,
    share,
)
from separatrix_cluster.frame.frame import Concentration
from separatrix_cluster.frame.network import Network
from separatrix_cluster.frame.standards import Scorecard
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["frame_blocks", "network_words", "standard_blocks"]


def frame_blocks(found: Diagnosis, words: Language) -> Iterator[Block]:
    """Yield concentration, specialities and the network."""
    frame = found.frame
    yield Heading(words.CL_FRAME)
    if frame.concentrations:
        rows = tuple(
            (
                line(quantity_name(c.of, words)),
                line(str(c.year)),
                line(str(c.enterprises)),
                line(_index(c)),
                line(_part(c.largest_four, c.largest_four_low, c.largest_four_high, words)),
                line(
                    words.CL_NAME_SHARE.format(
                        name=found.cluster.name_of(c.largest),
                        share=_part(c.largest_share, c.largest_share_low, c.largest_share_high, words),
                    )
                ),
            )
            for c in frame.concentrations
        )
        columns = (
            Column(words.CL_OF),
            Column(words.CL_YEAR),
            Column(words.CL_COUNT, "right"),
            Column(words.CL_HHI, "right"),
            Column(words.CL_CR4, "right"),
            Column(words.CL_LARGEST, optional=True),
        )
        caption = words.CL_CONCENTRATION_CAPTION
        if any(c.herfindahl_low is not None for c in frame.concentrations):
            caption = f"{caption}{words.separators[' ']}{words.CL_CONCENTRATION_PART}"
        yield Table(columns, rows, caption, row_heads=True, title=words.CL_CONCENTRATION)
    if frame.specialisations:
        quotients = tuple(
            (
                line(sector_name(found.cluster, s.sector, words)),
                line(str(s.year) if s.year else "–"),
                line(quantity_name(s.measure, words)),
                line(f"{s.quotient:.2f}"),
            )
            for s in frame.specialisations
        )
        heads = (
            Column(words.CL_SECTOR),
            Column(words.CL_YEAR),
            Column(words.CL_MEASURE),
            Column(words.CL_QUOTIENT, "right"),
        )
        yield Table(
            heads, quotients, words.CL_SPECIALITIES_CAPTION, row_heads=True, title=words.CL_SPECIALITIES
        )
    if frame.ellison_glaeser is not None:
        g, h, gamma = frame.ellison_glaeser
        yield Paragraph(line(words.CL_EG.format(g=f"{g:.4f}", h=f"{h:.4f}", gamma=f"{gamma:.4f}")))
    if frame.network is not None:
        yield Paragraph(line(network_words(frame.network, found.cluster, words)))
    if frame.missing:
        yield Heading(words.CL_MISSING, 2)
        yield Bullets(tuple(line(words.capital(words.tell(m))) for m in frame.missing))


def network_words(found: Network, cluster: Cluster, words: Language) -> str:
    """Return how many links there are of those there could be, how cyclic they are, and who has most."""
    return words.CL_NETWORK.format(
        links=found.links,
        arcs=found.arcs,
        nodes=found.nodes,
        pairs=found.pairs,
        connectance=share(found.connectance),
        cycles=_cycles(found.spectral_radius, words),
        busiest=cluster.name_of(found.busiest),
        degree=found.busiest_degree,
    )


def _cycles(radius: float, words: Language) -> str:
    """Return whether links lead in circles, by the spectral radius of who gives to whom."""
    if radius < 0.5:  # 0 or at least 1, but for rounding
        return words.CL_NETWORK_NO_CYCLE
    text = words.CL_NETWORK_CYCLE if radius < 1 + 1e-9 else words.CL_NETWORK_CYCLES
    return text.format(radius=f"{radius:.3f}")


def _index(found: Concentration) -> str:
    """Return the index of enterprises with complete data, and in brackets the bounds of that of all."""
    told = f"{found.herfindahl:.3f}"
    if found.herfindahl_low is None or found.herfindahl_high is None:
        return told
    return f"{told}{NBSP}({found.herfindahl_low:.3f}–{found.herfindahl_high:.3f})"


def _part(value: float, low: float | None, high: float | None, words: Language) -> str:
    """Return a share of enterprises with complete data, and in brackets the bounds of that of all."""
    ends = "" if low is None or high is None else indicator_interval(low, high, "share", words)
    return f"{share(value)}{NBSP}{ends}".strip()


def standard_blocks(card: Scorecard, words: Language) -> Iterator[Block]:
    """Yield the gap to a park standard."""
    verdicts = {
        "met": words.CL_MET,
        "not met": words.CL_NOT_MET,
        "cannot be told": words.CL_CANNOT_BE_TOLD,
        "does not apply": words.CL_DOES_NOT_APPLY,
    }
    title = card.standard.text_in("title", words.code)
    yield Heading(words.CL_STANDARD.format(title=title))
    source = words.CL_STANDARD_SOURCE.format(source=words.source(card.standard.source))
    if not card.standard.verified:
        source = f"{source} {words.CL_STANDARD_UNVERIFIED}"
    note = card.standard.text_in("note", words.code)
    if note:
        source = f"{source}{words.separators[' ']}{note}"
    yield Paragraph(line(source))
    rows, reasons = [], []
    for gap in card.gaps:
        r = gap.requirement
        sign = "≤" if r.op == "<=" else "≥"
        text = r.text_in(words.code)
        verdict = verdicts[gap.verdict]
        if gap.why is not None:
            why = words.CL_VERDICT_WHY.format(requirement=text, verdict=verdict, why=words.tell(gap.why))
            reasons.append(line(words.capital(why)))
        for said in gap.beside:
            told = words.CL_VERDICT_BESIDE.format(requirement=text, said=words.tell(said))
            reasons.append(line(words.capital(told)))
        found = indicator_value(gap.found, r.unit, words)
        threshold = f"{sign}\u00a0{indicator_value(r.value, r.unit, words)}"
        rows.append((line(text), line(threshold), line(found), line(verdict)))
    columns = (
        Column(words.CL_REQUIREMENT, wide=True),
        Column(words.CL_THRESHOLD),
        Column(words.CL_FOUND),
        Column(words.CL_VERDICT),
    )
    yield Table(columns, tuple(rows), title=words.CL_REQUIREMENTS.format(year=card.year))
    reasons = [*(line(words.capital(words.tell(said))) for said in card.said), *reasons]
    if reasons:
        yield Bullets(tuple(reasons))
    if card.yearly_cut is not None:
        cut = f"{100 * card.yearly_cut:.1f}\u00a0%"
        yield Paragraph(line(words.CL_CUT.format(cut=cut, year=card.year, target=card.target_year)))
