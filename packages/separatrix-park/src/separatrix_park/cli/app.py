"""``separatrix park``: the platform that a park runs for itself, and its administrator's verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix_park.cli.backups import backup, restore, rotate_key, verify
from separatrix_park.cli.data import delete, export
from separatrix_park.cli.opened import telling_of_the_database
from separatrix_park.cli.service import init, link, migrate, seed, serve, work

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
