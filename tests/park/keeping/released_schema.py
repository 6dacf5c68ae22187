"""Parks as released versions kept them, each an unpacked backup that later versions migrate forward.

`PYTHONPATH=src python tests/park/keeping/released_schema.py` writes the folder of this version anew, as
long as it has not been released; a folder of a released version is never written again.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from separatrix import __version__

__all__ = ["RELEASED", "packed", "write"]

RELEASED = Path(__file__).with_name("released")


def packed(folder: Path, target: Path) -> Path:
    """Return the backup that was unpacked into a folder."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return target


def write() -> Path:
    """Write the folder of this version: a small park with people, reports, evidence and a publication."""
    from park_set_up import park_on

    with park_on("sqlite") as park, tempfile.TemporaryDirectory() as made:
        from separatrix.serve.park.keeping.backup import back_up
        from separatrix.serve.park.keeping.publication import publish
        from separatrix.serve.park.models import Person
        from separatrix.serve.park.releases.publication_table import Wish
        from separatrix.serve.park.scope import whole_park

        from park.keeping.filled_park import fill

        fill(park.path, (500, 400, 300, 450))
        with whole_park("the tests look on"):
            publish(Wish(2025), "Energy of 2025", Person.objects.create_user("office@e.example", "office"))
        backup = back_up(park, Path(made), "tests").path
        folder = RELEASED / __version__
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(backup) as archive:
            archive.extractall(folder)
    return folder


if __name__ == "__main__":
    print(write())
