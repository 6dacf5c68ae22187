"""Enterprises that went into another one: what they used is that one's after, and no change of the cluster.

A merger moves emissions and does not make them (GHG Protocol Corporate Standard, ch. 5: structural changes).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.members import members_of, plain_name_of
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["merger_remarks", "successors", "taken_over"]


def successors(enterprises: ClusterTable) -> dict[int, int]:
    """Return into which enterprise each one went in the end, by their positions in the table."""
    known = _rows_by_enterprise(enterprises)
    found = {}
    for i in known:
        seen, last = {i}, known[i]
        while last in known and last not in seen:
            seen.add(last)
            last = known[last]
        if last not in seen:
            found[i] = last
    return found


def _rows_by_enterprise(enterprises: ClusterTable) -> dict[int, int]:
    texts = enterprises.texts("successor")
    stated = np.flatnonzero(texts != "").tolist()
    if not stated:
        return {}
    ids = enterprises.texts("id").tolist()
    members = members_of(ids, enterprises.texts("name").tolist())
    place = {identity: i for i, identity in enumerate(ids)}
    found = {}
    for i in stated:
        text = str(texts[i])
        alike = (text,) if text in members.ids else members.named.get(plain_name_of(text), ())
        if len(alike) == 1:
            found[i] = place[alike[0]]
    return found


def taken_over(
    enterprises: ClusterTable,
    owner: npt.NDArray[np.int64],
    name: npt.NDArray[np.object_],
    told: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Return in which years the predecessor of its owner had each series.

    Shapes are (series,) and (series, years).
    """
    found = np.zeros_like(told)
    for before, after in successors(enterprises).items():
        for s in np.flatnonzero(owner == before).tolist():
            found[(owner == after) & (name == name[s])] |= told[s]
    return found


def merger_remarks(enterprises: ClusterTable) -> Iterator[Remark]:
    """Yield the issues of the column `successor`."""
    named, good = _rows_by_enterprise(enterprises), successors(enterprises)
    for i in np.flatnonzero(enterprises.texts("successor") != "").tolist():
        text = short(enterprises.texts("successor")[i])
        what: Sentence
        if i not in named:
            what = say("`{text}` is not an enterprise of the table, so the merger is unknown", text=text)
        elif i not in good:
            what = say("an enterprise goes into itself, through `{text}`", text=text)
        elif np.isnan(enterprises.numbers("closed")[i]):
            what = say("it merged into `{text}`, but its last year is missing", text=text)
        else:
            continue
        hint = say("name the id of one other enterprise, and the last year of this one in the column closed")
        yield Remark("K163", "warning", enterprises.file, int(enterprises.rows[i]), "successor", what, hint)
