"""The heat cascade: intervals of temperature in which heat is offered and wanted; heat never flows up.

Cerda, J., Westerberg, A. W., Mason, D. & Linnhoff, B. (1983). Minimum utility usage in heat exchanger network
synthesis: a transportation problem. Chemical Engineering Science 38(3), 373-387.  Offers stand half the
minimum approach lower and wants half of it higher; then an interval of an offer may serve the same interval
of a want, and every lower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from separatrix_cluster.symbiosis.same_stream import is_heat
from separatrix_cluster.symbiosis.stream import Facility, Stream, number_kept

__all__ = ["ANY", "HeatCascade", "heat_cascade"]

ANY = -1
"""The interval of what is not split by temperature."""


@dataclass(frozen=True)
class HeatCascade:
    """Which part of each stream lies in which interval.

    Attributes
    ----------
    bounds : tuple of pair of float
        Lower and upper end of each interval in shifted °C, from cold to hot; both the same for heat at
        one temperature.
    minimum_approach : float
        K between the source and the sink of heat.
    offered, wanted : tuple of mapping of int to float
        For each offer and each want the amount in each interval; `ANY` where it is not heat or its
        temperature is not given.
    """

    bounds: tuple[tuple[float, float], ...]
    minimum_approach: float
    offered: tuple[Mapping[int, float], ...]
    wanted: tuple[Mapping[int, float], ...]

    def cells(self, offer: int, want: int, facility: Facility | None = None) -> tuple[tuple[int, int], ...]:
        """Return from which interval of an offer to which of a want heat may go, through a network or not."""
        from_, to = tuple(self.offered[offer]), tuple(self.wanted[want])
        if facility is not None and facility.temperature is not None:
            half = self.minimum_approach / 2
            hottest, coldest = facility.temperature - half, facility.temperature + half
            from_ = tuple(i for i in from_ if i == ANY or self.bounds[i][0] >= coldest)
            to = tuple(j for j in to if j == ANY or self.bounds[j][1] <= hottest)
        return tuple((i, j) for i in from_ for j in to if ANY in (i, j) or i >= j)


def heat_cascade(
    offers: Sequence[Stream],
    wants: Sequence[Stream],
    minimum_approach: float,
    facilities: Iterable[Facility] = (),
) -> HeatCascade:
    """Return the intervals, and the amount of each stream in each of them.

    Parameters
    ----------
    offers, wants : sequence of Stream
    minimum_approach : float
        K; at least 0.
    facilities : iterable of Facility
        Networks of heat, whose temperatures part intervals too.

    Examples
    --------
    >>> hot = Stream(
    ...     "A", "waste heat", 2, "energy", "waste energy", 100.0, temperature=150, return_temperature=50
    ... )
    >>> cold = Stream("B", "heat", 3, "energy", "waste energy", 60.0, temperature=90)
    >>> cascade = heat_cascade([hot], [cold], 10)
    >>> cascade.bounds
    ((45.0, 95.0), (95.0, 95.0), (95.0, 145.0))
    >>> cascade.offered[0], cascade.wanted[0], cascade.cells(0, 0)
    ({0: 50.0, 2: 50.0}, {1: 60.0}, ((2, 1),))
    """
    half = minimum_approach / 2
    ranges = [_range(s, -half) for s in offers], [_range(s, half) for s in wants]
    known = [r for side in ranges for r in side if r is not None]
    ends = {end for r in known for end in r}
    for facility in facilities:
        if facility.temperature is not None:
            ends |= {facility.temperature - half, facility.temperature + half}
    points = {low for low, high in known if low == high}
    ordered = sorted(ends)
    bounds: list[tuple[float, float]] = []
    for k, end in enumerate(ordered):
        if end in points:
            bounds.append((end, end))
        if k + 1 < len(ordered):
            bounds.append((end, ordered[k + 1]))
    return HeatCascade(
        tuple(bounds),
        minimum_approach,
        tuple(_parts(s, r, bounds) for s, r in zip(offers, ranges[0], strict=True)),
        tuple(_parts(s, r, bounds) for s, r in zip(wants, ranges[1], strict=True)),
    )


def _range(stream: Stream, shift: float) -> tuple[float, float] | None:
    """Return the shifted ends of a stream of heat, or None where they are not given."""
    if not is_heat(stream) or stream.temperature is None:
        return None
    high = stream.temperature
    low = high if stream.return_temperature is None else stream.return_temperature
    return None if low > high else (low + shift, high + shift)


def _parts(
    stream: Stream, ends: tuple[float, float] | None, bounds: Sequence[tuple[float, float]]
) -> dict[int, float]:
    if ends is None:
        return {ANY: stream.amount}
    low, high = ends
    if low == high:
        return {bounds.index((low, high)): stream.amount}
    return {
        k: number_kept(stream.amount * (top - bottom) / (high - low))
        for k, (bottom, top) in enumerate(bounds)
        if bottom < top and low <= bottom and top <= high
    }
