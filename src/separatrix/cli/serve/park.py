"""``separatrix park``: the platform that a park runs for itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from separatrix.cli.options import Lang
from separatrix.errors import InputError, how_to_add
from separatrix.sentence import say

if TYPE_CHECKING:
    from separatrix.serve.park.folder import ParkFolder

__all__ = ["app"]

app = App(
    name="park",
    help="Run the information platform of a park: init, admin, serve.",
    help_format="plaintext",
    result_action="return_value",
)

COMMAND_LINE = "command line"


@app.command
def init(
    folder: Path,
    /,
    *,
    name: str,
    email: str,
    database: str = "sqlite",
    database_owner: str | None = None,
    lang: Lang = "en",
) -> int:
    """Make a park in a folder, and print the link by which the first person of its office joins.

    Parameters
    ----------
    name : str
        What the park is called.
    email : str
        Of the first person of the office.
    database : str
        ``sqlite``, or postgresql://ROLE@HOST/NAME of the role that the service runs as.
    database_owner : str, optional
        The address of the same database as the role that owns its tables.
    """
    from separatrix.serve.park.folder import create_park

    return _first_link(create_park(folder, name, lang, database), email, database_owner)


@app.command
def admin(folder: Path, /, *, email: str, database_owner: str | None = None) -> int:
    """Print a link, good once, by which a person of the park office joins.

    Parameters
    ----------
    email : str
        Of that person.
    database_owner : str, optional
        The address of the database as the role that owns its tables.
    """
    from separatrix.serve.park.folder import open_park

    return _first_link(open_park(folder), email, database_owner)


@app.command
def serve(folder: Path, /, *, host: str = "127.0.0.1", port: int = 8000) -> int:
    """Serve a park's platform.

    Parameters
    ----------
    host : str
        The address to listen on; by default only programs of this machine reach it.
    port : int
        The port to listen on.
    """
    from separatrix.serve.park.folder import open_park

    park = open_park(folder)
    _configure(park)
    from django.core.asgi import get_asgi_application

    from separatrix.serve.park.database import check_database
    from separatrix.serve.studio.server import listening, server_of

    check_database(park)
    with listening(host, port) as socket:
        print(f"http://{host}:{socket.getsockname()[1]}/", file=sys.stdout, flush=True)
        server_of(get_asgi_application()).run(sockets=[socket])
    return 0


def _first_link(park: ParkFolder, email: str, owner: str | None) -> int:
    _configure(park)
    from separatrix.serve.park.accounts import invite
    from separatrix.serve.park.database import migrate

    migrate(park, owner)
    print(f"http://{park.hosts[0]}:8000/join/{invite(email, 'office', None, COMMAND_LINE)}/")
    return 0


def _configure(park: ParkFolder) -> None:
    """Set Django up, or say what to install."""
    try:
        from separatrix.serve.park.configuration import configure

        configure(park)
    except ImportError as problem:
        raise InputError(
            "U905",
            say("the platform needs `{library}`, which is not installed", library=str(problem.name)),
            hint=how_to_add("park"),
        ) from None
