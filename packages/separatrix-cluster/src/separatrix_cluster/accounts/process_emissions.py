"""CO2 of industrial processes by stoichiometry: what was made or used, times the CO2 that comes of it.

E = amount × content × CO2 per tonne of what it holds (IPCC 2006, vol. 3): lime, carbonates, carbon.  A
content that was measured goes before the default of the process.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.tables.carriers import plain_name, shipped_lines
from separatrix_cluster.tables.cell_values import Floats, short
from separatrix_cluster.tables.misspelling import misspelt
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["process_factor", "process_factors", "process_meant", "process_rows"]


@cache
def _processes() -> dict[str, dict[str, Any]]:
    return {
        line["process"]: {**line, "names": line["names"].split("|")}
        for line in shipped_lines("processes.csv")
    }


@cache
def _spellings() -> dict[str, str]:
    return {plain_name(n): key for key, line in _processes().items() for n in (key, *line["names"])}


def process_factor(activity: str, content: float = math.nan) -> Factor | None:
    """Return t CO2 of a tonne of what a process makes or uses; None where the process is not known.

    Parameters
    ----------
    activity : str
        Its name, as ``clinker`` or ``石灰石``.
    content : float
        What share of a tonne is the substance that the CO2 comes of; `nan` for the default.

    Examples
    --------
    >>> round(process_factor("clinker").value, 3), round(process_factor("limestone", 0.9).value, 4)
    (0.52, 0.3957)
    """
    name = _spellings().get(plain_name(activity))
    if name is None:
        return None
    line = _processes()[name]
    share = float(line["content"]) if math.isnan(content) else content
    value = float(line["per_tonne"]) * share
    source = line["source"] if math.isnan(content) else f"{line['source']}; here {share:.1%} {line['of']}"
    return Factor(
        name, "process", "", None, "mass", value, value, value, math.nan, source, line["verified"] == "yes"
    )


def process_factors() -> tuple[tuple[Factor, float, str, tuple[str, ...]], ...]:
    """Return every process with its default content, of what that is the share, and its other names."""
    found = []
    for name, line in _processes().items():
        factor = process_factor(name)
        if factor is not None:
            found.append((factor, float(line["content"]), str(line["of"]), tuple(line["names"])))
    return tuple(found)


def process_meant(activity: str) -> str | None:
    """Return the process that a misspelt name is a slip of, or nothing."""
    return misspelt(activity, {n: key for key, line in _processes().items() for n in (key, *line["names"])})


def process_rows(table: ClusterTable) -> tuple[Floats, dict[int, Factor], dict[int, Sentence]]:
    """Return t CO2 per tonne of the rows of `emissions` with an activity, and what is wrong with others.

    The first is 1 where no activity is stated and `nan` where it makes no sense.
    """
    per_tonne = np.ones(len(table))
    factors: dict[int, Factor] = {}
    wrong: dict[int, Sentence] = {}
    activities = table.texts("activity")
    for i in np.flatnonzero(activities != "").tolist():
        factor = process_factor(str(activities[i]), float(table.numbers("content")[i]))
        if factor is None:
            wrong[i] = say("`{text}` is not a known process", text=short(str(activities[i])))
        elif str(table.texts("kind")[i]) not in ("", "process"):
            wrong[i] = say("an activity stands for process emissions, not for a total")
        elif str(table.texts("gas")[i]).upper() not in ("", "CO2"):
            wrong[i] = say(
                "an activity gives CO2, and the gas is {gas}", gas=short(str(table.texts("gas")[i]))
            )
        else:
            factors[i] = factor
            per_tonne[i] = factor.value
            continue
        per_tonne[i] = np.nan
    return per_tonne, factors, wrong
