"""Which pages tell others than the office figures over several enterprises, and what audits them before.

The office and auditors see the figures of all and need no audit.  A page that somebody else reads, and that
changes when the figures of a neighbour change, stands here or is a leak; a test looks for such pages.
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
"""By name of a page or an operation, the module that audits what it tells before it is told."""
