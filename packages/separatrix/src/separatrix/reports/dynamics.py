"""Basins and critical shocks for people, as documents that every format can show.

The separatrix as a surface: in words, as vertices in CSV, and as vertices and triangles in PLY.

Turk, G. (1994), The PLY polygon file format, Stanford University.

Trajectories in time as a table, as CSV and as plain data, and sets of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import bar, percent, readable
from separatrix.document.regime_names import axis_in_words, symbol_text, value_on_axis
from separatrix.document.state_names import profile_words, rest_set_text, start_in_words
from separatrix.document.tree import (
    Badge,
    Block,
    Column,
    Document,
    Line,
    Paragraph,
    Table,
    Words,
    basis_in_words,
    certainty,
    document_in,
    line,
    scenario_words,
    state_words,
)
from separatrix.dynamics.attractors.heteroclinic_cycles import SEPARATRIX, UNDECIDED
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.figures.cube import outcome
from separatrix.game.model import Game
from separatrix.languages import Language, language_of
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.analysis.results import Analysis
    from separatrix.dynamics.attractors.heteroclinic_cycles import OmegaLimit
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock, Push
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface, SurfacePiece
    from separatrix.dynamics.basins.basins import Basins
    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.sweeps.trajectory_set import Curve, TrajectorySet

__all__ = [
    "basins_document",
    "shock_document",
    "surface_blocks",
    "surface_csv",
    "surface_ply",
    "trajectories_csv",
    "trajectories_json",
    "trajectories_text",
    "trajectory_set_csv",
    "trajectory_set_document",
]

PLACES = 4
"""Decimals of shares."""

FOR_EVER = (
    "inner cycle",
    "boundary cycle",
    "boundary network",
    "chaotic attractor",
    "closed orbits",
    "centre",
)
"""The kinds of outcomes that are not rest points."""


def basins_document(found: Basins, words: Language, surface: SeparatrixSurface | None = None) -> Document:
    """Return the basins of a game as a document, with the surface between them where given."""

    more = () if surface is None else tuple(surface_blocks(surface, words))
    return document_in(
        words,
        words.BASINS_TITLE.format(title=found.game.title),
        _subtitle(found.analysis, words, found.field),
        (*_basins_blocks(found, words), *more),
    )


def _subtitle(analysis: Analysis, words: Language, rule: str) -> str:
    parts = [scenario_words(analysis.game, analysis.scenario, words)] if analysis.scenario else []
    if rule != "replicator":
        parts.append(words.BASINS_RULE.format(rule=words.tell(dynamic_of(rule).title)))
    return words.separators[" "].join(parts)


def _basins_blocks(found: Basins, words: Language) -> Iterator[Block]:
    outcomes = [_lead(name, share, found.endings.get(name), words) for name, share in found.fractions.items()]
    yield Paragraph(line(words.BASINS_LEAD.format(outcomes=words.separators["; "].join(outcomes))), lead=True)
    columns = [
        Column(words.BASINS_OUTCOME),
        Column(words.BASINS_STATE),
        Column(words.BASINS_LABEL, optional=True),
    ]
    columns.append(Column(words.BASINS_SHARE, align="right"))
    if found.intervals is not None:
        columns.append(Column(words.BASINS_INTERVAL))
    if found.ranges is not None:
        columns.append(Column(words.BASINS_RANGE))
    columns.append(Column("", optional=True))
    yield Table(tuple(columns), tuple(_row(found, name, words) for name in found.fractions), row_heads=True)
    played = {p.id: p.support for p in found.analysis.rest_points}
    played |= {s.id: s.support for s in found.analysis.rest_sets}
    profiles = [
        f"{name}{words.COLON}{profile_words(found.game.populations, played[name], words)}"
        for name in found.fractions
        if name in played
    ]
    if profiles:
        yield Paragraph(line(words.separators["; "].join(profiles)))
    yield certainty(found.how_sure, words)
    if found.today is not None and found.game.today is not None:
        yield Paragraph(line(_today(found, found.game.today, found.today, words)))


def _today(found: Basins, today: Mapping[str, Fraction], outcome: str, words: Language) -> str:
    state = state_words(PLACES, found.game.shares, [float(today[share]) for share in found.game.shares])
    if found.today_without is not None:
        usual = _outcome(found.today_without, words)
        return words.BASINS_WITHOUT.format(state=state, outcome=_outcome(outcome, words), usual=usual)
    ending = found.endings.get(outcome)
    if outcome == UNDECIDED:
        return words.BASINS_TODAY_OPEN.format(state=state)
    if outcome == SEPARATRIX:
        return words.BASINS_TODAY_LINE.format(state=state)
    if ending is not None and ending.kind in FOR_EVER:
        return words.BASINS_TODAY_GOES_ON.format(state=state, outcome=_nature(ending, words))
    if dynamic_of(found.field).keeps_faces and (face := [s for s in found.game.shares if today[s] in (0, 1)]):
        told = state_words(PLACES, face, [float(today[share]) for share in face])
        return words.BASINS_TODAY_FACE.format(state=state, face=told, outcome=_outcome(outcome, words))
    return words.BASINS_TODAY.format(state=state, outcome=_outcome(outcome, words))


def _lead(name: str, share: float, ending: OmegaLimit | None, words: Language) -> str:
    kind = "rest point" if ending is None else ending.kind
    if kind == "undecided":
        return words.BASINS_OPEN.format(share=percent(share))
    if kind in FOR_EVER:
        return words.BASINS_GO_ON.format(share=percent(share), outcome=_nature(ending, words))
    return words.BASINS_OF.format(share=percent(share), outcome=_outcome(name, words))


def _nature(ending: OmegaLimit | None, words: Language) -> str:
    """Return a description of an outcome that is not a rest point."""
    kinds = {
        "inner cycle": words.OUTCOME_INNER_CYCLE,
        "boundary cycle": words.OUTCOME_BOUNDARY_CYCLE,
        "boundary network": words.OUTCOME_BOUNDARY_NETWORK,
        "chaotic attractor": words.OUTCOME_CHAOTIC,
        "closed orbits": words.OUTCOME_CLOSED_ORBITS,
        "centre": words.OUTCOME_LEVELS,
    }
    told = "" if ending is None else kinds.get(ending.kind, "")
    if ending is not None and ending.period is not None:
        told = words.OUTCOME_PERIOD.format(cycle=told, period=readable(ending.period, PLACES))
    if ending is not None and ending.lyapunov_exponent is not None and ending.lyapunov_error is not None:
        told = words.OUTCOME_LYAPUNOV.format(
            attractor=told,
            exponent=readable(ending.lyapunov_exponent, PLACES),
            error=readable(ending.lyapunov_error, PLACES),
        )
    return told


def _row(found: Basins, name: str, words: Language) -> tuple[Line, ...]:
    share = found.fractions[name]
    state = found.state_of(name)
    nature = _nature(found.endings.get(name), words)
    where = nature if state is None else state_words(PLACES, list(state), list(state.values()))
    piece = next((s for s in found.analysis.rest_sets if s.id == name), None)
    if piece is not None:
        where = rest_set_text(piece)
    point = next((p for p in found.analysis.rest_points if p.id == name), None)
    stability = point.stability if point is not None else piece.stability if piece is not None else None
    label: Line = ()
    if stability is not None:
        label = (Badge(stability, words.labels[stability]),)
    cells = [line(_outcome(name, words)), line(where), label, line(percent(share))]
    if found.intervals is not None:
        low, high = found.intervals[name]
        cells.append(line(f"{percent(low)} – {percent(high)}"))
    if found.ranges is not None:
        own = [f"{readable(low, PLACES)} – {readable(high, PLACES)}" for low, high in found.ranges[name]]
        cells.append(line(words.separators[", "].join(own)))
    cells.append((Words(bar(share), "code"),))
    return tuple(cells)


def _outcome(name: str, words: Language) -> str:
    known = {
        "cycle": words.OUTCOME_CYCLE,
        "attractor": words.OUTCOME_ATTRACTOR,
        "centre": words.OUTCOME_CENTRE,
        "separatrix": words.OUTCOME_SEPARATRIX,
        "undecided": words.OUTCOME_UNDECIDED,
    }
    base, _, number = name.partition(" ")
    if number and base in known:
        return words.OUTCOME_NUMBERED.format(outcome=known[base], number=number)
    return known.get(name, name)


# --------------------------------------------------------------------------- shocks


def shock_document(shock: CriticalShock, words: Language) -> Document:
    """Return a critical shock as a document."""
    return document_in(
        words,
        words.SHOCK_TITLE.format(title=shock.game.title),
        _subtitle(shock.analysis, words, shock.field),
        _shock_blocks(shock, words),
    )


def _shock_blocks(shock: CriticalShock, words: Language) -> Iterator[Block]:
    start = state_words(PLACES, shock.game.shares, shock.start)
    sampled = shock.method == "sampled"
    told = words.SHOCK_OUTCOME.format(start=start, outcome=_outcome(shock.outcome, words))
    if shock.ending is not None and shock.ending.kind in FOR_EVER:
        told = words.SHOCK_GOES_ON.format(start=start, outcome=_nature(shock.ending, words))
    if shock.outcome in (SEPARATRIX, UNDECIDED):
        told = (words.SHOCK_LINE if shock.outcome == SEPARATRIX else words.SHOCK_OPEN).format(start=start)
    elif shock.smallest is None:
        told += words.SHOCK_NONE_FOUND if sampled else words.SHOCK_NONE
    else:
        told += (words.SHOCK_FOUND if sampled else words.SHOCK_LEAD).format(
            size=readable(shock.smallest.size, PLACES), beyond=_outcome(shock.smallest.beyond, words)
        )
    yield Paragraph(line(told), lead=True)
    if shock.smallest is not None and shock.outcome != SEPARATRIX:
        rows = [_push(shock, words.SHOCK_ALL, shock.smallest, words)]
        if len(shock.alone) > 1:
            rows += [
                _push(shock, words.SHOCK_ALONE.format(name=name), push, words)
                for name, push in shock.alone.items()
            ]
        columns = (
            Column(words.SHOCK_WHO),
            Column(words.SHOCK_CHANGE),
            Column(words.SHOCK_SIZE, align="right"),
            Column(words.SHOCK_TO, optional=True),
            Column(words.SHOCK_BEYOND),
        )
        yield Table(columns, tuple(rows), row_heads=True)
    if shock.time is not None:
        yield Paragraph(
            line(words.SHOCK_TIME.format(outcome=_outcome(shock.outcome, words), time=readable(shock.time)))
        )
    if shock.without is not None and shock.schedule_end is not None:
        told = words.SHOCK_STAYS if shock.without == shock.outcome else words.SHOCK_CROSSES
        usual = _outcome(shock.without, words)
        yield Paragraph(line(told.format(time=readable(shock.schedule_end), usual=usual)))
    yield certainty(shock.how_sure, words)


def _push(shock: CriticalShock, who: str, push: Push | None, words: Language) -> tuple[Line, ...]:
    if push is None:
        told = words.SHOCK_NOT_FOUND if shock.method == "sampled" else words.SHOCK_CANNOT
        return (line(who), line(told), (), (), ())
    changes = []
    for share, before, after in zip(shock.game.shares, shock.start, push.to, strict=True):
        change = after - before
        if abs(change) > 1e-12:
            sign = "+" if change > 0 else ""
            changes.append(f"{share}\u00a0{sign}{readable(change, PLACES)}")
    return (
        line(who),
        line(", ".join(changes)),
        line(readable(push.size, PLACES)),
        line(state_words(PLACES, shock.game.shares, push.to)),
        line(_outcome(push.beyond, words)),
    )


def surface_blocks(surface: SeparatrixSurface, words: Language) -> Iterator[Block]:
    """Yield the blocks of a document for a surface."""
    if surface.pieces:
        said = words.SURFACE_LEAD.format(
            triangles=f"{len(surface.triangles):,}", vertices=f"{len(surface.states):,}"
        )
        yield Paragraph(line(said))
        columns = (
            Column(words.SURFACE_BETWEEN),
            Column(words.SURFACE_AREA, align="right"),
            Column(words.SURFACE_COMES_TO),
        )
        yield Table(columns, tuple(_surface_row(piece, words) for piece in surface.pieces), row_heads=True)
    else:
        yield Paragraph(line(words.SURFACE_NONE))
    yield certainty(surface.how_sure, words)


def _surface_row(piece: SurfacePiece, words: Language) -> tuple[Line, ...]:
    between = words.SURFACE_PAIR.format(
        first=outcome(piece.outcomes[0], words), second=outcome(piece.outcomes[1], words)
    )
    ends = [
        words.SURFACE_PART.format(name=name, share=percent(share)) for name, share in piece.comes_to.items()
    ]
    if piece.elsewhere:
        ends.append(words.SURFACE_PART.format(name=words.SURFACE_ELSEWHERE, share=percent(piece.elsewhere)))
    return line(between), line(readable(piece.area, 4)), line(words.separators[", "].join(ends))


# --------------------------------------------------------------------------- files for other programs


def surface_csv(surface: SeparatrixSurface) -> str:
    """Return one line for each vertex: its shares, its error, and the outcomes that meet there.

    Parameters
    ----------
    surface : SeparatrixSurface
        From `separatrix.separatrix_surface`.

    Returns
    -------
    str
        Shares as decimals; the error is a distance between states.

    Examples
    --------
    >>> from separatrix import load, separatrix_surface
    >>> players = [{"name": share, "share": share} for share in "xyz"]
    >>> game = load({"populations": players, "advantages": {"x": "x - 1/2", "y": "-1", "z": "-1"}})
    >>> text = surface_csv(separatrix_surface(game, cells=4))
    >>> text.splitlines()[0]
    'vertex,x,y,z,error,fates'
    """
    import numpy as np

    meet: list[dict[str, None]] = [{} for _ in surface.states]
    for corners, piece in zip(surface.triangles.tolist(), surface.piece_of.tolist(), strict=True):
        for vertex in corners:
            meet[vertex] |= dict.fromkeys(surface.pieces[piece].outcomes)
    rows: list[list[object]] = []
    for k, (state, error) in enumerate(zip(surface.states, surface.errors, strict=True)):
        shares = [np.format_float_positional(share, trim="-") for share in state]
        rows.append([k, *shares, f"{error:.3g}", " ".join(sorted(meet[k]))])
    return csv_text(["vertex", *surface.game.shares, "error", "fates"], rows)


def surface_ply(surface: SeparatrixSurface) -> str:
    """Return the surface as PLY in ASCII: places x, y, z with their error, and triangles with their piece.

    For three populations of two strategies x, y and z are the shares, in the order of the game; else they are
    orthonormal coordinates in which distances are those of the shares, and the shares follow.  The comments
    say which outcomes each piece separates, by number.

    Parameters
    ----------
    surface : SeparatrixSurface
        From `separatrix.separatrix_surface`.

    Returns
    -------
    str

    Examples
    --------
    >>> from separatrix import load, separatrix_surface
    >>> players = [{"name": share, "share": share} for share in "xyz"]
    >>> game = load({"populations": players, "advantages": {"x": "x - 1/2", "y": "-1", "z": "-1"}})
    >>> text = surface_ply(separatrix_surface(game, cells=4))
    >>> text.splitlines()[:3]
    ['ply', 'format ascii 1.0', 'comment separatrix between E1 and E5: piece 0']
    """
    import numpy as np

    places = surface.places
    cube = surface.states.shape[1] == 3
    columns = np.column_stack([places, surface.errors, *([] if cube else [surface.states])])
    names = ["x", "y", "z", "error"] + (
        [] if cube else [f"share{k + 1}" for k in range(surface.states.shape[1])]
    )
    head = ["ply", "format ascii 1.0"]
    for k, piece in enumerate(surface.pieces):
        head.append(f"comment separatrix between {piece.outcomes[0]} and {piece.outcomes[1]}: piece {k}")
    head += [f"element vertex {len(columns)}", *(f"property double {name}" for name in names)]
    head += [f"element face {len(surface.triangles)}", "property list uchar int vertex_indices"]
    head += ["property int piece", "end_header"]
    rows = [" ".join(f"{value:.17g}" for value in row) for row in columns.tolist()]
    faces = [
        f"3 {a} {b} {c} {piece}"
        for (a, b, c), piece in zip(surface.triangles.tolist(), surface.piece_of.tolist(), strict=True)
    ]
    return "\n".join([*head, *rows, *faces]) + "\n"


def trajectories_text(
    trajectories: Sequence[Trajectory], language: Language | None = None, game: Game | None = None
) -> str:
    """Return a table of times and shares for each trajectory, below what happened to it.

    If a `game` is given whose times are in years, the document states this and its evidence.

    Examples
    --------
    >>> from separatrix import load
    >>> from separatrix.dynamics.integration.trajectory import trajectory
    >>> print(trajectories_text([trajectory(load("shi-chen-2018"), [0.7, 0.7], until=2, points=3)]))
    From x = 0.7, y = 0.7: still moving at the end.
    <BLANKLINE>
      time         x         y
         0  0.700000  0.700000
         1  0.774730  0.774730
         2  0.906704  0.906704
    <BLANKLINE>
    """
    words = language or language_of("en")
    blocks = []
    for orbit in trajectories:
        said = words.TRAJECTORY_FROM.format(start=start_in_words(orbit), message=words.tell(orbit.message))
        rows = [[words.TRAJECTORY_TIME, *orbit.shares]]
        reached = [state for state in orbit.states.tolist() if not math.isnan(state[0])]
        for time, state in zip(orbit.times.tolist(), reached, strict=False):
            rows.append([f"{time:.6g}", *(_share(x) for x in state)])
        cut = len(reached) < len(orbit.times)
        ends = words.TRAJECTORY_ENDS.format(time=f"{orbit.end_time:.6g}") + "\n" if cut else ""
        blocks.append(f"{said}\n\n{_table(rows)}\n{ends}")
    basis = None if game is None else game.speed_basis
    if basis is not None:
        blocks.append(f"{words.YEARS.format(basis=basis_in_words(basis, words))}\n")
    return "\n".join(blocks)


def _share(x: float) -> str:
    """Return a share to six decimals, a smaller one to three digits: it is not gone."""
    return f"{x:.2e}" if 0 < x < 5e-7 else f"{x:.6f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    from separatrix.figures.canvas import columns_of

    widths = [max(columns_of(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (" " * (width - columns_of(cell)) + cell for width, cell in zip(widths, row, strict=True))
        lines.append("  " + "  ".join(cells))
    return "\n".join(lines)


def trajectories_csv(trajectories: Sequence[Trajectory]) -> str:
    """Return one line for each state: the number of the orbit, the time, and the shares in full precision.

    Examples
    --------
    >>> from separatrix import load
    >>> from separatrix.dynamics.integration.trajectory import trajectory
    >>> print(trajectories_csv([trajectory(load("shi-chen-2018"), [0, 1], until=2, points=2)]), end="")
    course,time,x,y
    1,0.0,0.0,1.0
    1,2.0,0.0,1.0
    """
    rows = (
        [number, time, *("" if math.isnan(x) else x for x in state)]
        for number, orbit in enumerate(trajectories, start=1)
        for time, state in zip(orbit.times.tolist(), orbit.states.tolist(), strict=True)
    )
    return csv_text(["course", "time", *trajectories[0].shares], rows)


def _time_unit(game: Game) -> dict[str, str]:
    """Return the unit of time and its evidence; nothing where times have no unit."""
    if game.time_unit is None or game.speed_basis is None:
        return {}
    return {"time_unit": game.time_unit, "speed_basis": game.speed_basis}


def trajectories_json(game: Game, trajectories: Sequence[Trajectory]) -> str:
    """Return the orbits as JSON (schema 1; keys are added, never renamed); a state not reached is null."""
    told: list[dict[str, Any]] = []
    for orbit in trajectories:
        columns = {
            share: [None if math.isnan(x) else x for x in column]
            for share, column in zip(orbit.shares, orbit.states.T.tolist(), strict=True)
        }
        told.append(
            {
                "start": {share: column[0] for share, column in columns.items()},
                "status": orbit.status.name.lower(),
                "message": str(orbit.message),
                "at_rest": orbit.at_rest,
                "end_time": orbit.end_time,
                "times": orbit.times.tolist(),
                "states": columns,
            }
        )
    answer = {"schema": 1, "model": {"title": game.title, **_time_unit(game)}, "trajectories": told}
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


# --------------------------------------------------------------------------- sets


def trajectory_set_document(found: TrajectorySet, words: Language) -> Document:
    """Return a set of trajectories as a document: at what each runs, where it ends, when it has settled."""
    return document_in(words, words.TRAJECTORY_TITLE.format(title=found.game.title), "", _set(found, words))


def _set(found: TrajectorySet, words: Language) -> Iterator[Block]:
    game = found.game
    told = [axis_in_words(game, axis, words) for axis in found.axes]
    yield Paragraph(line(words.VARY_LEAD.format(count=len(found.curves), what=words.listed(told))), lead=True)
    started = any(axis.kind in ("start", "share") for axis in found.axes)
    columns = [Column(_head(found, k, words)) for k in range(len(found.axes))]
    shares = [symbol_text(game, share) for share in game.shares]
    tuple_ = f"({', '.join(shares)})" if len(shares) > 1 else shares[0]
    if not started:
        start = found.curves[0].start
        yield Paragraph(line(words.VARY_START.format(shares=f"{tuple_} = {_state(start)}") + words.STOP))
    columns += [
        Column(words.VARY_END.format(shares=tuple_)),
        Column(words.VARY_SETTLED, align="right"),
        Column(words.VARY_MESSAGE, wide=True),
    ]
    yield Table(tuple(columns), tuple(_trajectories_row(found, curve, words) for curve in found.curves))


def _head(found: TrajectorySet, index: int, words: Language) -> str:
    axis = found.axes[index]
    if axis.kind in ("parameter", "share"):
        return symbol_text(found.game, axis.name)
    return words.capital(axis_in_words(found.game, axis, words))


def _trajectories_row(found: TrajectorySet, curve: Curve, words: Language) -> tuple[Line, ...]:
    told = [line(value_on_axis(found.game, axis, curve.at[axis.name])) for axis in found.axes]
    return (
        *told,
        line("–" if curve.rest is None else _state(curve.rest)),
        line("–" if curve.settled is None else readable(curve.settled)),
        line(words.tell(curve.message)),
    )


def _state(state: Sequence[float]) -> str:
    told = ", ".join(readable(round(x, 6), 4) for x in state)
    return f"({told})" if len(state) > 1 else told


def trajectory_set_csv(found: TrajectorySet) -> str:
    """Return one line for each state: at what the trajectory runs, the time, and the shares, in full.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.trajectories("shi-chen-2018", {"C1": [2, 4]}, start=[0, 1], until=2, points=2)
    >>> print(trajectory_set_csv(found), end="")
    trajectory,C1,time,x,y
    1,2.0,0.0,0.0,1.0
    1,2.0,2.0,0.0,1.0
    2,4.0,0.0,0.0,1.0
    2,4.0,2.0,0.0,1.0
    """
    # Starts are the shares at time 0.
    axes = [axis for axis in found.axes if axis.kind in ("parameter", "scenario")]
    rows = (
        [
            number,
            *(axis.plain(curve.at[axis.name]) for axis in axes),
            time,
            *("" if math.isnan(x) else x for x in state),
        ]
        for number, curve in enumerate(found.curves, start=1)
        for time, state in zip(curve.trajectory.times.tolist(), curve.trajectory.states.tolist(), strict=True)
    )
    return csv_text(["trajectory", *(axis.name for axis in axes), "time", *found.game.shares], rows)
