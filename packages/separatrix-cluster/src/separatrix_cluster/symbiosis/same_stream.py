"""Whether what one enterprise offers is what another wants: by code, by name in two languages, or by words.

No model guesses here: two streams are the same where their codes of one waste list are the same, where
`stream_names.toml` says that their names are, or where every word of the wanted name is in the offered one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from separatrix.sentences import Sentence, say
from separatrix_cluster.symbiosis.stream import Stream

__all__ = ["difference_of_streams", "is_heat", "stream_kind"]


@cache
def _names() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the kind of each known name, and of each kind the more general one."""
    text = files("separatrix_cluster.symbiosis").joinpath("stream_names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    names = {name: kind for kind, entry in table.items() for name in entry["names"]}
    return names, {kind: entry["of"] for kind, entry in table.items() if "of" in entry}


def _folded(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def stream_kind(name: str) -> str:
    """Return the kind of stream that a name means, '' where it is none that is known.

    Examples
    --------
    >>> stream_kind("Blast-furnace slag"), stream_kind("低压蒸汽"), stream_kind("mystery")
    ('blast-furnace-slag', 'steam', '')
    """
    return _names()[0].get(_folded(name), "")


def _lineage(kind: str) -> Iterator[str]:
    above = _names()[1]
    while kind:
        yield kind
        kind = above.get(kind, "")


def is_heat(stream: Stream) -> bool:
    """Return whether a stream is heat that can be handed on, and so is subject to temperatures."""
    if stream.dimension != "energy":
        return False
    return stream.category == "waste energy" or "heat" in _lineage(stream_kind(stream.name))


def difference_of_streams(offer: Stream, want: Stream) -> Sentence | None:
    """Return why two streams are not the same, or nothing where they are or may stand for each other.

    Kinds of heat substitute for each other where both temperatures are given, waters where both purities
    are given: these then decide.

    Examples
    --------
    >>> offer = Stream("A", "blast-furnace slag", 2, "mass", "solid waste", 10.0)
    >>> difference_of_streams(offer, Stream("B", "矿渣", 3, "mass", "solid waste", 10.0)) is None
    True
    >>> str(difference_of_streams(offer, Stream("B", "gypsum", 3, "mass", "solid waste", 10.0)))
    'another stream'
    """
    if offer.dimension != want.dimension:
        return say("another stream, measured in another unit")
    if offer.code and want.code:
        return None if offer.code == want.code else say("another code of the waste list")
    first, second = stream_kind(offer.name), stream_kind(want.name)
    if first and second:
        above = tuple(_lineage(first))
        if second in above:
            return None
        common = set(above) & set(_lineage(second))
        if "heat" in common and None not in (offer.temperature, want.temperature):
            return None
        if "water" in common and None not in (offer.purity, want.purity):
            return None
        return say("another kind of the same; give both one code where it will do") if common else _OTHER
    offered, wanted = set(_folded(offer.name).split()), set(_folded(want.name).split())
    if wanted and wanted <= offered:
        return None
    if wanted & offered:
        return say("names share a word only; give both one code where they are the same")
    return _OTHER


_OTHER = say("another stream")
