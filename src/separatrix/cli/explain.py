"""``separatrix explain``: what an error code means, and the schema of game files."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import Flag, Formatted, Out
from separatrix.cli.output import choose, emit, emit_json, guard_source
from separatrix.errors import InputError, NameProblem, nearest

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

__all__ = ["explain"]

Format = Literal["text", "json"]


def codes(context: CompletionContext) -> dict[str, str]:
    """Return every code with its title."""
    from separatrix.explain.explanation import EXPLANATIONS

    return {code: explanation.title for code, explanation in EXPLANATIONS.items()}


def explain(
    code: Annotated[str | None, Parameter(completer=codes)] = None,
    /,
    *,
    schema: Flag = False,
    format: Formatted[Format] = None,
    out: Out = None,
) -> int:
    """Explain an error code at length; without one, list all codes.

    Parameters
    ----------
    code : str
        A code as errors show it, such as S012.
    schema : bool
        Print the JSON Schema of game files instead, for editors that check while one types.
    """
    guard_source(out)
    if schema:
        if code is not None:
            raise InputError("U901", "give either a code or --schema")
        from separatrix.game.schema import json_schema

        emit_json(json_schema(), out)
        return 0
    from separatrix.explain.explanation import EXPLANATIONS

    chosen = choose(format, out, get_args(Format))
    if code is None:
        if chosen == "json":
            emit_json({known: found.title for known, found in EXPLANATIONS.items()}, out)
        else:
            emit("".join(f"{known}  {found.title}\n" for known, found in EXPLANATIONS.items()), out)
        return 0
    wanted = code.strip().strip("`").upper()
    if wanted not in EXPLANATIONS:
        meant = nearest(wanted, list(EXPLANATIONS))
        raise NameProblem(
            "U904",
            f"there is no error code `{code}`",
            hint=f"did you mean {meant}?" if meant else "`separatrix explain` lists all codes",
        )
    if chosen == "json":
        emit_json({"code": wanted, **asdict(EXPLANATIONS[wanted])}, out)
    else:
        emit(EXPLANATIONS[wanted].text(wanted), out)
    return 0
