"""``separatrix cluster``: its verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix.cli.cluster.account import account
from separatrix.cli.cluster.check import check
from separatrix.cli.cluster.diagnose import diagnose
from separatrix.cli.cluster.feedback import feedback
from separatrix.cli.cluster.footprint import footprint
from separatrix.cli.cluster.measures import measures
from separatrix.cli.cluster.new import new
from separatrix.cli.cluster.symbiosis import symbiosis

__all__ = ["app"]

app = App(
    name="cluster",
    help="Account for and diagnose a real cluster from a folder of tables.",
    help_format="plaintext",
    result_action="return_value",
)
for _verb in (new, check, account, diagnose, feedback, footprint, measures, symbiosis):
    app.command(_verb)
