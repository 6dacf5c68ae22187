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
    """Verify the log against reports, publications and printed heads.

    The exit code is 1 if the verification fails.

    Parameters
    ----------
    head : list of str
        NUMBER:HASH, as printed in a publication; repeatable.
    """
    opened(folder)
    from separatrix_park.records.audit_trail import check_log
    from separatrix_park.records.chain import Head

    found = check_log([Head.read(text) for text in head or ()])
    for told in found.to_sentences():
        print(language_of(lang).tell(told))
    return 0 if found.whole else 1
