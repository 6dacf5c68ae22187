"""Where answers may be written."""

from __future__ import annotations

from pathlib import Path

from separatrix.errors import InputError

__all__ = ["guard_source"]


def guard_source(out: Path, model: str) -> None:
    """Refuse to write an answer over the game it is about.

    Raises
    ------
    InputError
        U903 where `out` is the file `model`.
    """
    if out.exists() and Path(model).exists() and out.samefile(model):
        raise InputError("U903", f"--out {out} is the game file itself", hint="choose another name")
