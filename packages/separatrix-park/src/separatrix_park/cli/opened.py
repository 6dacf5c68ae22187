"""The park of a folder, with Django set up for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from separatrix.errors import InputError, how_to_add
from separatrix.sentences import Sentence, say

if TYPE_CHECKING:
    from separatrix_park.folder import ParkFolder

__all__ = [
    "COMMAND_LINE",
    "bring_forward",
    "first_link",
    "left_over",
    "opened",
    "set_up",
    "telling_of_the_database",
]

COMMAND_LINE = "command line"
"""Who the log says did what was done here."""


def opened(folder: Path, *, secure: bool = False) -> ParkFolder:
    """Return the park of a folder; its models may be imported then.

    Parameters
    ----------
    folder : Path
    secure : bool
        Whether this process serves it over https itself.

    Raises
    ------
    InputError
        As `open_park`; W209 where its database is gone or empty; W210 where others may read it.
    """
    from separatrix_park.folder import keep_private, open_park, require_database

    park = open_park(folder)
    require_database(park)
    keep_private(folder)
    set_up(park, secure=secure)
    from separatrix_park.records.health import require_park

    require_park(park)
    return park


def set_up(park: ParkFolder, *, secure: bool = False) -> ParkFolder:
    """Set Django up for a park, or say what to install."""
    from separatrix_park.folder import SQLITE

    if park.database != SQLITE:  # Django itself says so later, and not as an error of an import
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise InputError(
                "U905",
                say("the platform needs `{library}`, which is not installed", library="psycopg"),
                hint=how_to_add("postgres"),
            ) from None
    try:
        from separatrix_park.database import configure

        configure(park, secure=secure)
    except ImportError as problem:
        raise InputError(
            "U905",
            say("the platform needs `{library}`, which is not installed", library=str(problem.name)),
            hint=how_to_add("park"),
        ) from None
    return park


def telling_of_the_database(verb: Callable[..., int]) -> Callable[..., int]:
    """Return a verb that says in a sentence what a database did not do, instead of where the program was.

    Raises
    ------
    InputError
        W207 where the database is not reached, refuses, or cannot be written; U901 for an argument that is no
        text.
    """

    @wraps(verb)
    def verb_with_database_errors(*arguments: Any, **options: Any) -> int:
        try:
            return verb(*arguments, **options)
        except UnicodeEncodeError as problem:
            if not all("\udc80" <= c <= "\udcff" for c in problem.object[problem.start : problem.end]):
                raise
            # So Python gives an argument whose bytes are no UTF-8.
            shown = problem.object[max(0, problem.start - 20) : problem.end]
            shown = shown.encode(errors="backslashreplace").decode()
            raise InputError("U901", say("`{text}` is not valid UTF-8", text=shown)) from None
        except Exception as problem:
            # Asked by its name, since Django is imported by the verb alone, and only where it is installed.
            kinds = {kind.__module__ + "." + kind.__name__ for kind in type(problem).__mro__}
            if not kinds & {"django.db.utils.DatabaseError", "django.db.utils.InterfaceError"}:
                raise
            raise InputError(
                "W207",
                say("the database says: {why}", why=" ".join(str(problem).split())[:300]),
                hint=say(
                    "look whether it runs, whether its address in park.toml and the password are right, and "
                    "whether the folder may be written to"
                ),
            ) from problem

    return verb_with_database_errors


def left_over(folder: Path) -> Sentence:
    """Return the message for an unfinished folder that may still be in use."""
    return say(
        "{name} is unfinished work, with values of a park; delete it unless a backup or restore is running",
        name=str(folder),
    )


def bring_forward(park: ParkFolder, owner: str | None, *, new: bool = False) -> None:
    """Bring the tables of a park to this version's shape, but none that a newer version has changed.

    Parameters
    ----------
    park : ParkFolder
    owner : str or None
        The address of the role that owns the tables.
    new : bool
        Whether the database has to be empty.
    """
    from separatrix_park.database import as_owner, migrate
    from separatrix_park.records.health import require_known_schema, require_no_park

    alias = as_owner(park, owner)
    if new:
        require_no_park(alias)
    require_known_schema(alias)
    migrate(park, owner)


def first_link(park: ParkFolder, email: str, owner: str | None, *, new: bool = False) -> int:
    """Bring the database up to date, and print a link to join the park office."""
    set_up(park)
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.scope import whole_park

    bring_forward(park, owner, new=new)
    with whole_park("the person with access to the machine admits the first person of the office"):
        token = invite(email, "office", None, COMMAND_LINE)
    address = park.access.address or f"http://{park.hosts[0]}:8000"
    print(f"{address}/join/{token}/")
    return 0
