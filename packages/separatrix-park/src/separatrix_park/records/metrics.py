"""Metrics of the service for Prometheus: requests, reports by state, the log and the disk; counts alone.

They reveal neither reported values nor people, nor the activity of single enterprises.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from django.db import DatabaseError
from django.db.models import Count, Max
from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from separatrix_park.folder import ParkFolder
from separatrix_park.models import LogEntry, Person, Report
from separatrix_park.scope import whole_park

__all__ = ["exposition", "observe"]

REGISTRY = CollectorRegistry()
REQUESTS = Counter("park_requests", "Requests answered.", ["method", "page", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "park_request_seconds",
    "Seconds until a request was answered.",
    ["page"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request by its page, which is the name of an address and no address itself."""
    match = request.resolver_match
    page = (match.view_name or "other") if match else "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, page, str(status)).inc()
    SECONDS.labels(page).observe(seconds)


class _Park(Collector):
    """The queries to the database and the disk for one view."""

    def __init__(self, park: ParkFolder) -> None:
        self._park = park

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "park_disk_free_bytes",
            "Bytes that are free where the park is.",
            value=shutil.disk_usage(self._park.path).free,
        )
        up = GaugeMetricFamily("park_database_up", "Whether the database answers.")
        try:
            with whole_park("metrics: counts of rows"):
                found = list(self._metrics())
        except DatabaseError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield from found

    def _metrics(self) -> Iterable[Metric]:
        reports = GaugeMetricFamily("park_reports", "Reports by state.", labels=["state"])
        counts = dict(Report.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in Report.State.values:
            reports.add_metric((state,), counts.get(state, 0))
        yield reports
        yield GaugeMetricFamily(
            "park_people", "People who may sign in.", value=Person.objects.filter(is_active=True).count()
        )
        yield GaugeMetricFamily(
            "park_log_entries",
            "Entries of the log.",
            value=LogEntry.objects.aggregate(last=Max("number"))["last"] or 0,
        )
        backup = LogEntry.objects.filter(action="backed up").order_by("-number").first()
        if backup is not None:
            yield GaugeMetricFamily(
                "park_last_backup_seconds",
                "When the last backup was made, in seconds of Unix time.",
                value=backup.at.timestamp(),
            )


def exposition(park: ParkFolder) -> bytes:
    """Return all metrics in the text format of Prometheus."""
    own = CollectorRegistry()
    own.register(_Park(park))
    return bytes(generate_latest(REGISTRY) + generate_latest(own))
