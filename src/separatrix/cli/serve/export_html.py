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
    if is_cluster(source):
        from separatrix.cluster.tables.folder import files_of, load_cluster
        from separatrix.serve.studio.tasks.files import cluster_page

        cluster = load_cluster(source)
        guard_source(out, *files_of(cluster), what="a file of the cluster")
        with solver_aside():
            page = cluster_page(cluster, lang)
        emit(page, out)
        return exit_code(cluster.remarks)
    from separatrix.serve.studio.tasks.offline_answers import game_page

    emit(game_page(game_of(source, lang), lang), out)
    return 0
