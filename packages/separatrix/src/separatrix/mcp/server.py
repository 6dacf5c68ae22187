"""The tools that a program with a language model is offered, over standard input and output.

A separate process that computes answers and is ended if one takes too long or too much memory.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio as anyio_anyio
import anyio.to_thread
from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from separatrix import __version__
from separatrix.errors import InputError, NameProblem, SeparatrixError, nearest
from separatrix.explanations.explanation import explanations
from separatrix.languages import language_of
from separatrix.mcp import tools
from separatrix.mcp.folder import ModelSource, WorkingFolder
from separatrix.mcp.tools import ToolResponse, bounded
from separatrix.run.limits import MEMORY_EXIT, end_with_parent, limit_memory, limit_processor_time
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS

__all__ = ["Children", "build", "serve"]

Function = Callable[..., Any]

SPAWN = multiprocessing.get_context("spawn")

GRACE = 10.0
"""Seconds beyond its budget after which a process is ended: for starting up, and for finishing."""

MOST_MEMORY = 2 << 30
"""Bytes that a process may hold."""

AT_ONCE = 2
"""Questions that are worked on at once; others wait."""


class Children:
    """Processes that work out answers: at most `AT_ONCE`, each kept for the next question.

    ``grace`` is what an answer may take beyond its budget, in seconds.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._free = anyio.Semaphore(AT_ONCE)
        self._idle: list[_Child] = []

    async def ask(self, function: Function, arguments: Mapping[str, Any], seconds: float) -> Any:
        """Return what a function answers in a process of its own.

        Parameters
        ----------
        function : callable
            At the top of a module, as are the types of its arguments and of its answer.
        arguments : mapping of str to value
        seconds : float
            What the answer may take; a little more is granted, then the process is ended.

        Raises
        ------
        SeparatrixError
            As the function raises it; U921 where the answer takes too long, or more memory than there is;
            U999 for a fault of the program.
        """
        async with self._free:
            child = self._idle.pop() if self._idle else _Child(self._grace)
            try:
                answer = await anyio.to_thread.run_sync(
                    child.ask, function, arguments, seconds, abandon_on_cancel=True
                )
            except SeparatrixError:
                self._keep(child)
                raise
            except BaseException:  # of these the cancelling of the question
                child.end()
                raise
            self._keep(child)
            return answer

    def _keep(self, child: _Child) -> None:
        if child.alive:
            self._idle.append(child)

    def end(self) -> None:
        """End all processes."""
        while self._idle:
            self._idle.pop().end()


class _Child:
    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._mine, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive() and not self._mine.closed

    def ask(self, function: Function, arguments: Mapping[str, Any], seconds: float) -> Any:
        try:
            self._mine.send((function, dict(arguments), seconds))
            arrived = self._mine.poll(seconds + self._grace)
            kind, value = self._mine.recv() if arrived else ("late", None)
        except (EOFError, OSError):
            self._process.join(GRACE)
            kind, value = ("memory" if self._process.exitcode == MEMORY_EXIT else "ended"), None
        if kind == "answer":
            return value
        if isinstance(value, SeparatrixError):
            raise value
        self.end()
        if kind == "fault":
            raise SeparatrixError(
                "U999",
                say("internal error, a fault of the program and not of your input: {what}", what=value),
            )
        reason = {
            "late": say("the answer was not found in {seconds:.3g} seconds", seconds=seconds),
            "memory": say("the answer needs more than {size:.3g} GB of memory", size=MOST_MEMORY / 2**30),
        }.get(kind, say("the process that worked on the answer was ended by the system"))
        raise InputError(
            "U921",
            reason,
            hint=say("ask for less, or work it out at a terminal, where no such limit holds"),
        )

    def end(self) -> None:
        self._process.kill()
        self._process.join(GRACE)
        self._mine.close()


# --------------------------------------------------------------------------- in the process


def _work(line: Connection) -> None:
    limit_memory(MOST_MEMORY)
    end_with_parent()
    while True:
        try:
            function, arguments, seconds = line.recv()
        except EOFError:  # the server is gone
            return
        limit_processor_time((seconds + GRACE) * (os.cpu_count() or 1))
        line.send(_answered(function, arguments))


def _answered(function: Function, arguments: Mapping[str, Any]) -> tuple[str, Any]:
    try:
        return "answer", function(**arguments)
    except SeparatrixError as problem:
        return "told", problem
    except MemoryError:
        return "memory", None
    except Exception as problem:
        traceback.print_exc(file=sys.stderr)
        return "fault", f"{type(problem).__name__}: {' '.join(str(problem).split())[:200]}"


INSTRUCTIONS = (
    "Separatrix analyses evolutionary games exactly: every rest point of the replicator dynamics "
    "with its\nstability and the theorem that proves it, regimes, basins of attraction, and "
    "contradictions between a paper and\nits own payoff table.\n\nDo not state from memory, and do "
    "not derive yourself, which rest points a game has, which of them are\nstable, or where "
    "trajectories end: call `analyze` and `basins`, and report `certainty`. `proven` is a\nproof; "
    "`partly proven` names what is open; `estimated` has an error: give it together with the "
    "number.\n`undecided` and `incomplete` are answers: pass them on. Cite the works under "
    '`references`. Numbers are\nexact: 0.1 means 1/10, and "1/3" is valid input. `left_out` lists '
    "what was cut for length; `command` gives\nthe complete answer at a terminal.\n\nA `model` is "
    "the name of a game of the catalogue (tool `examples`), a file of the folder this server "
    "was\nstarted in, or the text of a game file in YAML. Other files cannot be read."
)

Model = Annotated[
    str,
    Field(
        description="The name of a game of the catalogue, the path of a game file with its ending (in the "
        "folder of this server), or the text of a game file in YAML (more than one line)."
    ),
]
Values = Annotated[
    dict[str, str | int | float] | None,
    Field(
        description='Values of parameters and levels of instruments, exact: {"C1": "1/3", "subsidy": 0.5}.'
    ),
]
Scenario = Annotated[str | None, Field(description="The name of a scenario of the game.")]
Budget = Annotated[float, Field(ge=1, le=600, description="Seconds that the answer may take.")]
Lang = Annotated[Literal["en", "zh"], Field(description="The language of reasons and reports.")]
Seed = Annotated[int, Field(ge=0, description="What draws starts; the same seed gives the same answer.")]

Found = Annotated[CallToolResult, ToolResponse]

READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


def build(folder: WorkingFolder, children: Children) -> MCPServer:
    """Return the server of a folder; these processes compute its answers."""
    server = MCPServer(
        "separatrix", title="Separatrix", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR"
    )

    async def ask(
        function: Callable[..., ToolResponse], model: str, budget: float, lang: str, **arguments: Any
    ) -> CallToolResult:
        try:
            source: ModelSource = folder.source(model)
            limit = {} if function is tools.load else {"budget": budget}
            found = await children.ask(
                function, {"source": source, "lang": lang, **limit, **arguments}, budget
            )
        except SeparatrixError as problem:
            return _error_result(problem, lang)
        return _call_result(asdict(found))

    @server.tool(annotations=READS)
    async def load(model: Model, lang: Lang = "en") -> Found:
        """Read a game and return its contents: populations, parameters, scenarios, instruments."""
        return await ask(tools.load, model, 30, lang)

    @server.tool(annotations=READS)
    async def analyze(
        model: Model,
        values: Values = None,
        scenario: Scenario = None,
        symbolic: Annotated[
            bool,
            Field(
                description="Treat parameters as symbols: conditions for existence and stability, regimes."
            ),
        ] = False,
        budget: Budget = 60,
        lang: Lang = "en",
    ) -> Found:
        """Find every rest point of a game, with its stability and why, and prove the list complete."""
        return await ask(
            tools.analyze, model, budget, lang, values=_texts(values), scenario=scenario, symbolic=symbolic
        )

    @server.tool(annotations=READS)
    async def check(model: Model, budget: Budget = 60, lang: Lang = "en") -> Found:
        """Compare what a paper claims (`published` in the file) with what follows from its payoff table."""
        return await ask(tools.check, model, budget, lang)

    @server.tool(annotations=READS)
    async def basins(
        model: Model,
        values: Values = None,
        scenario: Scenario = None,
        samples: Annotated[
            int, Field(ge=64, le=262_144, description="Starts to follow where no closed form is known.")
        ] = 16_384,
        seed: Seed = 0,
        budget: Budget = 60,
        lang: Lang = "en",
    ) -> Found:
        """Compute the share of starts that ends at each attractor: in closed form, or else estimated."""
        return await ask(
            tools.basins,
            model,
            budget,
            lang,
            values=_texts(values),
            scenario=scenario,
            samples=samples,
            seed=seed,
        )

    @server.tool(annotations=READS)
    async def sweep(
        model: Model,
        over: Annotated[
            list[str],
            Field(
                min_length=1,
                max_length=4,
                description='Parameters and their values: "C1=0:8:20" (low, high, count) or "C1=1,2,4". '
                "At most 1,000 points in all.",
            ),
        ],
        measure: Annotated[
            list[Literal["stable", "rest", "basin", "time", "shock"]],
            Field(
                min_length=1,
                description="stable: which states are asymptotically stable; rest: how many rest points; "
                "basin: share of starts by outcome; time: until today's trajectory arrives, and where; "
                "shock: the smallest change that changes the outcome.",
            ),
        ] = ["stable"],  # noqa: B006 (read only, and shown in the schema)
        values: Values = None,
        scenario: Scenario = None,
        seed: Seed = 0,
        budget: Budget = 60,
        lang: Lang = "en",
    ) -> Found:
        """Measure a game at every point of a grid of parameter values."""
        return await ask(
            tools.sweep,
            model,
            budget,
            lang,
            over=list(over),
            measure=list(measure),
            values=_texts(values),
            scenario=scenario,
            seed=seed,
        )

    @server.tool(annotations=WRITES)
    async def report(
        model: Model,
        format: Annotated[
            Literal["md", "html", "tex", "docx", "pdf"], Field(description="docx and pdf need `out`.")
        ] = "md",
        out: Annotated[
            str | None,
            Field(
                description=(
                    "A new file to write in the folder of this server; without it the answer "
                    "contains the text."
                )
            ),
        ] = None,
        values: Values = None,
        short: Annotated[bool, Field(description="A few pages, without long tables.")] = True,
        budget: Budget = 120,
        lang: Lang = "en",
    ) -> Found:
        """Write a report on a game: equations, rest points, regimes, findings, and how sure each is."""
        try:
            target = _target(folder, out, format)
        except SeparatrixError as problem:
            return _error_result(problem, lang)
        return await ask(
            tools.report,
            model,
            budget,
            lang,
            format=format,
            out=target,
            values=_texts(values),
            short=short,
        )

    @server.tool(annotations=READS)
    async def examples(
        words: Annotated[
            str, Field(description="Words that titles, names or sources must hold; empty for all games.")
        ] = "",
        lang: Lang = "en",
    ) -> dict[str, Any]:
        """List the published games of the catalogue, each with its citation."""
        return _examples(words, lang)

    @server.tool(annotations=READS)
    async def explain(
        code: Annotated[str, Field(description="Such as S012.")], lang: Lang = "en"
    ) -> CallToolResult:
        """Explain an error code, a warning or a finding at length."""
        known = explanations(lang)
        wanted = code.strip().strip("`").upper()
        if wanted in known:
            return _call_result({"code": wanted, **asdict(known[wanted])})
        meant = nearest(wanted, list(known))
        problem = NameProblem(
            "U904",
            say("unknown error code `{code}`", code=code[:40]),
            hint=say("did you mean {meant}?", meant=meant) if meant else None,
        )
        return _error_result(problem, lang)

    return server


def _texts(values: dict[str, str | int | float] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items()}


def _target(folder: WorkingFolder, out: str | None, format: str) -> Path | None:
    """Return where to write a report; None if its text is part of the answer.

    Raises
    ------
    InputError
        U902 for a format that is not text, and where the ending names another one; see also
        `WorkingFolder.target`.
    """
    known = FORMATS[format]
    if out is None:
        if not known.printable:
            raise InputError(
                "U902",
                say("a report as {format} is not text, so it cannot be part of the answer", format=format),
                hint=say("give `out`, as in out=report{ending}", ending=known.suffixes[0]),
            )
        return None
    if Path(out).suffix.lower() not in known.suffixes:
        raise InputError(
            "U902",
            say("`{name}` does not end as {format} does", name=out, format=format),
            hint=say("as in out=report{ending}", ending=known.suffixes[0]),
        )
    return folder.target(out)


def _examples(wanted: str, lang: str) -> dict[str, Any]:
    from separatrix.game.catalogue import catalogue

    words = wanted.casefold().split()
    found = [
        {"name": entry.slug, "strategies": entry.size, "title": entry.title, "source": entry.short_source}
        for entry in catalogue(lang)
        if all(word in f"{entry.slug} {entry.title} {entry.source}".casefold() for word in words)
    ]
    kept, left_out = bounded({"games": found})
    return {**kept, "count": len(found), "left_out": left_out}


def _call_result(data: Mapping[str, Any]) -> CallToolResult:
    text = json.dumps(data, ensure_ascii=False)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=dict(data))


def _error_result(problem: SeparatrixError, lang: str) -> CallToolResult:
    """Return an error as at a terminal, and its parts."""
    words = language_of(lang)
    where = problem.where
    parts = {
        "code": problem.code,
        "text": words.tell(problem.message),
        "where": None if where is None else str(where),
        "line": None if where is None else where.line,
        "column": None if where is None else where.column,
        "hint": None if problem.hint is None else words.tell(problem.hint),
    }
    text = problem.render(words.tell, hint=words.ERROR_HELP)
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content={"error": parts}, is_error=True
    )


def serve(path: Path) -> None:
    """Answer a program on standard input and output until it closes them.

    Raises
    ------
    InputError
        U920 for a folder that is none.
    """
    folder = WorkingFolder.at(path)

    async def run() -> None:
        children = Children()
        try:
            await build(folder, children).run_stdio_async()
        finally:
            children.end()

    with suppress(BrokenPipeError, anyio_anyio.BrokenResourceError):
        anyio_anyio.run(run)
