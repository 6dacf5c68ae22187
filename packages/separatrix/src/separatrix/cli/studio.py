"""``separatrix studio``: a local page on which to see a game and move its levers.

``separatrix export-html``: the page of a game or a cluster as one file that opens from disk.

``separatrix mcp``: the server for programs that write with language models.
"""

from __future__ import annotations

import importlib.util
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from separatrix.cli.app import STANDARD
from separatrix.cli.options import Flag, GameOrCluster, Lang, Out, game_of
from separatrix.cli.output import emit, exit_code, guard_source, solver_aside
from separatrix.errors import InputError, how_to_add
from separatrix.plugins import recognized_kind
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.studio.upload import Upload

__all__ = ["export_html", "mcp", "studio"]


def export_html(
    source: GameOrCluster,
    /,
    *,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Export the interactive page of a game or cluster as one HTML file that works offline.

    The exit code is 1 if rows of a cluster were skipped; `cluster check` lists them.
    """
    kind = recognized_kind(source)
    if kind is not None:
        content = kind.call("load", source)
        guard_source(out, *kind.call("files", content), what=f"a file of the {kind.name}")
        with solver_aside():
            page = kind.call("page", content, lang)
        emit(page, out)
        return exit_code(content.remarks)
    from separatrix.studio.simulation_tasks import game_page

    emit(game_page(game_of(source, lang), lang), out)
    return 0


def mcp(*, folder: Path = Path()) -> int:
    """Serve separatrix as a tool to AI assistants, over the Model Context Protocol on standard input and
    output.

    The assistant starts this command. Its tools are load, analyze, check, basins, sweep, report, examples
    and explain. Files outside the folder cannot be read or written.

    Parameters
    ----------
    folder : Path
        The folder for game files and reports; by default the current folder.
    """
    if importlib.util.find_spec("mcp") is None:
        raise InputError(
            "U905",
            "programs are answered with the library mcp, which is not installed",
            hint=how_to_add("mcp"),
        )
    from separatrix.mcp.server import serve

    if sys.stdin.isatty():
        print("waiting for a program on standard input; Ctrl-D ends it", file=sys.stderr)
    serve(folder)
    return 0


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
