"""``separatrix export-html``: the page of a game or a cluster as one file that opens from disk."""

from __future__ import annotations

from separatrix.cli.options import GameOrCluster, Lang, Out, game_of
from separatrix.cli.output import emit, exit_code, guard_source, solver_aside
from separatrix.plugins import recognized_kind

__all__ = ["export_html"]


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
    from separatrix.studio.offline_answers import game_page

    emit(game_page(game_of(source, lang), lang), out)
    return 0
