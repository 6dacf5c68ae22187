"""Pages that show figures about several enterprises to readers other than the office, and the audits before
release.

The office and auditors see all figures and need no audit. A page for other readers that changes with a
neighbour's figures is either listed here or a leak; a test looks for such pages.
"""

from __future__ import annotations

from collections.abc import Mapping

from separatrix_park.releases import places, publication_table

__all__ = ["RELEASERS"]

_PUBLICATION, _PLACES = publication_table.__name__, places.__name__

RELEASERS: Mapping[str, str] = {
    "publications": _PUBLICATION,
    "publication": _PUBLICATION,
    "list_publications": _PUBLICATION,
    "publish_figures": _PUBLICATION,  # at the same address as they are listed
    "get_publication": _PUBLICATION,
    "enterprise": _PLACES,
    "enterprise_page": _PLACES,
}
"""The module that audits the figures before release, by name of the page or operation."""
