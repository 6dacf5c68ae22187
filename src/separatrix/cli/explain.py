"""``separatrix explain``: what an error code means, and the schema of game files."""

from __future__ import annotations

from separatrix.cli.options import Flag
from separatrix.cli.output import emit_json
from separatrix.errors import InputError, NameProblem, nearest

__all__ = ["explain"]


def explain(code: str | None = None, /, *, schema: Flag = False) -> int:
    """Explain an error code at length; without one, list all codes.

    Parameters
    ----------
    code : str
        A code as errors show it, such as S012.
    schema : bool
        Print the JSON Schema of game files instead, for editors that check while one types.
    """
    if schema:
        if code is not None:
            raise InputError("U901", "give either a code or --schema")
        from separatrix.game.schema import json_schema

        emit_json(json_schema(), None)
        return 0
    from separatrix.explain.explanation import EXPLANATIONS

    if code is None:
        for known, explanation in EXPLANATIONS.items():
            print(f"{known}  {explanation.title}")
        return 0
    wanted = code.strip().strip("`").upper()
    if wanted not in EXPLANATIONS:
        meant = nearest(wanted, list(EXPLANATIONS))
        raise NameProblem(
            "U904",
            f"there is no error code `{code}`",
            hint=f"did you mean {meant}?" if meant else "`separatrix explain` lists all codes",
        )
    print(EXPLANATIONS[wanted].text(wanted))
    return 0
