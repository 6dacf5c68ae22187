"""``separatrix park serve``: the platform over HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.serve.park.opened import opened

__all__ = ["serve"]


def serve(folder: Path, /, *, host: str = "127.0.0.1", port: int = 8000) -> int:
    """Serve a park's platform.

    Parameters
    ----------
    host : str
        The address to listen on; by default only programs of this machine reach it.
    port : int
        The port to listen on.
    """
    park = opened(folder)
    from separatrix.serve.park.asgi import application
    from separatrix.serve.park.database import check_database
    from separatrix.serve.studio.server import listening, server_of

    check_database(park)
    with listening(host, port) as socket:
        print(f"http://{host}:{socket.getsockname()[1]}/", file=sys.stdout, flush=True)
        server_of(application()).run(sockets=[socket])
    return 0
