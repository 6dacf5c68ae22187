"""What reports on published games tell, worked out once for all tests."""

from __future__ import annotations

from functools import cache

import separatrix
from separatrix.reports.study import Study, study


@cache
def published(slug: str, language: str = "en") -> Study:
    """Return what a report on a game of the catalogue tells."""
    return study(separatrix.translate(separatrix.load(slug), language))
