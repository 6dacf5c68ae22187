"""``separatrix park``: the platform that a park runs for itself, and its administrator's verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix_park.cli.backup import backup
from separatrix_park.cli.delete import delete
from separatrix_park.cli.export import export
from separatrix_park.cli.init import init
from separatrix_park.cli.link import link
from separatrix_park.cli.migrate import migrate
from separatrix_park.cli.opened import telling_of_the_database
from separatrix_park.cli.restore import restore
from separatrix_park.cli.rotate_key import rotate_key
from separatrix_park.cli.seed import seed
from separatrix_park.cli.serve import serve
from separatrix_park.cli.verify import verify
from separatrix_park.cli.work import work

__all__ = ["app"]

app = App(
    name="park",
    help="Set up, run and administer the information platform of a park.",
    help_format="plaintext",
    result_action="return_value",
)
admin = App(
    name="admin",
    help="Administer a park's platform: links, backups, verification, migration, export, deletion.",
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
