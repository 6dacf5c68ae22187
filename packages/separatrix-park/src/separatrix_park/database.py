"""The database of a park: SQLite in its folder, or PostgreSQL under two roles.

One role owns the tables and changes their shape; the service runs as another, which is held to the
policies of `row_security`.  A service that could step over them does not start.

The database refuses to change the log, whatever asks it to: triggers on both, and privileges besides.

They stop program errors and users of the service's role. The owner of the tables and of the file can remove
them, and is detected by heads of the chain that others keep.

The settings of Django for one park; nothing of them lies in a module that could be imported by mistake.

The process that works on the queue of a park, next to the one that serves its pages.

Long answers take the processor for minutes; in a process of their own they keep no page waiting, and what
ends there ends nothing else.  Nothing here needs Django before the process has begun.
"""

from __future__ import annotations

import multiprocessing
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from separatrix.errors import InputError, Place
from separatrix.run.limits import end_with_parent
from separatrix.sentences import say, together
from separatrix_park.accounts.settings import ACCOUNT_APPS, account_settings
from separatrix_park.folder import (
    DATABASE,
    DESCRIPTION,
    SQLITE,
    ParkFolder,
    keep_private,
    open_park,
    read_secret,
)

__all__ = [
    "QueueProcess",
    "as_owner",
    "check_database",
    "configure",
    "forget_what_was_overwritten",
    "keep_append_only",
    "migrate",
    "migrating",
    "pool_connections",
    "run_queue",
    "settings_of",
    "settings_of_database",
]

TABLE = "park_logentry"

APPEND_ONLY_SQLITE = f"""
CREATE TRIGGER IF NOT EXISTS main.{TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE}
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
"""

APPEND_ONLY_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION park_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$
    """,
    f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}",
    f"""
    CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION park_append_only()
    """,
)


def keep_append_only(connection: Any) -> None:
    """Put the triggers on the log where they are not there, as the owner of the tables.

    A migration that recreates the table drops its triggers, so this runs after all migrations.
    """
    statements = (
        APPEND_ONLY_POSTGRESQL
        if connection.vendor == "postgresql"
        else tuple(APPEND_ONLY_SQLITE.format(verb=verb) for verb in ("update", "delete"))
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


PASSWORD = "database-password"
OWNER = "owner"
SERVICE = "service"
TOLD = 4
"""Maximum number of database faults shown; the first ones concern its role."""

LONGEST_NAME = 63
"""Bytes of the name of a PostgreSQL database."""

_migrating: ContextVar[str | None] = ContextVar("migrating", default=None)


def settings_of_database(park: ParkFolder) -> dict[str, Any]:
    """Return Django's settings of the database, as the service uses it."""
    if park.database == SQLITE:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(park.path / DATABASE),
            "OPTIONS": {
                # A write that began as a read could not wait for another one and would fail at once.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA secure_delete=ON;",
                "timeout": 20,
            },
        }
    password = park.path / PASSWORD
    return settings_of_url(
        park.database,
        park.path / DESCRIPTION,
        read_secret(password, "W207") if password.exists() else "",
    )


def settings_of_url(url: str, place: Path, password: str = "") -> dict[str, Any]:
    """Return Django's settings of a PostgreSQL database by its address.

    Raises
    ------
    InputError
        W204 if it is not the address of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        port, named = parts.port, unquote(parts.path.strip("/"))
        query = dict(parse_qsl(parts.query))
        host = query.pop("host", None) or parts.hostname or ""
        for name in host.split(","):
            if not name.startswith(("/", "@")):  # else it is a socket
                name.encode("idna")
    except ValueError:  # the port is not a number, a bracket is not closed, the host is not a name
        parts, port, named, query, host = urlsplit(""), None, "", {}, ""
    if parts.scheme not in ("postgresql", "postgres") or not 0 < len(named.encode()) <= LONGEST_NAME:
        raise InputError(
            "W204",
            say("the database of a park is `sqlite` or an address postgresql://ROLE@HOST/NAME"),
            where=Place(str(place)),
        )
    _require_options_of_postgresql(query, place)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or password,
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": query,
    }


def _require_options_of_postgresql(query: dict[str, str], place: Path) -> None:
    """Refuse an option that PostgreSQL lacks: Django or its driver may have one of that name."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo(**query)
    except ProgrammingError as problem:
        raise InputError(
            "W204",
            say("the address of the database is invalid: {why}", why=str(problem).strip()),
            where=Place(str(place)),
        ) from None


def as_owner(park: ParkFolder, owner_url: str | None) -> str:
    """Return the alias of the connection by which the tables of a park are made and changed.

    Raises
    ------
    InputError
        W206 where PostgreSQL is used and the address of the tables' owner is missing, or is of the
        service's role; W211 where that address leads to another database than the service's.
    """
    from django.db import connections

    if park.database == SQLITE:
        return "default"
    if owner_url is None:
        raise InputError(
            "W206",
            say("the tables of this park belong to another role than the service's"),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say(
                "give the address of the role that owns them: --database-owner postgresql://OWNER@HOST/NAME"
            ),
        )
    made = connections.configure_settings(
        {
            "default": {},
            OWNER: settings_of_url(owner_url, park.path / DESCRIPTION),
            SERVICE: settings_of_database(park),
        }
    )
    if connections.settings.get(OWNER, made[OWNER]) != made[OWNER]:  # asked before with another address
        connections[OWNER].close()
        del connections[OWNER]
    connections.settings |= {OWNER: made[OWNER], SERVICE: made[SERVICE]}
    if made[OWNER]["USER"] == made[SERVICE]["USER"]:  # the owner of a table may remove its rules
        raise InputError(
            "W206",
            say("both addresses of the database name the role `{role}`", role=made[OWNER]["USER"]),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say("give the service a role of its own, which owns no table"),
        )
    _require_one_database(park)
    return OWNER


def _require_one_database(park: ParkFolder) -> None:
    """Refuse two addresses that lead to different databases: the tables would be another park's.

    Names and addresses say little, since servers have several and copies have the same.  A lock of the owner
    that the service meets is in one database of one server that runs.
    """
    from django.db import connections, transaction

    key = secrets.randbits(63)
    service = connections.create_connection(SERVICE)
    try:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as owners:
            owners.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            with service.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
                (is_free,) = cursor.fetchone()
    finally:
        service.close()
    if is_free:
        raise InputError(
            "W211",
            say(
                "the owner's address leads to another database than the service's: {owner}, not {service}",
                owner=_place_of(connections.settings[OWNER]),
                service=_place_of(connections.settings[SERVICE]),
            ),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say("name one database in both addresses; nothing was changed"),
        )


def _place_of(settings: dict[str, Any]) -> str:
    """Return host, port and name of a database, without a role and without a password."""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"{settings['HOST']}{port}/{settings['NAME']}"


def pool_connections() -> None:
    """Use connections to the database again, for a service; before the first of them is made.

    Each request has its own thread, and its connection would end with it. A pooled connection is checked
    when it is taken out, so that a lost database is found again and no scope remains, not even one set for
    longer than a transaction.
    """
    from django.db import connections

    settings = connections.settings["default"]
    if settings["ENGINE"].endswith("postgresql"):
        settings["CONN_HEALTH_CHECKS"] = True
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10, "reset": _forget_scope}
    else:
        settings["ENGINE"] = "separatrix_park.sqlite_pool"
        settings["OPTIONS"]["cached_statements"] = 512


def _forget_scope(connection: Any) -> None:
    connection.execute(
        "SELECT set_config('park.role', '', false), set_config('park.enterprise', '', false),"
        " set_config('park.person', '', false), set_config('park.partner', '', false)"
    )
    if not connection.autocommit:
        connection.commit()


class OwnersMigrations:
    """Sends what migrations ask to the role that runs them, also where a migration does not say so."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Return the database of the migrations that run, None for the usual one."""
        return _migrating.get()

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        """Return the same."""
        return _migrating.get()


@contextmanager
def migrating(alias: str) -> Iterator[None]:
    """Let whatever migrations ask go to one connection."""
    token = _migrating.set(alias)
    try:
        yield
    finally:
        _migrating.reset(token)


def migrate(park: ParkFolder, owner_url: str | None = None) -> None:
    """Bring the tables to this version's shape.

    Raises
    ------
    InputError
        As `as_owner`.
    """
    from django.core.management import call_command
    from django.db import connections

    from separatrix_park.row_security import protect

    alias = as_owner(park, owner_url)
    if park.database == SQLITE:
        _keep_from_others(Path(settings_of_database(park)["NAME"]))
    with migrating(alias):
        call_command("migrate", database=alias, verbosity=0)
    keep_append_only(connections[alias])
    if alias == OWNER:
        protect(connections[OWNER], settings_of_database(park)["USER"])
        connections[OWNER].close()


def _keep_from_others(file: Path) -> None:
    """Let other accounts of the machine not read a database; its journals take its mode over."""
    if not file.exists():
        file.touch(mode=0o600)
    keep_private(file.parent)


def check_database(park: ParkFolder) -> None:
    """Refuse to serve where the database would not keep enterprises apart.

    Raises
    ------
    InputError
        W205 with what is wrong.
    """
    from django.db import connection

    from separatrix_park.row_security import faults

    found = faults(connection)
    if found:
        raise InputError(
            "W205",
            say("the database would not keep enterprises apart: {faults}", faults=_first_of(found)),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say("run `separatrix park admin migrate` as the owner, and serve as a role of its own"),
        )


def _first_of(found: list[str]) -> str:
    """Return the first faults, which show the cause: a role that bypasses policies violates every table."""
    told = together(found[:TOLD], "; ")
    more = len(found) - TOLD
    return say("{faults}; and {count} more", faults=told, count=more) if more > 0 else told


def forget_what_was_overwritten() -> None:
    """Make SQLite empty its journal of what was written, where rows that were deleted may still stand.

    PostgreSQL clears the pages of its tables by itself some time later.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


CODES = {"en": "en", "zh": "zh-hans"}
"""What Django calls each language."""

HERE = Path(__file__).parent
AREAS = ("frame", "people", "reports", "answers", "footprints", "keeping", "api", "demo")
"""The catalogues of translations: one an area of the pages, in ``locale/``."""

APPS = (
    "separatrix_park",
    "django.contrib.admin.apps.SimpleAdminConfig",  # no page of another application finds its way in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    *ACCOUNT_APPS,
    "django_htmx",
    "ninja",
    "django_tasks",
    "django_tasks_db",
)
MIDDLEWARE = (
    "separatrix_park.records.health.ProbeMiddleware",
    "separatrix_park.accounts.headers.HeadersMiddleware",
    "separatrix_park.footprints.node.NodeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "separatrix_park.errors.RefusalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "separatrix_park.api.middleware.ProgramMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "separatrix_park.errors.PlainTextMiddleware",
    "separatrix_park.accounts.second_factor.SecondFactorMiddleware",
    "separatrix_park.asgi.ScopeMiddleware",
)


def settings_of(park: ParkFolder, *, secure: bool = False) -> dict[str, Any]:
    """Return Django's settings for a park.

    Parameters
    ----------
    park : ParkFolder
    secure : bool
        Whether people reach it over https, so that cookies may insist on that.
    """
    return {
        "DEBUG": False,
        "ALLOWED_HOSTS": list(park.names),
        "INSTALLED_APPS": list(APPS),
        "MIDDLEWARE": list(MIDDLEWARE),
        "ROOT_URLCONF": "separatrix_park.urls",
        "DATABASES": {"default": settings_of_database(park)},
        "DATABASE_ROUTERS": ["separatrix_park.database.OwnersMigrations"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "separatrix_park.views.navigation.frame",
                    ]
                },
            }
        ],
        "LANGUAGE_CODE": CODES[park.language],
        "LANGUAGES": list(zip(CODES.values(), ("English", "中文"), strict=True)),
        "LOCALE_PATHS": [HERE / "locale" / area for area in AREAS],
        "FORMAT_MODULE_PATH": ["separatrix_park.formats"],
        "FORM_RENDERER": "django.forms.renderers.TemplatesSetting",
        "MESSAGE_TAGS": {20: "plain", 25: "good", 30: "doubtful", 40: "wrong"},
        "CSRF_FAILURE_VIEW": "separatrix_park.errors.forged",
        "USE_TZ": True,
        "TIME_ZONE": park.time_zone,
        # A year of monthly bills of a hundred carriers has two thousand fields.
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 50_000,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 10_000_000,
        "STATIC_URL": "static/",
        **account_settings(park, secure=secure),
        "TASKS": {
            "default": {
                "BACKEND": "django_tasks_db.DatabaseBackend",
                "QUEUES": ["long", "quick", "partners"],
            },
        },
        "PARK": park,
    }


def configure(park: ParkFolder, *, secure: bool = False) -> None:
    """Set Django up for a park; once a process."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(**settings_of(park, secure=secure or park.access.secure))
        django.setup()


AGAIN = 2.0
"""Seconds after which a process that ended is started again."""

PARTNERS_EVERY = 1.0
"""Seconds between two looks at what is to be sent to partners, or fetched from them."""

GRACE = 8.0
"""Seconds that it has to end."""


def run_queue(folder: str, *, beside: bool = False) -> None:
    """Work on the queue of a park until stopped.

    Parameters
    ----------
    folder : str
    beside : bool
        Whether it ends with the process that started it.
    """
    if beside:
        end_with_parent()

    configure(open_park(Path(folder)))
    from separatrix_park.answers.workers import Care, do_waiting, work
    from separatrix_park.footprints.node import QUEUE
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.footprints.product_roll_up import CARE_EVERY, look_after_products

    pool_connections()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    cares = (
        Care(PARTNERS_EVERY, send_due),
        Care(PARTNERS_EVERY, lambda: do_waiting((QUEUE,))),
        Care(CARE_EVERY, look_after_products),
    )
    work(stop, cares)


class QueueProcess:
    """The process next to the server's; if it ends by itself, another one starts.

    Parameters
    ----------
    folder : Path
        Of the park.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._closed = threading.Event()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._watch = threading.Thread(target=self._keep_one, daemon=True)

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none now."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it."""
        self._watch.start()

    def close(self) -> None:
        """End it, and wait until it has."""
        self._closed.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(GRACE)
            process.kill()
        if self._watch.is_alive():
            self._watch.join(GRACE)

    def _keep_one(self) -> None:
        context = multiprocessing.get_context("spawn")
        while not self._closed.is_set():
            self._process = context.Process(
                target=run_queue, args=(self._folder,), kwargs={"beside": True}, name="separatrix-queue"
            )
            self._process.start()
            self._process.join()
            self._closed.wait(AGAIN)
