"""The carbon accounts of each enterprise, based on its approved data: calculated once, and summed on
request.

Sums are read from rows that the library calculated from complete reports; no figure here is typed in.
`EnterpriseAccount.basis` identifies the approved reports, so that changed data are recalculated.
"""

from __future__ import annotations

from django.db import models

from separatrix_park.models.people import Enterprise
from separatrix_park.models.tenant import TenantRow


class EnterpriseAccount(TenantRow):
    """Of an enterprise: on which reports its accounts rest, and what was said of them.

    ``component`` names the enterprises whose reports are used: its own, and those linked by energy
    transfers. ``told`` contains missing data, remarks on its rows and its measures, in each language.
    """

    WRITERS = frozenset()
    DERIVED = True

    basis = models.CharField(max_length=64)
    component = models.JSONField(default=list)
    told = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now=True)

    class Meta(TenantRow.Meta):
        constraints = (models.UniqueConstraint(name="one_account_an_enterprise", fields=["enterprise"]),)


class AccountYear(TenantRow):
    """A year of an enterprise: GJ, t CO2e by the grid, currency; empty where nothing is known.

    ``inside`` is supplied by other enterprises of the park, and the park's total excludes it. If ``whole``
    is false, data are missing and each number is a lower bound; ``energy_whole`` states the same for
    energy. ``low`` and ``high`` bound a total with contradictory rows. ``months`` contains t CO2e and GJ by
    month, if bills are monthly; months without a bill have no value.
    """

    WRITERS = frozenset()
    DERIVED = True

    year = models.IntegerField()
    energy = models.FloatField(null=True)
    scope_1 = models.FloatField(null=True)
    scope_2 = models.FloatField(null=True)
    scope_2_market = models.FloatField(null=True)
    inside = models.FloatField(default=0.0)
    energy_inside = models.FloatField(default=0.0)
    value_added = models.FloatField(null=True)
    output = models.FloatField(null=True)
    staff = models.FloatField(null=True)
    whole = models.BooleanField(default=False)
    energy_whole = models.BooleanField(default=False)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    months = models.JSONField(default=list)

    class Meta(TenantRow.Meta):
        constraints = (models.UniqueConstraint(name="one_account_a_year", fields=["enterprise", "year"]),)
        indexes = (models.Index(fields=["year"]),)


class AccountLine(TenantRow):
    """What an enterprise used of one carrier in a year: GJ and t CO2e; or another source of emissions."""

    WRITERS = frozenset()
    DERIVED = True

    year = models.IntegerField()
    carrier = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40)
    scope = models.IntegerField()
    inside = models.BooleanField(default=False)
    energy = models.FloatField(null=True)
    carbon = models.FloatField()

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["year", "carrier"]),)


class Comparison(TenantRow):
    """An enterprise's positions among peers: averages of groups that reveal no single enterprise."""

    WRITERS = frozenset()
    DERIVED = True

    data_version = models.CharField(max_length=64)
    year = models.IntegerField()
    measure = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    own = models.FloatField(null=True)
    average = models.FloatField(null=True)
    others = models.IntegerField()
    sectors = models.JSONField(default=list)
    place = models.CharField(max_length=20, blank=True)
    why = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now_add=True)


class OfficeTable(TenantRow):
    """A table of the cluster that the park office keeps: factors, benchmarks, links and the like.

    It belongs to no enterprise, so that none reads it.
    """

    WRITERS = frozenset({"office"})

    enterprise = models.ForeignKey(Enterprise, null=True, editable=False, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    version = models.IntegerField()
    rows = models.JSONField(default=list)
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(name="one_office_table_a_version", fields=["name", "version"]),
        )


class YearBudget(TenantRow):
    """The most that the park may emit and use in a year, as its office sets it: t CO2e, and GJ."""

    WRITERS = frozenset({"office"})

    enterprise = models.ForeignKey(Enterprise, null=True, editable=False, on_delete=models.CASCADE)
    year = models.IntegerField(unique=True)
    carbon = models.FloatField(null=True)
    energy = models.FloatField(null=True)
    why = models.TextField(blank=True)
    made = models.DateTimeField(auto_now=True)
