"""The folder of a cluster as it is uploaded: several files, or one zip file whose bounds are counted first.

A few kilobytes of a zip file can unfold into gigabytes, and a name in it can lead out of the folder.  So the
directory of the zip file is judged before anything is unzipped, and never more is unzipped than it states.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from separatrix.errors import InputError, Place
from separatrix.sentences import say
from separatrix.studio.upload import plain_name
from separatrix_cluster.tables.description import DESCRIPTION

__all__ = ["unpack"]

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
