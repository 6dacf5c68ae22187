"""The verbs, and what happens around each of them: errors, exit codes, logging.

Exit codes: 0 answered; 1 answered, and the answer is negative; 2 the input or the call is wrong;
3 an internal error; 130 interrupted.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from separatrix import __version__
from separatrix.errors import InputError, SeparatrixError, how_to_add, nearest
from separatrix.plugins import commands

if TYPE_CHECKING:
    from cyclopts import App

__all__ = ["COMMANDS", "STANDARD", "build_app", "run"]

COMMANDS = commands()
"""The verbs: where each one is, its line in the help, and its group.  Each is imported when it is called."""

GROUPS = ("Games", "Dynamics", "Populations", "Policy", "Clusters", "Documents", "Serve")
"""The groups of verbs, in the order of the help."""

HELP = """Exact evolutionary game analysis, policy, and carbon accounts for industrial parks.

MODEL is a game file (.yaml, .csv, .xlsx, .ods, .nfg), a pasted table (.html, .tex, .txt), a game in the \
catalogue, or - for standard input."""

EPILOGUE = (
    "All commands accept -v, --verbose (more messages on standard error) and -q, --quiet (errors only)."
)

_ASKED_BY_SHELLS = "__complete"
"""What the scripts of `separatrix completion` call while one types."""

STANDARD = "\0-"
"""What verbs are given for ``-``, which the parser would take for an option; no argument can be this."""

_VERBOSE = ("-v", "--verbose")
_QUIET = ("-q", "--quiet")


def build_app() -> App:
    """Return the command line as a cyclopts application, its commands still to be imported."""
    from cyclopts import App, Group

    app = App(
        name="separatrix",
        help=HELP,
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        version=f"separatrix {__version__}",
        version_flags=["--version"],
        result_action="return_value",
    )
    groups = {title: Group(title, sort_key=place) for place, title in enumerate(GROUPS)}
    for name, (path, line, title) in COMMANDS.items():
        app.command(path, name=name, help=line, group=groups[title])
    options = Group("Options", sort_key=len(GROUPS))
    for flag in ("--help", "--version"):
        app[flag].group = options
    return app


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.
    """
    tokens, verbose, quiet = _global_flags(list(sys.argv[1:] if arguments is None else arguments))
    verbose = verbose or bool(os.environ.get("SEPARATRIX_DEBUG"))
    _settle_streams()
    _settle_logging(verbose, quiet)
    try:
        code = _dispatch(tokens)
        sys.stdout.flush()
        return code
    except SeparatrixError as problem:
        _print_error(_rendered(problem, tokens), _styled())
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _pipe_closed()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # rich turns it into an exit with code 1
            return _pipe_closed()
        return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 2
    except ModuleNotFoundError as problem:
        lacking = _lacking(problem)
        if lacking is None:
            return _internal(problem, verbose)
        _print_error(_rendered(lacking, tokens), _styled())
        return 2
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EBADF, errno.EIO):
            if not _is_of_the_call(problem, tokens):
                return _internal(problem, verbose)
            where = os.fsdecode(problem.filename)
            where = where if len(where) <= _LONGEST_NAME else f"{where[:_LONGEST_NAME]}…"
            _print_error(f"U903 the system does not open {where}: {problem.strerror}", _styled())
            return 2
        _print_error(f"U903 cannot write the answer: {problem.strerror}", _styled())
        _pipe_closed()
        return 2
    except Exception as problem:
        return _internal(problem, verbose)


_LONGEST_NAME = 100
"""Characters of a name that are shown, since one may be refused for its length alone."""

_EXTRAS = {
    **dict.fromkeys(("starlette", "uvicorn", "python_multipart"), "studio"),
    **dict.fromkeys(("django", "allauth", "axes", "argon2", "cryptography", "ninja"), "park"),
    **dict.fromkeys(("django_htmx", "django_tasks_db", "django_tasks", "prometheus_client"), "park"),
    **{"psycopg": "postgres", "dask": "scale", "distributed": "scale", "docx": "word", "typst": "pdf"},
    **{"pymrio": "mrio", "mcp": "mcp", "sympy": "sympy"},
}
"""The extra that brings a library with it."""


def _lacking(problem: ModuleNotFoundError) -> InputError | None:
    """Return the error of a library that is not installed, or None where a part of separatrix is missing."""
    library = (problem.name or "").partition(".")[0]
    if library == "" or library.startswith("separatrix"):
        return None
    extra = _EXTRAS.get(library)
    return InputError(
        "U905",
        f"this needs {library}, which is not installed",
        hint=how_to_add(extra) if extra else "reinstall separatrix with its requirements",
    )


def _is_of_the_call(problem: OSError, tokens: Sequence[str]) -> bool:
    """Whether the system refuses a file that the call names, or one below or above it."""
    if not isinstance(problem.filename, (str, bytes)) or not problem.filename or not problem.strerror:
        return False
    names = [Path(token.partition("=")[2] if token.startswith("-") else token) for token in tokens if token]
    own = Path(os.fsdecode(problem.filename))
    return any(own == name or name in own.parents or own in name.parents for name in names if name.name)


def _rendered(problem: SeparatrixError, tokens: Sequence[str]) -> str:
    """Return an error in the language of the command."""
    from separatrix.languages import LANGUAGES, language_of

    asked = [b for a, b in pairwise(tokens) if a == "--lang"]
    asked += [t.partition("=")[2] for t in tokens if t.startswith("--lang=")]
    if not asked or asked[-1] not in LANGUAGES:
        return problem.render()
    words = language_of(asked[-1])
    return problem.render(words.tell, hint=words.ERROR_HELP)


def _pipe_closed() -> int:
    """The reader of the pipe has what it wanted; Python would complain when it flushes at exit."""
    sys.stdout = io.TextIOWrapper(open(os.devnull, "wb"), encoding="utf-8")  # noqa: PTH123 (os.devnull is no Path)
    return 0


def _global_flags(tokens: list[str]) -> tuple[list[str], bool, bool]:
    """Take the flags that go with every command out of the arguments."""
    end = tokens.index("--") if "--" in tokens else len(tokens)
    head, tail = tokens[:end], tokens[end:]
    rest = [t for t in head if t not in _VERBOSE and t not in _QUIET]
    return rest + tail, any(t in _VERBOSE for t in head), any(t in _QUIET for t in head)


def _dispatch(tokens: list[str]) -> int:
    from cyclopts import CycloptsError

    app = build_app()
    if tokens and not tokens[0].startswith("-") and tokens[0] not in (*COMMANDS, _ASKED_BY_SHELLS):
        raise _unknown_command(tokens[0])
    try:
        result = app(
            [STANDARD if token == "-" else token for token in tokens], print_error=False, exit_on_error=False
        )
    except CycloptsError as problem:
        problem.verbose = False
        verb = tokens[0] if tokens and tokens[0] in COMMANDS else ""
        message = " ".join(str(problem).split()).rstrip(".")
        raise InputError(
            "U901",
            message[:1].lower() + message[1:],
            hint=f"`{' '.join(filter(None, ('separatrix', verb, '--help')))}` shows what can be given",
        ) from None
    return result if isinstance(result, int) else 0


DISTRIBUTIONS = {
    **dict.fromkeys(("cluster", "calibrate", "brief"), "separatrix-cluster"),
    "park": "separatrix-park",
}
"""The distribution that brings a verb, for the hint where it is not installed."""


def _unknown_command(word: str) -> InputError:
    meant = nearest(word, list(COMMANDS))
    if (distribution := DISTRIBUTIONS.get(word)) is not None:
        hint = f"install it: pip install {distribution}"
    elif meant is not None:
        hint = f"did you mean `separatrix {meant}`?"
    elif "." in word or "/" in word:
        hint = f"to analyse a game, write `separatrix analyze {word}`"
    else:
        hint = f"the commands are {', '.join(COMMANDS)}"
    return InputError("U901", f"unknown command `{word}`", hint=hint)


# --------------------------------------------------------------------------- what is told, and where


def _settle_streams() -> None:
    """Let every name be printed: files and pipes are UTF-8, a terminal replaces what it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _settle_logging(verbose: bool, quiet: bool) -> None:
    logger = logging.getLogger("separatrix")
    logger.setLevel(logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING)
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False


def _styled() -> bool:
    stream: TextIO = sys.stderr
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print_error(text: str, styled: bool) -> None:
    """Print an error; on a terminal its code and its carets stand out."""
    if styled:
        lines = text.split("\n")
        code, _, rest = lines[0].partition(" ")
        lines[0] = f"\033[1;31m{code}\033[0m \033[1m{rest}\033[0m"
        lines = [
            f"\033[1;31m{line}\033[0m" if set(line.strip()) <= {"|", "^", " "} and "^" in line else line
            for line in lines
        ]
        text = "\n".join(lines)
    print(text, file=sys.stderr)


def _internal(problem: Exception, verbose: bool) -> int:
    if verbose:
        import traceback

        traceback.print_exception(problem)
    what = " ".join(str(problem).split())[:200]
    advice = "" if verbose else "; -v shows where"
    print(
        "U999 internal error, a fault of the program and not of your input: "
        f"{type(problem).__name__}: {what}{advice}",
        file=sys.stderr,
    )
    return 3
