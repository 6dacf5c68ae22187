"""``separatrix instruments``: what policy can do in a game, and ready-made instruments for it.

``separatrix convert``: a game from one kind of file to another, or to a script that integrates it.

``separatrix examples``: the catalogue.

``separatrix explain``: what an error code means, and the schema of game files.

``separatrix new``: a template to start from.
"""

from __future__ import annotations

import io
import logging
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli import output
from separatrix.cli.options import (
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    SetValues,
    assignments,
    game_of,
    named_values,
    starts_in,
    target,
)
from separatrix.cli.output import choose, emit, emit_document, emit_json, guard_source
from separatrix.errors import InputError, NameProblem, nearest

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

    from separatrix.explanations.explanation import Explanation
    from separatrix.game.catalogue import CatalogueEntry
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["convert", "examples", "explain", "instruments", "new"]

Format = Literal["yaml", "csv", "xlsx", "nfg", "matlab", "python"]

SCRIPTS = ("matlab", "python")


def convert(
    model: Model,
    /,
    out: Annotated[Path | None, Parameter(converter=target)],
    *,
    from_: From = None,
    until: float | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    lang: Lang = "en",
    externality_price: Flag = False,
    force: Flag = False,
) -> int:
    """Convert a game to another format, chosen by the extension of the output file.

    A MATLAB or Python script integrates the replicator equations from an initial state, for given
    parameters.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, .csv, .xlsx, .nfg, .m (MATLAB, GNU Octave) or .py (scipy); - is standard
        output.
    until : float
        The end time of a script; by default 100 divided by the largest payoff advantage.
    format : str
        yaml, csv, xlsx, nfg, matlab or python; by default that of the file name, else yaml.
    lang : str
        The language of the comments in a script, if the game has translations.
    externality_price : bool
        Add an externality price to the instruments of the game file: each player is paid the effect of
        its choice on all others, and at level 1 welfare never decreases.
    force : bool
        Overwrite an existing file.
    """
    from separatrix.game.formats.table_writer import check_target, game_content
    from separatrix.run.files import write_file

    chosen = choose(format, out, get_args(Format), default="yaml")
    if chosen not in SCRIPTS and (from_ is not None or until is not None or scenario is not None or set_):
        raise InputError(
            "U901",
            "--from, --until, --scenario and --set are for scripts; other files hold the whole game",
            hint="write a .m or a .py file, or leave them out",
        )
    if out is not None:
        check_target(out, force=force)
    game = game_of(model, lang, set_)
    if externality_price:
        from separatrix.policy.externality_price import externality_price as priced

        if chosen != "yaml":
            raise InputError(
                "U901", "--externality-price needs a game file", hint="write a .yaml file: others hold none"
            )
        game = priced(game)
    if chosen in SCRIPTS:
        content: str | bytes = _script(game, chosen, from_, until, scenario, set_)
    else:
        content = game_content(game, chosen)
    if out is None:
        emit(content, None)
        return 0
    write_file(out, content)
    logging.getLogger(__name__).info("wrote %s", out)
    return 0


def _script(
    game: Game,
    chosen: str,
    given: str | None,
    until: float | None,
    scenario: str | None,
    pairs: Sequence[str] | None,
) -> str:
    from separatrix.dynamics.fields.registry import field
    from separatrix.dynamics.integration.trajectory import follow, read_start
    from separatrix.writers.scripts import MATLAB, PYTHON, matlab_script, problem_of, python_script

    values = assignments(pairs)
    (named,) = starts_in(game, [] if given is None else [given])
    start = read_start(game, named)
    if until is not None and not 0 < until < float("inf"):
        raise InputError(
            "U901", f"--until {until:g}: a script goes forward in time", hint="give a time above 0"
        )
    if game.schedule:
        logging.getLogger(__name__).warning(
            "the script uses constant parameter values; the schedule is ignored"
        )
    if until is None:
        orbit = follow(field(game, values, scenario), start, points=2)
        until = float(orbit.times[-1])
    matlab = chosen == "matlab"
    problem = problem_of(game, MATLAB if matlab else PYTHON, start, until, values, scenario)
    return matlab_script(problem) if matlab else python_script(problem)


ExamplesFormat = Literal["text", "json", "csv"]

PIPED = 400
"""Columns of the list where it is not on a terminal: nothing is cut off."""


def examples(
    slug: Annotated[str | None, Parameter(completer=output.games)] = None,
    /,
    *,
    format: Formatted[ExamplesFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """List the published games in the catalogue, or print the file of one.

    Parameters
    ----------
    slug : str
        The name of a game; without it, all games are listed.
    """
    guard_source(out)
    if slug is not None:
        from separatrix.game.catalogue_files import catalogue_path

        if format is not None:
            raise InputError(
                "U901",
                "a single game is printed as its file stands",
                hint=f"`separatrix convert {slug} FILE` writes it as another kind of file",
            )
        emit(catalogue_path(slug).read_text(encoding="utf-8"), out)
        return 0
    from separatrix.game.catalogue import catalogue
    from separatrix.run.csv_output import csv_text

    chosen = choose(format, out, get_args(ExamplesFormat))
    entries = catalogue(lang)
    if chosen == "json":
        emit_json(
            [{"name": e.slug, "size": e.size, "title": e.title, "source": e.source} for e in entries], out
        )
    elif chosen == "csv":
        rows = ([e.slug, e.size, e.title, e.source] for e in entries)
        emit(csv_text(["name", "strategies", "title", "source"], rows), out)
    else:
        _print_table(entries, out)
    return 0


def _print_table(entries: Sequence[CatalogueEntry], out: Path | None) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    shown = out is None and console.is_terminal
    written = io.StringIO()
    if not shown:
        console = Console(highlight=False, width=PIPED, file=written)
    table = Table(box=SIMPLE_HEAD if shown else None, pad_edge=False, show_header=True)
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("strategies", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("source", overflow="fold")
    for entry in entries:
        # Text, not markup: a title may hold square brackets.
        table.add_row(entry.slug, Text(entry.size), Text(entry.title), Text(entry.short_source))
    console.print(table)
    if not shown:
        emit(written.getvalue(), out)


ExplainFormat = Literal["text", "json"]

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
    format: Formatted[ExplainFormat] = None,
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
    chosen = choose(format, out, get_args(ExplainFormat))
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


InstrumentsFormat = Literal["text", "json", "csv", "yaml", "html", "docx", "pdf", "tex", "md"]


def instruments(
    model: Annotated[str | None, Parameter(completer=output.games)] = None,
    /,
    *,
    add: Annotated[
        list[str] | None, Parameter(negative="", consume_multiple=True, completer=output.ready_made)
    ] = None,
    role: Annotated[list[str] | None, Parameter(negative="")] = None,
    sizes: str | None = None,
    emitted: str | None = None,
    money: str | None = None,
    unit: str | None = None,
    effort: str | None = None,
    format: Formatted[InstrumentsFormat] = None,
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

    chosen = choose(format, out, get_args(InstrumentsFormat), default="yaml" if add else "text")
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


Kind = Literal["table", "tripartite", "matrix", "group", "dynamic"]


def new(
    out: Annotated[Path | None, Parameter(converter=target)],
    /,
    *,
    kind: Kind | None = None,
    parties: int | None = None,
    force: Flag = False,
) -> int:
    """Write a commented template of a game file, ready to analyse.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, or .xlsx for a spreadsheet; - prints it.
    kind : str
        table (two populations, the default), tripartite (three), matrix (one population, several
        strategies), group (groups of several players) or dynamic (payoffs that depend on the shares).
    parties : int
        Number of populations, 1 to 8, instead of --kind.
    force : bool
        Overwrite an existing file.
    """
    from separatrix.game.catalogue import (
        BY_PARTIES,
        MOST_PARTIES,
        parties_text,
        template_text,
        write_template,
    )

    if parties is not None and kind is not None:
        raise InputError("U901", "--parties and --kind both say which template", hint="give one of them")
    if parties is not None and not 1 <= parties <= MOST_PARTIES:
        raise InputError(
            "U901",
            f"--parties {parties}: there are templates for 1 to {MOST_PARTIES}",
            hint="a table has a row for each combination of strategies; for more parties write "
            "`payoff_functions` by hand",
        )
    if parties is not None and parties not in BY_PARTIES:
        text = parties_text(parties)
    else:
        text = template_text(kind or ("table" if parties is None else BY_PARTIES[parties]))
    if out is None:
        emit(text, None)
        return 0
    write_template(out, text, force=force)
    logging.getLogger(__name__).info("wrote %s", out)
    return 0
