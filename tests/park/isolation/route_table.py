"""Every address of the platform, from Django's own table of routes, with what its holes are filled by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Route", "routes"]


@dataclass(frozen=True)
class Route:
    """One address: the pieces of its pattern, and the names of its holes in order."""

    pattern: str
    name: str
    holes: tuple[str, ...]

    def address(self, filled: Mapping[str, object]) -> str:
        """Return the address with its holes filled."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda hole: str(filled[hole[1]]), self.pattern)


def routes() -> list[Route]:
    """Return all routes; raise where one cannot be written as an address, for none is passed over."""
    from django.urls import get_resolver

    return sorted(set(_below(get_resolver().url_patterns, "", "")), key=lambda r: r.pattern)


def _below(patterns: Any, prefix: str, space: str) -> Iterator[Route]:
    for entry in patterns:
        pattern = prefix + _written(entry.pattern)
        if hasattr(entry, "url_patterns"):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _below(entry.url_patterns, pattern, inner)
        else:
            yield Route(
                "/" + pattern, f"{space}{entry.name or ''}", tuple(re.findall(r"<(?:\w+:)?(\w+)>", pattern))
            )


def _written(pattern: Any) -> str:
    """Return a pattern as a path with `<holes>`, also where it is an expression."""
    text = str(pattern)
    if hasattr(pattern, "_route"):
        return text
    text = re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.|\[[^\]]*\])*\)", r"<\1>", text.lstrip("^").rstrip("$"))
    text = re.sub(r"\\([-/.])", r"\1", text).replace(r"\Z", "")
    if re.search(r"[\\^$()|*+?]", text):
        raise AssertionError(f"the route {pattern} cannot be written as an address")
    return text
