"""Every published case that the project holds: the catalogue, and derivations beside the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix.game.catalogue_files import catalogue_slugs

__all__ = ["CASES", "PUBLISHED"]

_BESIDE = sorted((Path(__file__).parent / "golden" / "cases").glob("*.yaml"))

CASES = [*catalogue_slugs(), *map(str, _BESIDE)]
"""What `separatrix.load` reads: the name of a game of the catalogue, or the path of a file."""

PUBLISHED = [pytest.param(case, id=Path(case).stem) for case in CASES]
"""The same as parameters of a test."""
