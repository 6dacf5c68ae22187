"""``separatrix studio``: a local page on which to see a game and move its levers."""

from __future__ import annotations

import sys
import webbrowser

from separatrix.cli.options import Flag, Lang, Model, game_of

__all__ = ["studio"]


def studio(
    model: Model = "shi-chen-2018",
    /,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    no_browser: Flag = False,
    lang: Lang = "en",
) -> int:
    """Open a local page on which to see a game and move its levers.

    Parameters
    ----------
    host : str
        The address to listen on; loopback by default.
    port : int
        The port to listen on; by default one that is free.
    no_browser : bool
        Print the address of the page and open no browser.
    """
    import uvicorn

    from separatrix.serve.studio.application import application

    game = game_of(model, lang)
    server = uvicorn.Server(
        uvicorn.Config(application(game, lang), host=host, port=port, log_level="warning")
    )
    sockets = [server.config.bind_socket()]
    address = f"http://{host}:{sockets[0].getsockname()[1]}/"
    print(address, file=sys.stdout, flush=True)
    if not no_browser:
        webbrowser.open(address)
    server.run(sockets=sockets)
    return 0
