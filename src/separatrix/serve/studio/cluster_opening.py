"""Reading the cluster of an upload, in a worker, and the game that its tables make."""

from __future__ import annotations

from pathlib import Path

from separatrix.cluster.calibration.calibrate import calibrate
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.folder import load_cluster
from separatrix.game.model import Game
from separatrix.present.documents.clusters.calibration import translated_game
from separatrix.serve.studio.upload import Upload
from separatrix.serve.studio.zipped_folder import unpack

__all__ = ["cluster_of", "game_of_cluster"]


def cluster_of(upload: Upload, folder: Path) -> Cluster:
    """Return the cluster of an upload, its files written into a folder of ours.

    Raises
    ------
    InputError
        Those of `unpack` and of `load_cluster`.
    """
    return load_cluster(unpack(upload.files, folder))


def game_of_cluster(cluster: Cluster) -> Game:
    """Return the game that the tables of a cluster make; raises what `calibrate` does."""
    return translated_game(calibrate(cluster))
