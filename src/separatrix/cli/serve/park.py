"""``separatrix park``: the platform that a park runs for itself."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

from separatrix.cli.options import Lang

__all__ = ["app"]

app = App(name="park", help="Run the information platform of a park: init, serve, admin.")


@app.command
def init(folder: Path, /, *, name: str, database: str = "sqlite", lang: Lang = "en") -> int:
    """Make a park in a folder, and print the link by which the office's first person joins."""
    from separatrix.serve.park.folder import create_park

    create_park(folder, name, lang, database)
    return admin(folder)


@app.command
def admin(folder: Path, /, *, email: str = "office@example.org") -> int:
    """Print a link, good once, by which a person of the park office joins."""
    from separatrix.serve.park.configuration import configure
    from separatrix.serve.park.folder import open_park

    configure(open_park(folder))
    from django.core.management import call_command

    from separatrix.serve.park.accounts import invite

    call_command("migrate", verbosity=0)
    print(f"/join/{invite(email, 'office', None, 'command line')}/")
    return 0


@app.command
def serve(folder: Path, /, *, host: str = "127.0.0.1", port: int = 8000) -> int:
    """Serve a park's platform."""
    import uvicorn

    from separatrix.serve.park.configuration import configure
    from separatrix.serve.park.folder import open_park

    configure(open_park(folder))
    from django.core.asgi import get_asgi_application

    server = uvicorn.Server(uvicorn.Config(get_asgi_application(), host=host, port=port, log_level="warning"))
    sockets = [server.config.bind_socket()]
    print(f"http://{host}:{sockets[0].getsockname()[1]}/", file=sys.stdout, flush=True)
    server.run(sockets=sockets)
    return 0
