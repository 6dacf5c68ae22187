"""``separatrix park admin export``: everything that an enterprise entered."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.cli.opened import COMMAND_LINE, opened

__all__ = ["export"]


def export(folder: Path, /, *, enterprise: str, out: Path, lang: Lang = "en") -> int:
    """Export all data of an enterprise to a zip file.

    Parameters
    ----------
    enterprise : str
        The id of the enterprise.
    out : Path
        The file.
    """
    park = opened(folder)
    from separatrix_park.models import Enterprise
    from separatrix_park.records import export as work
    from separatrix_park.scope import whole_park

    with whole_park("the administrator exports what one enterprise entered"):
        found = Enterprise.objects.filter(key=enterprise).first()
        if found is None:
            raise InputError("W264", say("enterprise `{key}` not found in this park", key=enterprise))
        work.export(park, found, out, COMMAND_LINE)
    print(out)
    return 0
