"""``separatrix cluster``: its verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix_cluster.cli.account import account
from separatrix_cluster.cli.check import check
from separatrix_cluster.cli.diagnose import diagnose
from separatrix_cluster.cli.feedback import feedback
from separatrix_cluster.cli.footprint import footprint
from separatrix_cluster.cli.measures import measures
from separatrix_cluster.cli.new import new
from separatrix_cluster.cli.symbiosis import symbiosis

__all__ = ["app"]

app = App(
    name="cluster",
    help="Compute carbon accounts, diagnosis, footprints and measures of a cluster from a folder of tables.",
    help_format="plaintext",
    result_action="return_value",
)
for _verb in (new, check, account, diagnose, feedback, footprint, measures, symbiosis):
    app.command(_verb)
