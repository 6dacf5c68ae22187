"""The tasks by name: where each function is, how long it may take, and what it needs.

For developers
--------------
A task is a function ``(game or cluster, arguments, progress) -> plain data`` of a file in this folder, and
one record here.  It runs in a worker, which may be ended at any moment.  ``progress`` takes a part from 0 to
1.  What it raises as `SeparatrixError` reaches the page with its place and hint.  Files are answered as
``{"name": ..., "media": ..., "base64": ...}``.  Functions are named here, not imported: the server itself
loads nothing of what computes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["TASKS", "Task"]


@dataclass(frozen=True)
class Task:
    """One thing that a page can ask for.

    Attributes
    ----------
    name : str
    function : str
        ``module:name``, the module within this folder.
    seconds : float
        How long it may take, by the clock and of the processor.
    needs : str
        ``game``, ``cluster`` or ``nothing``; a game task of a cluster is given its calibrated game.
    quick : bool
        Usually done in a blink: goes first, and always finds a worker that is not on long work.
    follows : bool
        Asked whenever levers come to rest: what it needs is loaded before it is first asked.
    memory : int
        Bytes that its process may hold, where that is more than usual.
    """

    name: str
    function: str
    seconds: float
    needs: Literal["game", "cluster", "nothing"] = "game"
    quick: bool = False
    follows: bool = False
    memory: int = 0


TASKS = {
    task.name: replace(task, function=f"{__package__}.{task.function}")
    for task in (
        Task("model", "models:model", 20, quick=True),
        Task("cluster", "clusters:cluster", 20, needs="cluster", quick=True),
        Task("part", "clusters:part", 120, needs="cluster"),
        Task("examples", "models:examples", 20, needs="nothing", quick=True),
        Task("labels", "labels:labels", 30, quick=True, follows=True),
        Task("basins", "basins:basins", 120, follows=True),
        Task("basin_shares", "basins:basin_shares", 120),
        Task("sweep", "sweeps:sweep", 120),
        Task("programme", "policy:programme", 300),
        Task("tip", "policy:tip", 300),
        Task("regime_map", "regime_maps:regimes", 60, follows=True),
        Task("report", "files:report", 300, memory=1_000_000_000),
        Task("offline", "files:offline", 300),
        Task("offline_cluster", "files:offline_cluster", 300, needs="cluster"),
    )
}
"""Every task, by its name."""
