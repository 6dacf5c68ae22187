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
def init(folder: Path, /, *, name: str, email: str, lang: Lang = "en") -> int:
    """Make a park in a folder, and print the link by which the first person of its office joins.

    Parameters
    ----------
    name : str
        What the park is called.
    email : str
        Of the first person of the office.
    """
    from separatrix.serve.park.folder import create_park

    return _first_link(create_park(folder, name, lang), email)


@app.command
def admin(folder: Path, /, *, email: str) -> int:
    """Print a link, good once, by which a person of the park office joins.

    Parameters
    ----------
    email : str
        Of that person.
    """
    from separatrix.serve.park.folder import open_park

    return _first_link(open_park(folder), email)


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

    _configure(open_park(folder))
    from django.core.asgi import get_asgi_application

    from separatrix.serve.studio.server import listening, server_of

    with listening(host, port) as socket:
        print(f"http://{host}:{socket.getsockname()[1]}/", file=sys.stdout, flush=True)
        server_of(get_asgi_application()).run(sockets=[socket])
    return 0


def _first_link(park: ParkFolder, email: str) -> int:
    _configure(park)
    from django.core.management import call_command

    from separatrix.serve.park.accounts import invite

    call_command("migrate", verbosity=0)
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
