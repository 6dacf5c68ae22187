"""Reading the cluster of an upload, in a worker, and the game that its tables make."""

from __future__ import annotations

from pathlib import Path

from separatrix.game.model import Game
from separatrix.studio.upload import Upload
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.documents.calibration import translated_game
from separatrix_cluster.studio.zipped_folder import unpack
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.folder import load_cluster

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
