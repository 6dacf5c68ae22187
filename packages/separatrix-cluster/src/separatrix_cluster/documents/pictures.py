"""The figures of a diagnosis, ready to be drawn in any format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from separatrix.document.document import Draw
from separatrix.errors import InputError
from separatrix.languages import Language
from separatrix.sentences import say
from separatrix_cluster.diagnosis.diagnose import Diagnosis
from separatrix_cluster.diagnosis.drivers import Drivers
from separatrix_cluster.diagnosis.tapio import STATES, DecouplingStep
from separatrix_cluster.documents.accounts import bars_picture, emitting
from separatrix_cluster.documents.words import (
    amount,
    carbon_unit,
    credit,
    difficulty_name,
    driver_name,
)

__all__ = ["FigureName", "figure_of", "plane_picture", "radar_picture", "waterfall_picture"]


FigureName = Literal["radar", "drivers", "decoupling", "carbon"]


def figure_of(found: Diagnosis, name: FigureName, words: Language) -> Draw:
    """Return one figure of a diagnosis.

    Raises
    ------
    InputError
        K242 where the data do not suffice for it.
    """
    growth = next(d.details for d in found.difficulties if d.name == "growth")
    if name == "radar":
        return radar_picture(found, words)
    if name == "drivers" and "decomposition" in growth:
        return waterfall_picture(found, growth["decomposition"], words)
    if name == "decoupling" and any(s.state is not None for s in growth.get("decoupling", ())):
        return plane_picture(found, growth["decoupling"], words)
    if name == "carbon" and found.year is not None and emitting(found.accounts, found.year):
        return bars_picture(found.cluster, found.completeness, found.year, words)
    needed = {
        "drivers": say("value added by enterprise and emissions of two years"),
        "decoupling": say("value added and emissions of two years"),
        "carbon": say("energy or emissions"),
    }[name]
    raise InputError(
        "K242",
        say("the data do not suffice for the figure `{name}`: it needs {needed}", name=name, needed=needed),
    )


def radar_picture(found: Diagnosis, words: Language) -> Draw:
    """Return the radar of the four difficulties."""
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.radar import Spoke, draw_radar

    spokes = [Spoke(difficulty_name(d.name, words), d.score, d.low, d.high) for d in found.difficulties]
    said = "; ".join(f"{s.name}: {'–' if s.score is None else f'{s.score:.2f}'}" for s in spokes)
    said = f"{said}. {credit(found.cluster, words)}".strip()
    return picture(lambda: draw_radar(spokes, words.CL_NOT_KNOWN), words.CL_FIGURE_RADAR, said)


def waterfall_picture(found: Diagnosis, split: Drivers, words: Language) -> Draw:
    """Return the decomposition between two years."""
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.waterfall import draw_waterfall

    parts = split.decomposition
    unit = carbon_unit([parts.before, parts.after], words)
    names = [driver_name(n, words) for n in parts.factors]
    changes = list(zip(names, (parts.additive / unit.scale).tolist(), strict=True))
    said = "; ".join(f"{name}: {amount(value)} {unit.name}" for name, value in changes)
    said = f"{said}. {credit(found.cluster, words)}".strip()
    return picture(
        lambda: draw_waterfall(
            (str(split.start), parts.before / unit.scale),
            changes,
            (str(split.end), parts.after / unit.scale),
            words.CL_CARBON.format(unit=unit.name),
        ),
        words.CL_FIGURE_WATERFALL.format(start=split.start, end=split.end),
        said,
    )


def plane_picture(found: Diagnosis, steps: Sequence[DecouplingStep], words: Language) -> Draw:
    """Return the plane of decoupling with every step whose state is known."""
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.decoupling_plane import draw_decoupling_plane

    shown = [
        (f"{s.start}–{s.end}", s.output_change, s.emissions_change)
        for s in steps
        if s.output_change is not None and s.emissions_change is not None
    ]
    names = {state: words.tell(told) for state, told in STATES.items()}
    said = "; ".join(f"{s.start}–{s.end}: {words.tell(s.state_text)}" for s in steps if s.state is not None)
    said = f"{said}. {credit(found.cluster, words)}".strip()
    return picture(
        lambda: draw_decoupling_plane(shown, names, words.CL_PLANE_ACROSS, words.CL_PLANE_UP),
        words.CL_FIGURE_PLANE,
        said,
    )
