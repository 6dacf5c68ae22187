"""``separatrix park admin verify``: whether the log's chain holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from separatrix.cli.options import Lang
from separatrix.languages import language_of
from separatrix_park.cli.opened import opened

__all__ = ["verify"]


def verify(
    folder: Path,
    /,
    *,
    head: Annotated[list[str] | None, Parameter(negative="")] = None,
    lang: Lang = "en",
) -> int:
    """Hold the log against itself, against reports and publications, and against heads that were printed.

    The exit code is 1 if anything does not hold.

    Parameters
    ----------
    head : list of str
        NUMBER:HASH, as a publication prints it; may be given several times.
    """
    opened(folder)
    from separatrix_park.records.audit_trail import check_log
    from separatrix_park.records.chain import Head

    found = check_log([Head.read(text) for text in head or ()])
    for told in found.told():
        print(language_of(lang).tell(told))
    return 0 if found.whole else 1
