"""All figures released about several enterprises together, and the values behind them."""

from __future__ import annotations

from django.db import models

from separatrix_park.models.log import Publication
from separatrix_park.models.tenant import OfficeRow, TenantRow
from separatrix_park.scope import SEE_ALL, SYSTEM


class Release(OfficeRow):
    """One release: a publication or, without one, enterprises' positions among peers.

    ``figures`` is what they say, each as bounds on a weighted sum of values or on a ratio of sums; it names
    values by their numbers and holds none.
    """

    READERS = SEE_ALL
    KEEPERS = frozenset({SYSTEM})

    year = models.IntegerField(db_index=True)
    publication = models.OneToOneField(
        Publication, null=True, on_delete=models.CASCADE, related_name="release"
    )
    made = models.DateTimeField()
    figures = models.JSONField(default=list)


class ReleasedValue(TenantRow):
    """One value of an enterprise, in one version, behind a released figure.

    A corrected value is another row, so that figures based on the earlier one stay consistent. It is
    deleted with the data it was calculated from. Then no further figures of the year are released, because
    the difference would reveal the deleted data.
    """

    WRITERS = frozenset()

    year = models.IntegerField()
    quantity = models.CharField(max_length=40)
    value = models.FloatField()
    source = models.CharField(max_length=64, blank=True)
    """What the reports were called then: with the same reports another value is a rework."""
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="values")
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["year", "quantity"]),)
