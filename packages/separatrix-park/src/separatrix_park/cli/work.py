"""``separatrix park work``: those who work out long answers."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix_park.cli.opened import opened

__all__ = ["work"]


def work(folder: Path, /, *, lang: Lang = "en") -> int:
    """Work out the long answers of a park's platform, until told to end.

    `park serve` starts one of these by itself.  Several may run, also on other machines where the park has
    PostgreSQL: each answer is worked out by one of them.
    """
    park = opened(folder)
    from separatrix_park.database import check_database
    from separatrix_park.queue_process import run_queue
    from separatrix_park.records.health import require_schema

    require_schema()
    check_database(park)
    run_queue(str(folder))
    return 0
