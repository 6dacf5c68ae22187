"""The rows of every table as lines of JSON, the same on SQLite and on PostgreSQL.

Tables are taken as the migrations that were applied describe them, not as this version's code does: so a
backup of an older version is loaded as it was, and then migrated forward as its database would be.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from separatrix_park.connections import reshaping
from separatrix_park.database import migrating
from separatrix_park.strict_json import same_number

__all__ = [
    "RowDigest",
    "Step",
    "applied_steps",
    "comparable",
    "lines_of",
    "load",
    "migrate_to",
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
