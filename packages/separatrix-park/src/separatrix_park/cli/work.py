"""``separatrix park work``: those who work out long answers."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix_park.cli.opened import opened

__all__ = ["work"]


def work(folder: Path, /, *, lang: Lang = "en") -> int:
    """Process the background jobs of a park's platform until stopped.

    `park serve` starts one worker by default. With PostgreSQL, several workers may run, also on other
    machines.
    """
    park = opened(folder)
    from separatrix_park.database import check_database
    from separatrix_park.queue_process import run_queue
    from separatrix_park.records.health import require_schema

    require_schema()
    check_database(park)
    run_queue(str(folder))
    return 0
