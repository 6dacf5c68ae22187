"""Files are written whole or not at all, by one function."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from separatrix.errors import InputError
from separatrix.run.files import UNFINISHED, replacing, require_writable, write_file, write_files
from source_files import source_files
from thinning import thinned

MAIN = "import sys; from separatrix.cli import main; sys.exit(main())"
CALLS = {
    "write_text",
    "write_bytes",
    "mkstemp",
    "NamedTemporaryFile",
    "savefig",
    "save",
    "to_netcdf",
    "to_csv",
}

# These write into the temporary file that `replacing` gave them, or into memory.
WRITERS = {
    "separatrix/run/files.py",
    "separatrix/run/netcdf.py",
    "separatrix/run/csv_output.py",
    "separatrix/run/block_store.py",
    "separatrix/writers/typst.py",  # a folder of its own, that the typesetter reads
    "separatrix/writers/word.py",
    "separatrix/figures/canvas.py",
    "separatrix/game/formats/table_writer.py",  # memory
    "separatrix/studio/worker_process.py",  # a folder of the worker's own, which goes with the question
    "separatrix_cluster/studio/uploads.py",
    "separatrix_park/reporting/description.py",  # read at once, and gone with its folder
    "separatrix_park/reporting/spreadsheet.py",
    "separatrix_park/records/backup.py",  # into the file that `replacing` has yielded
    "separatrix_park/records/restore.py",
    "separatrix_park/answers/enterprise_accounts.py",  # a folder for a moment, of which nothing is kept
    "separatrix_park/footprints/supply_chain.py",  # likewise
}


def small_disk(command: list[str], folder: Path, most: int) -> subprocess.CompletedProcess[str]:
    """Run the program where no file can grow past `most` bytes, as on a disk that is full."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-B", "-c", MAIN, *command],
        cwd=folder,
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def leftovers(folder: Path) -> list[str]:
    """Return the half-written files in a folder."""
    return [p.name for p in folder.rglob(f"{UNFINISHED}*")]


def test_nothing_else_in_the_package_opens_for_writing() -> None:
    """Every call that could write a file stands in a module that is known to."""
    found = set()
    for where, path in source_files().items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = (*node.args, *(k.value for k in node.keywords))
            modes = [a.value for a in given if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            opens = name == "open" and any(set(mode) & set("wax+") for mode in modes)
            null = any(isinstance(a, ast.Attribute) and a.attr == "devnull" for a in node.args)
            record = name == "save" and where.startswith("separatrix_park/")  # goes into the database
            if (name in CALLS and not record) or (opens and not null):
                found.add(where)
    assert found <= WRITERS, found - WRITERS


def test_a_file_that_cannot_be_finished_leaves_the_one_before(tmp_path: Path) -> None:
    """An error half way keeps the old content and leaves no half-written file."""
    target = tmp_path / "kept.txt"
    target.write_text("before", "utf-8")
    with pytest.raises(RuntimeError, match="half way"), replacing(target) as temporary:
        temporary.write_text("half", "utf-8")
        raise RuntimeError("half way")
    assert target.read_text("utf-8") == "before"
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="limits of file sizes are POSIX")
@thinned(
    "command",
    [
        ["convert", "shi-chen-2018", "game.yaml", "--force"],
        ["convert", "shi-chen-2018", "game.xlsx", "--force"],
        ["new", "game.yaml", "--force"],
        ["new", "game.xlsx", "--force"],
        ["analyze", "shi-chen-2018", "--out", "game.json"],
        ["report", "shi-chen-2018", "--out", "game.html"],
        ["sweep", "shi-chen-2018", "--over", "C1=0:8:400", "--out", "game.csv"],
    ],
    ids=lambda command: " ".join(command[:3]),
    each_run=3,
)
def test_a_full_disk_destroys_nothing(command: list[str], tmp_path: Path) -> None:
    """Where the disk is full the file that was there stays, nothing is left half, and the reason is told."""
    (target,) = (tmp_path / word for word in command if word.startswith("game."))
    target.write_text("before", "utf-8")
    done = small_disk(command, tmp_path, 512)
    assert done.returncode == 2, done.stderr
    assert "U903 cannot write" in done.stderr
    assert target.read_text("utf-8") == "before"
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="limits of file sizes are POSIX")
def test_a_full_disk_leaves_no_half_folder_of_templates(tmp_path: Path) -> None:
    """`cluster new` writes all of its files or none, and takes the folders that it made away again."""
    done = small_disk(["cluster", "new", "parks/new"], tmp_path, 1300)
    assert done.returncode == 2, done.stderr
    assert "U903" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_followed(tmp_path: Path) -> None:
    """The file that a link names is replaced, and the link stays a link."""
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("before", "utf-8")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("links may not be made here")
    write_file(link, "after")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "after"
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "new.txt")
    write_file(tmp_path / "dangling.txt", "new")
    assert (tmp_path / "new.txt").read_text("utf-8") == "new"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError, match="U903"):
        write_file(tmp_path / "loop", "never")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_written_straight(tmp_path: Path) -> None:
    """What is no file keeps being what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text("utf-8")))
    reader.start()
    write_file(pipe, "through")
    reader.join()
    assert got == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_modes_are_those_of_new_files_and_stay_those_of_old_ones(tmp_path: Path) -> None:
    """A new file has the mode that the system grants; one that is replaced keeps its own."""
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_file(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode
    plain.chmod(0o640)
    write_file(plain, "again")
    assert stat.S_IMODE(plain.stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="users are POSIX")
def test_a_file_in_a_folder_that_may_not_be_written_is_refused_with_that_reason(tmp_path: Path) -> None:
    """A writable file in a folder that is not cannot be replaced whole, and that is said."""
    folder = tmp_path / "locked"
    folder.mkdir()
    target = folder / "mine.txt"
    target.write_text("before", "utf-8")
    target.chmod(0o666)
    folder.chmod(0o555)
    program = f"""
        import os
        from pathlib import Path
        import separatrix.run.files as files
        if os.geteuid() == 0:  # whom no mode keeps out
            for place in (Path({str(tmp_path)!r}), Path({str(tmp_path)!r}).parent):
                place.chmod(0o711)
            os.seteuid(65534)
        try:
            files.write_file(Path("mine.txt"), "after")
        except files.InputError as problem:
            print(problem)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    folder.chmod(0o755)
    assert "may not be written to" in done.stdout
    assert target.read_text("utf-8") == "before"


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    """A folder in place of a file, and a folder that is not there, are refused."""
    for path in (tmp_path, tmp_path / "none" / "file"):
        with pytest.raises(InputError, match="U903"):
            require_writable(path)


def test_several_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    """Where one of the files cannot be written, those before it are gone again."""
    with pytest.raises(InputError, match="U903"):
        write_files(tmp_path / "a" / "b", {"one": b"1", "none/two": b"2"})
    assert list(tmp_path.iterdir()) == []
    assert [p.name for p in write_files(tmp_path / "a", {"one": b"1", "two": b"2"})] == ["one", "two"]


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
def test_writing_changes_no_other_threads_files(tmp_path: Path) -> None:
    """Files that another thread makes meanwhile have the permissions that the user's mask gives."""
    mask = os.umask(0o027)
    try:
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                write_file(tmp_path / "other", "42")

        thread = threading.Thread(target=write)
        thread.start()
        modes = set()
        for k in range(3000):
            file = tmp_path / f"{k}"
            file.touch()
            modes.add(file.stat().st_mode & 0o777)
        stop.set()
        thread.join()
        assert modes == {0o640}
        assert (tmp_path / "other").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(mask)


def test_threads_that_write_one_file_do_not_meet(tmp_path: Path) -> None:
    """Each has a half-written file of its own; the last one wins whole, and nothing is left over."""
    texts = [str(k) * 10_000 for k in range(8)]
    threads = [threading.Thread(target=write_file, args=(tmp_path / "answer", text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "answer").read_text("utf-8") in texts
    assert [p.name for p in tmp_path.iterdir()] == ["answer"]


ABANDONING = """
import os, sys
from pathlib import Path
from separatrix.run.files import working_folder
with working_folder(Path(sys.argv[1])) as made:
    (made / "values").write_text("secret")
    print(made.name, flush=True)
    if sys.stdin.read():
        os._exit(9)
"""


def test_a_folder_of_a_process_that_was_killed_is_removed_by_the_next_one(tmp_path: Path) -> None:
    """And no other: neither one in use, nor one that bears no claim, another claim, or a link to one."""
    from separatrix.run.files import CLAIM, folders_left_over, working_folder

    def begin() -> tuple[subprocess.Popen[str], Path]:
        command = [sys.executable, "-c", ABANDONING, str(tmp_path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        return process, tmp_path / process.stdout.readline().strip()

    (running, in_use), (killed, abandoned) = begin(), begin()
    killed.communicate("end")
    assert abandoned.is_dir() and killed.returncode == 9
    unclaimed, foreign, own = (tmp_path / f".separatrix-{name}" for name in ("a", "b", "c"))
    for folder in (unclaimed, foreign, own):
        folder.mkdir()
    (foreign / CLAIM).write_text("something else", "utf-8")
    (own / CLAIM).symlink_to(foreign / CLAIM)
    with working_folder(tmp_path) as made:
        assert {f.name for f in tmp_path.iterdir()} == {
            f.name for f in (made, in_use, unclaimed, foreign, own)
        }
        assert folders_left_over(tmp_path) == [unclaimed]
    running.communicate("")
    assert not made.exists() and not in_use.exists()


def test_a_working_folder_gets_its_name_at_its_end_alone(tmp_path: Path) -> None:
    """An error leaves nothing; the name bears no trace of how it came about."""
    from separatrix.run.files import working_folder

    place = tmp_path / "done"
    with pytest.raises(ValueError, match="stop"), working_folder(tmp_path, place):
        raise ValueError("stop")
    assert list(tmp_path.iterdir()) == []
    with working_folder(tmp_path, place) as made:
        (made / "file").write_text("1", "utf-8")
    assert [f.name for f in place.iterdir()] == ["file"] and list(tmp_path.iterdir()) == [place]
