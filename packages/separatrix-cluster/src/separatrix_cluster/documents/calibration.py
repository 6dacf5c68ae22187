"""`calibrate` as a document: every parameter with its basis, its interval and its rows, as reviewers ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from separatrix.document.numerals import percent
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Formula,
    Heading,
    Paragraph,
    Table,
    Verbatim,
    basis_in_words,
    document_in,
    line,
)
from separatrix.formulas.tex import symbol_of_latex, symbol_of_name
from separatrix.game.instrument_sets import ready_instruments
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.io.yaml_output import yaml_text
from separatrix.languages import Language, language_of
from separatrix.languages.number_text import rounded
from separatrix.run.csv_output import csv_text
from separatrix_cluster.calibration.calibration import (
    STRATEGIES,
    Calibration,
    PossibleRegimes,
    game_document,
    population_names,
    possible_regimes,
)
from separatrix_cluster.calibration.parameters import COMPONENTS, Estimate, StartInside, paper_parameters
from separatrix_cluster.calibration.players import Side
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    remarks_blocks,
    spreadsheet_csv,
    synthetic_note,
)
from separatrix_cluster.documents.vocabulary import NBSP, indicator_value, span

__all__ = ["calibrated_game", "calibration_csv", "calibration_document", "translated_game"]

DIGITS = 5


def calibrated_game(found: Calibration) -> str:
    """Return the game file of a calibration, with what people read in Chinese too."""
    return yaml_text(_calibrated(found))


def _calibrated(found: Calibration) -> dict[str, Any]:
    """Return what the game file of a calibration holds, with what people read in Chinese too."""
    document = game_document(found)
    words = language_of("zh")
    names = {str(name): words.tell(name) for name in population_names(found)}
    prices = [told["unit"] for told in document["instruments"].values() if "unit" in told]
    document["translations"] = {
        "zh": {
            "title": words.CAL_GAME.format(name=found.cluster.name),
            "names": names | dict(zip(STRATEGIES, (words.CAL_ACT, words.CAL_WAIT), strict=True)),
            "meanings": {p.name: words.tell(p.meaning) for p in found.parameters}
            | ({} if found.speed is None else {"beta": words.CAL_SPEED})
            | {name: ready_instruments()[name].translations["zh"] for name in document["instruments"]},
            "units": {unit: words.unit(unit) for unit in (found.unit, f"1/(a·{found.unit})", *prices)},
        }
    }
    return document


def translated_game(found: Calibration) -> Game:
    """Return the game of a calibration with what people read in every language.

    Examples
    --------
    >>> from separatrix_cluster.calibration.calibrate import calibrate
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> sorted(translated_game(calibrate(load_cluster("synthetic-park"))).translations)
    ['zh']
    """
    return load(_calibrated(found))


def calibration_csv(found: Calibration, words: Language) -> str:
    """Return the parameters as CSV: one a row, or one enterprise a row where each has its own.

    A table of enterprises is for programs: its headings are those of the game in every language, and an
    enterprise without measures has empty cells, for which a network takes the values of the game.
    """
    if found.pair == "enterprises":
        names = [p.name for p in found.parameters]
        own = {
            side.members[0]: {
                p.name: float(p.estimate.value) for p in paper_parameters(side.components, "", found.grid)
            }
            for side in found.own
        }
        return csv_text(
            ["enterprise", *names],
            (
                (name, *(own.get(str(name), {}).get(parameter) for parameter in names))
                for name in found.cluster.enterprises
            ),
        )
    rows = [
        (
            p.name,
            words.tell(p.meaning),
            float(p.estimate.value),
            float(p.estimate.low),
            float(p.estimate.high),
            words.unit(found.unit),
            basis_in_words(p.estimate.basis, words),
            _origin(p.estimate, words),
        )
        for p in found.parameters
    ]
    return spreadsheet_csv("name meaning value low high unit basis source".split(), rows, words)


def calibration_document(found: Calibration, words: Language) -> Document:
    """Return a calibration as a document."""
    return document_in(
        words,
        words.CAL_TITLE.format(name=found.cluster.name),
        found.cluster.description.place,
        _blocks(found, words),
    )


def _blocks(found: Calibration, words: Language) -> Iterator[Block]:
    yield from synthetic_note(found.cluster, words)
    for side in found.sides:
        yield Paragraph(line(_lead(found, side, words)), lead=True)
    if found.cautions:
        yield Bullets(tuple(line(words.capital(words.tell(c))) for c in found.cautions))
    yield Heading(words.CAL_PARAMETERS)
    yield _six(found, words)
    yield Paragraph(line(words.CAL_INTERVALS))
    for side in found.sides:
        yield _made_of(found, side, words)
    yield Heading(words.CAL_TODAY)
    yield Bullets(tuple(line(text) for text in _today(found, words)))
    yield Heading(words.CAL_REGIMES)
    yield from _regimes(possible_regimes(found), words)
    yield Heading(words.CAL_NEXT)
    origin = found.cluster.origin or "CLUSTER"
    options = [] if found.pair == "representative" else [f"--pair {found.pair}"]
    for name, value in found.asked.items():
        option, _, part = name.partition(" ")
        options.append(f"--{option} {part}={value}" if part else f"--{option} {value}")
    game = game_document(found)
    verbs = ["analyze", "basins"]
    if "today" in game and any("uncertain" in p for p in game["parameters"].values()):
        verbs.append("sensitivity")  # it asks where things end from today
    verbs.append("tip")
    yield Verbatim(
        "\n".join(
            (
                f"separatrix calibrate {' '.join((origin, *options))} --out game.yaml",
                *(f"separatrix {verb} game.yaml" for verb in verbs),
            )
        )
    )
    yield from remarks_blocks(found.remarks, words)
    yield from closing_blocks(found.cluster, words)


# --------------------------------------------------------------------------- what it comes to


def _lead(found: Calibration, side: Side, words: Language) -> str:
    alone, together = side.components.advantages()
    values = {
        "side": words.tell(side.name),
        "members": len(side.members),
        "group": len(side.group),
        "alone": indicator_value(float(alone), found.unit, words),
        "together": indicator_value(float(together), found.unit, words),
    }
    threshold = side.components.threshold
    if alone > 0 and together > 0:
        told = words.CAL_LEAD_ALWAYS.format(**values)
    elif alone <= 0 and together <= 0:
        for name, lost in (("alone", -alone), ("together", -together)):
            values[name] = indicator_value(float(lost), found.unit, words)
        told = words.CAL_LEAD_NEVER.format(**values)
    else:
        template = words.CAL_LEAD_TIPPING if together > alone else words.CAL_LEAD_MIXED
        told = template.format(threshold=percent(float(threshold or 0), 0), **values)
    return told


def _number(value: Fraction) -> str:
    return rounded(float(value), DIGITS)


def _interval(of: Estimate) -> str:
    if of.certain:
        return "–"
    return span(_number(of.low), _number(of.high))


def _origin(of: Estimate, words: Language) -> str:
    return words.separators["; "].join((words.tell(of.how), *of.sources))


def _columns(words: Language, unit: str) -> tuple[Column, ...]:
    return (
        Column(words.SYMBOL),
        Column(words.MEANING, wide=True),
        Column(words.VALUE, "right"),
        *(() if unit else (Column(words.UNIT),)),
        Column(words.CAL_INTERVAL, "right"),
        Column(words.CAL_BASIS),
        Column(words.CAL_ROWS, wide=True),
    )


def _six(found: Calibration, words: Language) -> Table:
    rows = []
    for p in found.parameters:
        symbol = symbol_of_latex(p.latex) or symbol_of_name(p.name)
        rows.append(
            (
                (Formula(symbol),),
                line(words.tell(p.meaning)),
                line(_number(p.estimate.value)),
                line(_interval(p.estimate)),
                line(basis_in_words(p.estimate.basis, words)),
                line(_origin(p.estimate, words)),
            )
        )
    caption = words.CAL_CAPTION.format(unit=words.unit(found.unit))
    return Table(_columns(words, found.unit), tuple(rows), caption, row_heads=True, title=words.CAL_TABLE)


def _made_of(found: Calibration, side: Side, words: Language) -> Table:
    units = {"s": "", "p": f"{found.cluster.description.currency}/t", "a": "t CO2e/a"}
    rows = []
    for name, of in side.components:
        unit = words.unit(units.get(name, found.unit))
        rows.append(
            (
                (Formula(symbol_of_name("pi_2" if name == "pi2" else name)),),
                line(words.tell(COMPONENTS[name])),
                line(_number(of.value)),
                line(unit.replace(" ", NBSP)),
                line(_interval(of)),
                line(basis_in_words(of.basis, words)),
                line(_origin(of, words)),
            )
        )
    title = words.CAL_MADE_OF.format(side=words.tell(side.name))
    return Table(_columns(words, ""), tuple(rows), words.CAL_MADE_OF_CAPTION, row_heads=True, title=title)


def _today(found: Calibration, words: Language) -> Iterator[str]:
    for side in found.sides:
        if side.today is None:
            yield words.CAL_TODAY_UNKNOWN.format(side=words.tell(side.name))
            continue
        of = side.today
        if isinstance(of, StartInside):
            yield words.CAL_TODAY_INSIDE.format(
                side=words.tell(side.name),
                told=words.separators["; "].join((words.tell(of.observed), *of.sources)),
                share=percent(float(of.value), 0),
                interval=span(percent(float(of.low), 0), percent(float(of.high), 0)),
                basis=basis_in_words(of.basis, words),
            )
            continue
        yield words.CAL_TODAY_SHARE.format(
            side=words.tell(side.name),
            share=percent(float(of.value), 0),
            interval=span(percent(float(of.low), 0), percent(float(of.high), 0)),
            basis=basis_in_words(of.basis, words),
            origin=_origin(of, words),
        )
    if found.speed is None:
        yield words.CAL_NO_SPEED
        return
    yield words.CAL_SPEED_TOLD.format(
        value=_number(found.speed.value),
        interval=_interval(found.speed),
        unit=words.unit(f"1/(a·{found.unit})"),
        basis=basis_in_words(found.speed.basis, words),
        origin=_origin(found.speed, words),
    )


def _regimes(of: PossibleRegimes, words: Language) -> Iterator[Block]:
    yield Paragraph(line(words.CAL_NOW.format(states=_states(of.now, words))))
    if len(of.possible) <= 1:
        yield Paragraph(line(words.CAL_ONE_REGIME))
    else:
        yield Paragraph(line(words.CAL_SEVERAL_REGIMES.format(count=len(of.possible))))
        yield Bullets(tuple(line(_states(states, words)) for states in of.possible))
    if not of.complete:
        yield Paragraph(line(words.CAL_REGIMES_INCOMPLETE))


def _states(states: Sequence[tuple[float, ...] | None], words: Language) -> str:
    if not states:
        return words.CAL_NOTHING_STABLE
    told = []
    for state in states:
        if state is None:
            told.append(words.CAL_STATE_INSIDE)
        elif all(v == 1 for v in state):
            told.append(words.CAL_STATE_ALL)
        elif all(v == 0 for v in state):
            told.append(words.CAL_STATE_NONE)
        elif set(state) == {0.0, 1.0}:
            told.append(words.CAL_STATE_FIRST if state[0] == 1 else words.CAL_STATE_SECOND)
        else:
            told.append(f"({', '.join(f'{v:.3g}' for v in state)})")
    return words.separators["; "].join(told)
