"""A studio that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("uvicorn", reason="the extra `studio` is not installed")

from studio_server import Served


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """Return a server that the tests share."""
    server = Served()
    yield server
    server.close()
