"""``separatrix instruments``: what policy can do in a game, and ready-made instruments for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli import completers
from separatrix.cli.options import Formatted, Lang, Out, game_of, named_values
from separatrix.cli.output import choose, emit, emit_document, emit_json, guard_source
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.game.model import Game

__all__ = ["instruments"]

Format = Literal["text", "json", "csv", "yaml", "html", "docx", "pdf", "tex", "md"]


def instruments(
    model: Annotated[str | None, Parameter(completer=completers.games)] = None,
    /,
    *,
    add: Annotated[
        list[str] | None, Parameter(negative="", consume_multiple=True, completer=completers.ready_made)
    ] = None,
    role: Annotated[list[str] | None, Parameter(negative="")] = None,
    sizes: str | None = None,
    emitted: str | None = None,
    money: str | None = None,
    unit: str | None = None,
    effort: str | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """List the policy instruments of a game, list instrument templates, or add some to a game file.

    With --add, writes a game file with the new instruments, for use with `separatrix tip` and with --set
    or --over.

    Parameters
    ----------
    model : str
        A game file or a name from `separatrix examples`; without it, the templates are listed.
    add : list of str
        Templates to add: names, strategies (understanding, growth, park, technology) for all templates of
        a strategy that fit, or all.
    role : list of str
        SIX=NAME or SIX=NAME,NAME: the game's name for pi1, pi2, R1, R2, C1 or C2 of Shi and Chen (2018),
        one for all populations or one for each; repeatable.
    sizes : str
        Number of enterprises in each population, for costs and emissions, as in 12,30; by default 1.
    emitted : str
        Additional emissions per unit of time of an enterprise that declines, one number for all
        populations or one for each; adds emissions and a carbon price.
    money : str
        Amount of the price's currency in one unit of payoff, such as 10000; by default 1.
    unit : str
        Unit of the price, such as CNY/t.
    effort : str
        Cost of changing a payoff by one, for instruments that are not pure transfers; by default unknown.
    format : str
        text, json, csv, html, docx, pdf, tex or md for a list; yaml with --add; by default that of the
        file name in --out.
    """
    from separatrix.languages import language_of
    from separatrix.reports.instruments import (
        instruments_csv,
        instruments_data,
        instruments_document,
        ready_csv,
        ready_data,
        ready_document,
    )

    chosen = choose(format, out, get_args(Format), default="yaml" if add else "text")
    setting = {
        "role": role,
        "sizes": sizes,
        "emitted": emitted,
        "money": money,
        "unit": unit,
        "effort": effort,
    }
    if (chosen == "yaml") != bool(add) or (not add and any(setting.values())):
        raise InputError(
            "U901",
            "--add and its options write a game file; a list of templates is not a game file",
            hint="as in --add subsidy carbon_price --emitted 100 --out game.yaml",
        )
    words = language_of(lang)
    guard_source(out, *([] if model is None else [model]))
    if model is None and add:
        raise InputError("U901", "--add needs a game to add to", hint="name a game file, or an example")
    game = None if model is None else game_of(model, lang)
    if game is not None and add:
        emit(_added(game, add, setting), out)
    elif chosen == "json":
        emit_json(ready_data() if game is None else instruments_data(game), out)
    elif chosen == "csv":
        emit(ready_csv(words) if game is None else instruments_csv(game), out)
    else:
        document = ready_document(words) if game is None else instruments_document(game, words)
        emit_document(document, chosen, out, stem="instruments")
    return 0


def _added(game: Game, add: Sequence[str], setting: dict[str, Any]) -> str | bytes:
    """Return the file of a game with ready-made instruments."""
    from separatrix.game.formats.table_writer import game_content
    from separatrix.game.instrument_sets import add_instruments

    def listed(told: str | None) -> Any:
        parts = [part.strip() for part in told.split(",")] if told else []
        return None if told is None else parts[0] if len(parts) == 1 else parts

    roles = named_values(setting["role"] or (), "--role", "C1=cost", "role")
    supported = add_instruments(
        game,
        None if "all" in add else add,
        roles={role: listed(name) for role, name in roles.items()},
        sizes=None if setting["sizes"] is None else setting["sizes"].split(","),
        emitted=listed(setting["emitted"]),
        money=1 if setting["money"] is None else setting["money"],
        unit=setting["unit"],
        effort=setting["effort"],
    )
    return game_content(supported, "yaml")
