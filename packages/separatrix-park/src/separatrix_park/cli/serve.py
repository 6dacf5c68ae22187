"""``separatrix park serve``: the platform over HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.sentences import say
from separatrix_park.cli.opened import opened

__all__ = ["serve"]


def serve(
    folder: Path,
    /,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    certificate: Path | None = None,
    key: Path | None = None,
    work: bool = True,
    lang: Lang = "en",
) -> int:
    """Serve a park's platform.

    Parameters
    ----------
    host : str
        The address to listen on; by default only this machine can connect.
    port : int
        The port to listen on.
    certificate : Path
        The certificate chain of this machine in PEM format, for https.
    key : Path
        The private key of the certificate, in PEM format.
    work : bool
        Also process background jobs; otherwise run `park work` separately.
    """
    if (certificate is None) != (key is None):
        raise InputError("W236", say("a certificate and its key come together"))
    park = opened(folder, secure=certificate is not None)
    if "*" in park.names:
        told = say("warning: `hosts` in park.toml names `*`, so that links may lead to any host")
        print(language_of(lang).tell(told), file=sys.stderr)
    from django.db import connection

    from separatrix.studio.server import listening, server_of
    from separatrix_park.asgi import application
    from separatrix_park.database import check_database, pool_connections
    from separatrix_park.front import behind, require_guarded
    from separatrix_park.queue_process import QueueProcess
    from separatrix_park.records.health import require_schema

    require_guarded(park.access, host, certificate is not None)
    require_schema()
    check_database(park)
    connection.close()  # what was asked until now came by a connection that waits for no other one
    pool_connections()
    pair = (certificate, key) if certificate is not None and key is not None else None
    with listening(host, port) as socket:
        server = server_of(behind(park.access, application()), pair)
        scheme = "https" if pair else "http"
        print(f"{scheme}://{host}:{socket.getsockname()[1]}/", file=sys.stdout, flush=True)
        queue = QueueProcess(folder)
        if work:
            queue.start()
        try:
            server.run(sockets=[socket])
        finally:
            queue.close()
    return 0
