"""Every published case that the project holds, analysed once: the catalogue, and files beside the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import separatrix
from separatrix.game.catalogue_files import catalogue_slugs

__all__ = ["CASES", "EVERY_RUN", "PUBLISHED", "analysed"]

_BESIDE = sorted((Path(__file__).parent / "core" / "golden" / "cases").glob("*.yaml"))

CASES = [*catalogue_slugs(), *map(str, _BESIDE)]
"""What `separatrix.load` reads: the name of a game of the catalogue, or the path of a file."""

PUBLISHED = [pytest.param(case, id=Path(case).stem) for case in CASES]
"""The same as parameters of a test."""


ALIKE = frozenset(
    "artificial-intelligence-or-labour battery-recycling battle-of-the-sexes collective-risk cost-consulting"
    " government-and-market greenwashing hawk-dove-two-populations live-streaming new-energy-vehicles"
    " peer-review prisoners-dilemma-one-population prisoners-dilemma-two-populations"
    " shi-chen-2018-asymmetric shi-chen-2018-one-population stag-hunt-one-population"
    " stag-hunt-two-populations three-parties volunteers-dilemma L02 L14".split()
)
"""Games like another of the list, of the same form and as many shares: long tests take them in the soak."""

EVERY_RUN = [case for case in CASES if Path(case).stem not in ALIKE]
"""The games that long tests take in each run: one at least of each form of payoffs, size and dynamics."""


def analysed(source: Any, symbolic: bool = False, scenario: str | None = None) -> separatrix.Analysis:
    """Return the analysis of a game; that of a published case is worked out once for all tests."""
    return (_of_case if isinstance(source, str) else _new)(source, symbolic, scenario)


def _new(source: Any, symbolic: bool, scenario: str | None) -> separatrix.Analysis:
    return separatrix.analyze(source, symbolic=symbolic, scenario=scenario)


_of_case = cache(_new)
