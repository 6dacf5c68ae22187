"""``separatrix studio``: a local page on which to see a game and move its levers."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from separatrix.cli.app import STANDARD
from separatrix.cli.options import Flag, GameOrCluster, Lang, game_of
from separatrix.errors import InputError, how_to_add
from separatrix.plugins import recognized_kind
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.studio.upload import Upload

__all__ = ["studio"]


def studio(
    source: GameOrCluster = "shi-chen-2018",
    /,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_host: Annotated[list[str] | None, Parameter(negative="")] = None,
    no_browser: Flag = False,
    lang: Lang = "en",
) -> int:
    """Open an interactive page for a game or cluster in the browser.

    Parameters
    ----------
    host : str
        The address to listen on; by default only this machine can connect.
    port : int
        The port to listen on; by default any free port.
    allow_host : list of str
        An additional host name of the server, such as that of a proxy; repeatable.
    no_browser : bool
        Print the address of the page without opening a browser.
    """
    try:
        import python_multipart  # noqa: F401 (asked whether it is there, as the next one)
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as problem:
        raise InputError(
            "U905",
            say("the page is served by `{library}`, which is not installed", library=str(problem.name)),
            hint=how_to_add("studio"),
        ) from None
    from separatrix.studio.application import application
    from separatrix.studio.jobs import Jobs
    from separatrix.studio.security import Door, is_loopback
    from separatrix.studio.server import listening, server_of

    start = _upload_of(source, lang)
    with listening(host, port) as socket:
        door = Door(socket.getsockname()[1], host, tuple(name.lower() for name in allow_host or ()))
        if not is_loopback(host):
            print(_warning(host), file=sys.stderr, flush=True)
        print(door.address, file=sys.stdout, flush=True)
        if not no_browser:
            webbrowser.open(door.address)
        server_of(application(start, Jobs(), door, lang)).run(sockets=[socket])
    return 0


def _warning(host: str) -> str:
    return (
        f"the page is open to the network on {host}: who has the address below can open it and use this "
        "machine's processor; it is not encrypted, so that others on the network can read along. "
        "Give it only to people whom you trust, or leave --host out."
    )


def _upload_of(source: str, lang: str) -> Upload:
    """Return what SOURCE names, read once so that a broken one is refused here."""
    from separatrix.game.catalogue_files import catalogue_slugs
    from separatrix.io.files import read_standard_input
    from separatrix.io.yaml import MAX_BYTES
    from separatrix.studio.upload import Upload

    if source == STANDARD:
        return Upload.of_text(read_standard_input(MAX_BYTES, "a game file"))
    kind = recognized_kind(source)
    if kind is not None:
        return Upload.of_paths(kind.name, kind.call("upload", source))
    game_of(source, lang)
    if source.strip().lower() in catalogue_slugs():
        return Upload.of_example(source)
    return Upload.of_paths("game", [Path(source)])
