"""``separatrix export-html``: the page of a game or a cluster as one file that opens from disk."""

from __future__ import annotations

from separatrix.cli.cluster.symbiosis import solver_aside
from separatrix.cli.options import GameOrCluster, Lang, Out, game_of, is_cluster
from separatrix.cli.output import emit, exit_code, guard_source

__all__ = ["export_html"]


def export_html(
    source: GameOrCluster,
    /,
    *,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Write the page of a game or a cluster as one HTML file that opens from disk, nothing to be fetched.

    The exit code is 1 if rows of a cluster were left out; `cluster check` tells which.
    """
    from separatrix.present.page.offline import offline_page
    from separatrix.serve.studio.tasks.beforehand import game_page

    if is_cluster(source):
        from separatrix.cluster.tables.folder import files_of, load_cluster
        from separatrix.serve.studio.cluster_parts import cluster_game_of, whole_cluster_json

        cluster = load_cluster(source)
        guard_source(out, *files_of(cluster), what="a file of the cluster")
        with solver_aside():
            told, own = whole_cluster_json(cluster), cluster_game_of(cluster)
        emit(offline_page(None, lang, told) if own is None else game_page(own, lang, told), out)
        return exit_code(cluster.remarks)
    emit(game_page(game_of(source, lang), lang), out)
    return 0
