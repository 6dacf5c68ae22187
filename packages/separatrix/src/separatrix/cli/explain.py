"""``separatrix explain``: what an error code means, and the schema of game files."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import Flag, Formatted, Lang, Out
from separatrix.cli.output import choose, emit, emit_json, guard_source
from separatrix.errors import InputError, NameProblem, nearest

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

    from separatrix.explanations.explanation import Explanation
    from separatrix.languages import Language

__all__ = ["explain"]

Format = Literal["text", "json"]

_WIDTH = 88


def codes(context: CompletionContext) -> dict[str, str]:
    """Return every code with its title."""
    from separatrix.explanations.explanation import EXPLANATIONS

    return {code: explanation.title for code, explanation in EXPLANATIONS.items()}


def explain(
    code: Annotated[str | None, Parameter(completer=codes)] = None,
    /,
    *,
    schema: Flag = False,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Explain an error code; without a code, list all codes.

    Parameters
    ----------
    code : str
        A code, such as S012.
    schema : bool
        Print the JSON Schema of game files, for validation in an editor.
    """
    guard_source(out)
    if schema:
        if code is not None:
            raise InputError("U901", "give either a code or --schema")
        from separatrix.game.schema import json_schema

        emit_json(json_schema(), out)
        return 0
    from separatrix.explanations.explanation import explanations
    from separatrix.languages import language_of

    words = language_of(lang)
    known_codes = explanations(lang)
    chosen = choose(format, out, get_args(Format))
    if code is None:
        if chosen == "json":
            emit_json({known: found.title for known, found in known_codes.items()}, out)
        else:
            emit("".join(f"{known}  {found.title}\n" for known, found in known_codes.items()), out)
        return 0
    wanted = code.strip().strip("`").upper()
    if wanted not in known_codes:
        meant = nearest(wanted, list(known_codes))
        raise NameProblem(
            "U904",
            f"unknown error code `{code}`",
            hint=f"did you mean {meant}?" if meant else "`separatrix explain` lists all codes",
        )
    if chosen == "json":
        emit_json({"code": wanted, **asdict(known_codes[wanted])}, out)
    else:
        emit(_text(wanted, known_codes[wanted], words), out)
    return 0


def _text(code: str, told: Explanation, words: Language) -> str:
    """Return an explanation as a terminal shows it; Chinese lines are broken by the terminal, anywhere."""

    def filled(prose: str) -> str:
        plain = " ".join(prose.split())
        return plain if words.typography.cjk else textwrap.fill(plain, _WIDTH, break_on_hyphens=False)

    return "\n\n".join(
        (
            words.EXPLAIN_HEAD.format(code=code, title=told.title),
            filled(told.meaning),
            words.EXPLAIN_EXAMPLE,
            textwrap.indent(told.example.rstrip("\n"), "    "),
            filled(words.EXPLAIN_REMEDY.format(remedy=told.remedy)),
        )
    )
