"""``separatrix park``: the platform that a park runs for itself, and its administrator's verbs."""

from __future__ import annotations

from cyclopts import App

from separatrix.cli.serve.park.backup import backup
from separatrix.cli.serve.park.delete import delete
from separatrix.cli.serve.park.export import export
from separatrix.cli.serve.park.init import init
from separatrix.cli.serve.park.link import link
from separatrix.cli.serve.park.migrate import migrate
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
app.command(init)
app.command(serve)
app.command(work)
app.command(admin)
admin.command(link)
admin.command(seed)
admin.command(backup)
admin.command(restore)
admin.command(verify)
admin.command(migrate)
admin.command(export)
admin.command(delete)
admin.command(rotate_key)
