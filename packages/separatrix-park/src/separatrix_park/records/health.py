"""Whether the service can do its work: its database, the schema of it, and the disk.

The rows of every table as lines of JSON, the same on SQLite and on PostgreSQL.

Tables are taken as the migrations that were applied describe them, not as this version's code does: so a
backup of an older version is loaded as it was, and then migrated forward as its database would be.

Metrics of the service for Prometheus: requests, reports by state, the log and the disk; counts alone.

They reveal neither reported values nor people, nor the activity of single enterprises.

What programs that watch over the service ask: whether it lives, whether it can work, and its metrics.

They are answered before sessions, scopes and names of hosts are looked at: a service whose database is away
still says so, and a watcher on the same machine needs no name of it.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from separatrix.errors import InputError, Place
from separatrix.sentences import say
from separatrix_park.database import migrating
from separatrix_park.folder import DATABASE, DESCRIPTION, SQLITE, ParkFolder, read_secret, same_number
from separatrix_park.models.people import Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Report
from separatrix_park.row_security import reshaping
from separatrix_park.scope import whole_park, whole_park_on

__all__ = [
    "Check",
    "FREE_SPACE",
    "ProbeMiddleware",
    "RowDigest",
    "Step",
    "UNDER_WAY",
    "applied_steps",
    "comparable",
    "exposition",
    "is_migrated",
    "is_under_way",
    "lines_of",
    "load",
    "may_read",
    "migrate_to",
    "observe",
    "own_tables",
    "readiness",
    "require_known_schema",
    "require_no_park",
    "require_park",
    "require_schema",
    "tables_at",
    "typed",
    "unknown_steps",
]

LEFT_OUT = (
    "sessions.session",  # who is signed in; nobody is on a restored park
    "axes.accessattempt",  # attempts to sign in, with addresses
    "axes.accessattemptexpiration",
    "axes.accesslog",
    "axes.accessfailurelog",
    "django_tasks_database.dbtaskresult",  # work that waits, and the answers that it is for
    "park.answer",
)
"""Tables whose rows belong to a running service; answers are recalculated."""

BATCH = 500

Step = tuple[str, str]
"""A migration: its application and its name."""


class RowDigest:
    """The digest of the rows of a table, whatever their order: databases sort texts differently.

    It is the sum of the SHA-256 of the rows, and speaks against accidents, not against a forger.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Count one row in."""
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest())) % 2**256

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"rows": self.rows, "digest": f"{self._sum:064x}"}


def applied_steps(alias: str) -> list[Step]:
    """Return the migrations that were applied to a database."""
    return sorted(MigrationLoader(connections[alias]).applied_migrations)


def unknown_steps(steps: Iterable[Step]) -> list[Step]:
    """Return the migrations that this version does not have."""
    nodes = MigrationLoader(None).graph.nodes
    return [step for step in steps if step not in nodes]


def tables_at(alias: str, steps: Iterable[Step]) -> list[type[models.Model]]:
    """Return the tables after some migrations, without the excluded ones."""
    loader = MigrationLoader(connections[alias])
    state = loader.project_state([step for step in steps if step in loader.graph.nodes])
    found = [
        model
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]
    return sorted(found, key=lambda model: str(model._meta.label_lower))


def migrate_to(alias: str, steps: Iterable[Step] | None = None) -> None:
    """Migrate a database to just after some migrations, or to the newest ones."""
    executor = MigrationExecutor(connections[alias])
    graph = executor.loader.graph
    targets = graph.leaf_nodes()
    if steps is not None:
        wanted = set(steps)  # of each application the last ones; the rest comes before them
        targets = sorted(
            step
            for step in wanted
            if not any(c.key in wanted and c.key[0] == step[0] for c in graph.node_map[step].children)
        )
    with migrating(alias), reshaping(alias):
        executor.migrate(targets)


def lines_of(model: type[models.Model], alias: str) -> Iterator[bytes]:
    """Yield each row of a table as one line of JSON."""
    fields = model._meta.concrete_fields
    rows = model.objects.using(alias).order_by("pk").values_list(*(f.attname for f in fields))
    for row in rows.iterator(chunk_size=BATCH):
        told = {f.attname: _plain(value) for f, value in zip(fields, row, strict=True)}
        yield json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def comparable(line: bytes) -> bytes:
    """Return a row whose numbers are written alike on each database."""
    told = json.loads(line, parse_float=same_number)
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def load(model: type[models.Model], alias: str, lines: Iterable[bytes]) -> None:
    """Write rows into a table that has none."""
    table = model.objects.using(alias)
    fields = {f.attname: f for f in model._meta.concrete_fields}
    for field in fields.values():  # else the time of the restore would take the place of the time told
        field.auto_now = field.auto_now_add = False
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        table.bulk_create(
            model(**{n: typed(fields[n], value) for n, value in json.loads(line).items()}) for line in batch
        )
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def _plain(value: object) -> object:
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value) if isinstance(value, (uuid.UUID, Decimal, datetime.timedelta)) else value


def typed(field: models.Field[Any, Any], value: object) -> object:
    """Return the value of a column in a line of JSON."""
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(str(value))
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)


FREE_SPACE = 200_000_000
"""Bytes that must be free: an upload, the copy of a backup of a small park, and the log of the database."""

UNDER_WAY = "park_restore_under_way"
"""The table that marks a database while a restore fills it."""

_migrated_before: set[str] = set()


@dataclass(frozen=True)
class Check:
    """One thing that has to hold; ``detail`` is for the office alone."""

    name: str
    holds: bool
    detail: str = ""


def readiness(park: ParkFolder) -> tuple[Check, ...]:
    """Return the checks; what cannot be asked does not hold."""
    database = _database()
    # One that does not answer is waited for once: who watches does not wait for long.
    return (database, _schema() if database.holds else Check("schema", False), _disk(park))


def is_migrated() -> bool:
    """Return whether the database has all migrations of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def require_schema() -> None:
    """Refuse to serve a park whose tables are not those of this version.

    Raises
    ------
    InputError
        W266 where migrations are missing, W262 where a newer version has been at the tables.
    """
    require_known_schema()
    if not is_migrated():
        raise InputError(
            "W266",
            say("the tables of this park are not those of this version"),
            hint=say("make a backup, then run `separatrix park admin migrate`"),
        )


def require_known_schema(alias: str = "default") -> None:
    """Refuse to touch tables that a newer version has changed: part of them would be passed over.

    Raises
    ------
    InputError
        W262 where migrations were applied that this version does not have.
    """
    unknown = unknown_steps(applied_steps(alias))
    if unknown:
        raise InputError(
            "W262",
            say("a newer version has changed the tables of this park: {step}", step=".".join(unknown[0])),
            hint=say("install that version or a newer one; nothing was changed"),
        )


def is_under_way(alias: str) -> bool:
    """Return whether a restore into a database began and did not end."""
    return UNDER_WAY in connections[alias].introspection.table_names()


def own_tables(alias: str) -> set[str]:
    """Return the names of all tables of a park, whether they exist or not."""
    found = connections[alias].introspection.django_table_names()
    return {*found, MigrationRecorder.Migration._meta.db_table, UNDER_WAY}


def _has_log(alias: str) -> bool:
    with whole_park_on(alias, "whether there is a park already"):
        return LogEntry.objects.using(alias).exists()


def require_park(park: ParkFolder) -> None:
    """Reject a database without tables: they would be created again, without people and reports.

    Raises
    ------
    InputError
        W209 where it has no log.
    """
    if LogEntry._meta.db_table not in connection.introspection.table_names():
        raise InputError(
            "W209",
            say("the database of this park is empty"),
            where=Place(str(park.path / (DATABASE if park.database == SQLITE else DESCRIPTION))),
            hint=say("put the database back, or restore a backup into another folder; nothing was changed"),
        )


def require_no_park(alias: str) -> None:
    """Reject a database in use: none of its rows and rights are changed.

    A park has a log from its first invitation on; tables of a park without a log are left by an interrupted
    `init` or restore.

    Raises
    ------
    InputError
        W263 where it holds a park, part of one, or tables of another program.
    """
    tables = set(connections[alias].introspection.table_names(include_views=True))
    strange = tables - own_tables(alias)
    holds: str | None = None
    if UNDER_WAY in tables:
        holds = say("a restore into this database did not end")
    elif LogEntry._meta.db_table in tables and _has_log(alias):
        holds = say("the database already holds a park")
    elif strange:
        holds = say("the database holds tables of another program, such as {name}", name=min(strange))
    if holds:
        raise InputError("W263", holds, hint=say("name an empty one; nothing was changed"))


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        return Check("database", False, _first_line(problem))
    return Check("database", True, connection.vendor)


def _schema() -> Check:
    # A schema that was there once is not asked for again: to read all migrations takes a while.
    name = str(connection.settings_dict["NAME"])
    try:
        if name not in _migrated_before and not is_migrated():
            return Check("schema", False)
    except DatabaseError as problem:
        return Check("schema", False, _first_line(problem))
    _migrated_before.add(name)
    return Check("schema", True)


def _disk(park: ParkFolder) -> Check:
    try:
        free = shutil.disk_usage(park.path).free
    except OSError as problem:
        return Check("disk", False, str(problem.strerror))
    return Check("disk", free >= FREE_SPACE, f"{free / 1e9:.1f} GB")


def _first_line(problem: Any) -> str:
    return " ".join(str(problem).split())[:200]


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


TOKEN = "metrics-token"
"""A file in the folder of the park; who sends its content reads the metrics from elsewhere."""

PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
"""Headers that a proxy sets when it acts for another client."""


class ProbeMiddleware:
    """Answers probes, and counts all other requests; the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        probe = PROBES.get(request.path_info) if request.method in ("GET", "HEAD") else None
        if probe is not None:
            response = probe(request)
            response["Cache-Control"] = "no-store"
            response["X-Content-Type-Options"] = "nosniff"
            return response
        began = time.perf_counter()
        response = self.get_response(request)
        observe(request, response.status_code, time.perf_counter() - began)
        return response


def _live(_: HttpRequest) -> HttpResponse:
    """Say that the process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


def _ready(_: HttpRequest) -> HttpResponse:
    """Say which checks hold, and to strangers not why one does not."""
    checks = readiness(settings.PARK)
    return JsonResponse(
        {c.name: c.holds for c in checks}, status=200 if all(c.holds for c in checks) else 503
    )


def _metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request, settings.PARK):
        return HttpResponse("", status=404)
    return HttpResponse(exposition(settings.PARK), content_type="text/plain; version=0.0.4; charset=utf-8")


PROBES = {"/healthz": _live, "/readyz": _ready, "/metrics": _metrics}


def may_read(request: HttpRequest, park: ParkFolder) -> bool:
    """Return whether a request may see the metrics.

    It is one of this machine that no proxy passed on, or carries the token of the park.
    """
    try:
        token = read_secret(park.path / TOKEN, "W233")
    except InputError:
        token = ""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(told.encode(), token.encode()):
        return True
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
