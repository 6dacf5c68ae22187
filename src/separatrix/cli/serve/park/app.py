"""``separatrix park``: the platform that a park runs for itself, and its administrator's verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix.cli.serve.park.backup import backup
from separatrix.cli.serve.park.delete import delete
from separatrix.cli.serve.park.export import export
from separatrix.cli.serve.park.init import init
from separatrix.cli.serve.park.link import link
from separatrix.cli.serve.park.migrate import migrate
from separatrix.cli.serve.park.opened import telling_of_the_database
from separatrix.cli.serve.park.restore import restore
from separatrix.cli.serve.park.rotate_key import rotate_key
from separatrix.cli.serve.park.seed import seed
from separatrix.cli.serve.park.serve import serve
from separatrix.cli.serve.park.verify import verify
from separatrix.cli.serve.park.work import work

__all__ = ["app"]

app = App(
    name="park",
    help="Run the information platform of a park: init, admin, serve, work.",
    help_format="plaintext",
    result_action="return_value",
)
admin = App(
    name="admin",
    help="What the administrator of a park's platform does.",
    help_format="plaintext",
    result_action="return_value",
)
app.command(telling_of_the_database(init))
app.command(telling_of_the_database(serve))
app.command(telling_of_the_database(work))
app.command(admin)
admin.command(telling_of_the_database(link))
admin.command(telling_of_the_database(seed))
admin.command(telling_of_the_database(backup))
admin.command(telling_of_the_database(restore))
admin.command(telling_of_the_database(verify))
admin.command(telling_of_the_database(migrate))
admin.command(telling_of_the_database(export))
admin.command(telling_of_the_database(delete))
admin.command(telling_of_the_database(rotate_key))
