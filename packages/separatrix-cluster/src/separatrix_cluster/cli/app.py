"""``separatrix cluster``: its verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix_cluster.cli.accounting import account, check, diagnose, feedback, new
from separatrix_cluster.cli.footprint import footprint
from separatrix_cluster.cli.planning import measures, symbiosis

__all__ = ["app"]

app = App(
    name="cluster",
    help="Compute carbon accounts, diagnosis, footprints and measures of a cluster from a folder of tables.",
    help_format="plaintext",
    result_action="return_value",
)
for _verb in (new, check, account, diagnose, feedback, footprint, measures, symbiosis):
    app.command(_verb)
