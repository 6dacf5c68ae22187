"""``separatrix park admin delete``: an enterprise, with everything it entered.

``separatrix park admin export``: everything that an enterprise entered.
"""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.sentences import say
from separatrix_park.cli.opened import COMMAND_LINE, opened

__all__ = ["delete", "export"]


def delete(folder: Path, /, *, enterprise: str, confirm: str, lang: Lang = "en") -> int:
    """Delete an enterprise, its data and its user accounts permanently.

    Parameters
    ----------
    enterprise : str
        The id of the enterprise.
    confirm : str
        The id again, to confirm.
    """
    park = opened(folder)
    from separatrix_park.models import Enterprise
    from separatrix_park.records.export import delete_enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the administrator deletes one enterprise"):
        found = Enterprise.objects.filter(key=enterprise).first()
    if found is None:
        raise InputError("W264", say("enterprise `{key}` not found in this park", key=enterprise))
    if confirm != enterprise:
        raise InputError("W264", say("nothing was deleted: --confirm does not repeat the id"))
    gone = delete_enterprise(park, found.pk, COMMAND_LINE)
    told = say(
        "deleted; versions of reports: {reports}; files: {files}; publications that say so: {publications}",
        reports=gone.reports,
        files=gone.files,
        publications=gone.publications,
    )
    print(language_of(lang).tell(told))
    return 0


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
