"""The folder of a cluster as it is uploaded: several files, or one zip file whose bounds are counted first.

A few kilobytes of a zip file can unfold into gigabytes, and a name in it can lead out of the folder.  So the
directory of the zip file is judged before anything is unzipped, and never more is unzipped than it states.

Reading the cluster of an upload, in a worker, and the game that its tables make.

The parts of a cluster's pages: what each shows, computed on request.

What a page is given of a cluster: its head first, then part by part what its pages show.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.game.model import Game
from separatrix.sentences import say
from separatrix.studio.offline import offline_page
from separatrix.studio.simulation_tasks import game_page, page_file, page_language
from separatrix.studio.tasks import Arguments, Progress, not_understood
from separatrix.studio.upload import Upload, plain_name
from separatrix_cluster.brief.brief import brief_of_cluster
from separatrix_cluster.brief.document import brief_document
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.documents.calibration import calibration_document, translated_game
from separatrix_cluster.measures.abatement import abatement
from separatrix_cluster.studio.cluster_json import (
    Part,
    carbon_json,
    cluster_exchanges,
    cluster_json,
    difficulties_json,
    document_part,
    exchanges_json,
    measures_json,
    refused_part,
)
from separatrix_cluster.studio.diffusion import cluster_diffusion, diffusion_json
from separatrix_cluster.tables.description import DESCRIPTION
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

__all__ = [
    "PARTS",
    "cluster",
    "cluster_game_of",
    "cluster_of",
    "cluster_page",
    "game_of_cluster",
    "offline_cluster",
    "part",
    "part_json",
    "unpack",
    "whole_cluster_json",
]

MOST_FILES = 200
MOST_UNZIPPED = 50_000_000
MOST_RATIO = 200
"""How many times larger the files may be than the zip file; text packs to a twentieth."""
_END_RECORD = b"PK\x05\x06"


def unpack(files: Sequence[tuple[str, bytes]], folder: Path) -> Path:
    """Write the files of a cluster into a folder of ours, and return that which holds ``cluster.yaml``.

    Parameters
    ----------
    files : sequence of (name, content)
        As they were uploaded; one zip file counts as what it holds.
    folder : Path
        Empty; nothing is written outside.

    Raises
    ------
    InputError
        W103 for a zip file past a limit, with names that lead elsewhere, or that cannot be read; W104 where
        no ``cluster.yaml`` is among the files.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as made:
    ...     unpack([("cluster.yaml", b"format: 1"), ("energy.csv", b"")], Path(made)) == Path(made)
    True
    """
    if len(files) == 1 and files[0][1][:2] == b"PK" and files[0][0].lower().endswith(".zip"):
        files = _unzipped(*files[0])
    names = [plain_name(name, "") for name, _ in files]
    if DESCRIPTION not in names:
        raise InputError(
            "W104",
            say("there is no {file} among the files", file=DESCRIPTION),
            hint=say("choose the folder of the cluster, or a zip file of it"),
        )
    for name, (_, content) in zip(names, files, strict=True):
        if name:
            (folder / name).write_bytes(content)
    return folder


def _unzipped(name: str, data: bytes) -> list[tuple[str, bytes]]:
    def zip_error(why: str) -> InputError:
        return InputError(
            "W103",
            say("the zip file is not opened: {why}", why=why),
            where=Place(name),
            hint=say("zip just the folder of the cluster, without a password"),
        )

    # The number of entries stands in the record at the end: it is judged before a list of them is made.
    end = data.rfind(_END_RECORD)
    if end >= 0 and int.from_bytes(data[end + 10 : end + 12], "little") > MOST_FILES:
        raise zip_error(say("it holds more than {most} files", most=MOST_FILES))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as problem:  # BadZipFile, ValueError, struct.error … have no common base
        raise zip_error(say("it is broken ({what})", what=str(problem)[:200])) from None
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) > MOST_FILES:
        raise zip_error(say("it holds more than {most} files", most=MOST_FILES))
    size = sum(m.file_size for m in members)
    if size > MOST_UNZIPPED or size > MOST_RATIO * max(len(data), 1):
        raise zip_error(say("unzipped, it would have {size} bytes", size=f"{size:,}"))
    homes = {str(PurePosixPath(m.filename).parent) for m in members if _last(m) == DESCRIPTION}
    for member in members:
        parts = PurePosixPath(member.filename).parts
        if "\\" in member.filename or ":" in member.filename or ".." in parts or member.filename[:1] == "/":
            raise zip_error(say("the name {name} leads out of the folder", name=member.filename[:80]))
        if (member.external_attr >> 16) & 0o170000 == 0o120000:
            raise zip_error(say("{name} is a link", name=member.filename[:80]))
        if member.flag_bits & 1:
            raise zip_error(say("it needs a password"))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # Of others, Python unzips whole blocks whatever their directory says.
            raise zip_error(say("{name} is packed in an unusual way", name=member.filename[:80]))
    if len(homes) > 1:
        raise zip_error(say("it holds several clusters"))
    home = next(iter(homes), ".")
    inside = [m for m in members if str(PurePosixPath(m.filename).parent) == home]
    if len({_last(m).lower() for m in inside}) < len(inside):
        raise zip_error(say("it holds a file twice"))
    try:
        return [(_last(m), _read(archive, m)) for m in inside]
    except Exception as problem:  # zlib.error, BadZipFile, NotImplementedError … have no common base
        raise zip_error(say("it is broken ({what})", what=str(problem)[:200])) from None


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        # Asked for so many bytes it unzips no more of them; asked for all, it unzips first and counts then.
        return file.read(member.file_size) + file.read(1)


def _last(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).name


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


def _calibration(cluster: Cluster, called: str) -> Part:
    found = calibrate(cluster)
    found = replace(found, cluster=replace(found.cluster, origin=called))
    return document_part(lambda words: calibration_document(found, words))


def _brief(cluster: Cluster, called: str) -> Part:
    found = brief_of_cluster(cluster, called)
    return document_part(lambda words: brief_document(found, words))


PARTS: Mapping[str, Callable[[Cluster, str], Part]] = {
    "brief": _brief,
    "carbon": lambda cluster, _: carbon_json(diagnose(cluster)),
    "difficulties": lambda cluster, _: difficulties_json(diagnose(cluster)),
    "exchanges": lambda cluster, _: exchanges_json(cluster_exchanges(cluster)),
    "measures": lambda cluster, _: measures_json(abatement(cluster)),
    "diffusion": lambda cluster, _: diffusion_json(cluster_diffusion(cluster)),
    "calibration": _calibration,
}
"""By the name that a page asks with: functions of a cluster, and of what commands call it."""


def part_json(cluster: Cluster, name: str, called: str = "") -> Part:
    """Return a part of a cluster's pages; where its tables do not suffice, what would.

    Parameters
    ----------
    cluster : Cluster
    name : str
        One of `PARTS`.
    called : str
        What commands that a page names call the cluster; by default where it was read from.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> part_json(load_cluster("rotterdam"), "calibration")["code"]
    'K570'
    """
    try:
        return PARTS[name](cluster, called or cluster.origin)
    except InputError as problem:
        return refused_part(problem)


def cluster_game_of(cluster: Cluster) -> Game | None:
    """Return the game that the tables of a cluster make; None where they make none.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> cluster_game_of(load_cluster("rotterdam")) is None
    True
    """
    try:
        return game_of_cluster(cluster)
    except InputError:
        return None


def whole_cluster_json(cluster: Cluster, called: str = "") -> dict[str, Any]:
    """Return a cluster with all its parts, as a file that opens from disk holds them.

    Parameters
    ----------
    cluster : Cluster
    called : str
        As `part_json` takes it.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> data = whole_cluster_json(load_cluster("kalundborg"))
    >>> data["content"]["carbon"]["reporting_year"], data["parts"][:2]
    (None, ['brief', 'carbon'])
    """
    return {
        **cluster_json(cluster, PARTS),
        "content": {name: part_json(cluster, name, called) for name in PARTS},
    }


def cluster(opened: Cluster, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return what every page of a cluster says of it, and which parts there are to ask for."""
    return cluster_json(opened, PARTS)


def part(opened: Cluster, arguments: Arguments, progress: Progress) -> Part:
    """Return the part of the pages that is named; raises W111 where there is none of this name."""
    wanted = arguments.get("part")
    if not isinstance(wanted, str) or wanted not in PARTS:
        raise not_understood("part")
    # The folder that the files lie in is nobody's business; its last part is what they were called.
    return part_json(opened, wanted, Path(opened.origin).name)


def offline_cluster(cluster: Cluster, arguments: Arguments, progress: Progress) -> dict[str, str]:
    """Return the pages of a cluster as one file that opens from disk."""
    # The folder that the files lie in is nobody's business; its last part is what they were called.
    return page_file(cluster_page(cluster, page_language(arguments), Path(cluster.origin).name))


def cluster_page(cluster: Cluster, language: str, called: str = "") -> str:
    """Return the pages of a cluster as one file that opens from disk, with the game that its tables make.

    Parameters
    ----------
    cluster : Cluster
    language : str
        In which the page opens.
    called : str
        What commands that a page names call the cluster; by default where it was read from.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> cluster_page(load_cluster("kalundborg"), "zh")[:31]
    '<!DOCTYPE html>\\n<html lang="zh"'
    """
    told, game = whole_cluster_json(cluster, called), cluster_game_of(cluster)
    return offline_page(None, language, told) if game is None else game_page(game, language, told)
