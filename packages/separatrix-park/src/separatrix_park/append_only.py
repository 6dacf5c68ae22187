"""The database refuses to change the log, whatever asks it to: triggers on both, and privileges besides.

They stop program errors and users of the service's role. The owner of the tables and of the file can remove
them, and is detected by heads of the chain that others keep.
"""

from __future__ import annotations

from typing import Any

__all__ = ["keep_append_only"]

TABLE = "park_logentry"

SQLITE = f"""
CREATE TRIGGER IF NOT EXISTS main.{TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE}
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
"""

POSTGRESQL = (
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
        POSTGRESQL
        if connection.vendor == "postgresql"
        else tuple(SQLITE.format(verb=verb) for verb in ("update", "delete"))
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
