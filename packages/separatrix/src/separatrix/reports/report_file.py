"""A report as a file: from a game to a complete document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from separatrix.document.document import Document
from separatrix.game.model import Game
from separatrix.run.files import write_file
from separatrix.writers.registry import format_of, write

__all__ = ["report", "report_document"]


def report_document(
    game: Game,
    *,
    language: str = "en",
    scenarios: Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
    check: bool = True,
    budget: float | None = None,
    command: str = "",
    short: bool = False,
) -> Document:
    """Return the report on a game as a tree of blocks; see `report` for the parameters."""
    from separatrix.game.populations import scenario_name, translate
    from separatrix.languages import language_of
    from separatrix.reports.paper import build_paper
    from separatrix.reports.short_paper import build_short_paper
    from separatrix.reports.study import study

    words = language_of(language)
    told = translate(game, language)
    if scenarios is not None:
        keys = {scenario_name(told, key): key for key in told.scenarios}
        scenarios = [name if name in told.scenarios else keys.get(name, name) for name in scenarios]
    found = study(told, scenarios=scenarios, values=values, check=check, budget=budget)
    return build_short_paper(found, words) if short else build_paper(found, words, command)


def report(
    game: Game,
    out: str | Path,
    *,
    format: str | None = None,
    language: str = "en",
    scenarios: Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
    check: bool = True,
    budget: float | None = None,
    short: bool = False,
) -> Path:
    """Write the report on a game to a file and return its path.

    Parameters
    ----------
    game : Game
    out : str or Path
        Its ending names the format: .html, .docx, .pdf, .tex or .md.  LaTeX and Markdown get their figures
        in a folder next to it.
    format : str, optional
        One of html, docx, pdf, tex, md, whatever the ending.
    language : str
        ``en`` or ``zh``.
    scenarios, values, check, budget
        As for `separatrix.reports.study.study`.
    short : bool
        A few pages with every state, condition and figure, in place of all arguments and tables.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        U902 for an ending that names no format; U906 for another language; U905 where a library is missing;
        U903 where the file cannot be written.

    Examples
    --------
    >>> import separatrix, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> game = separatrix.load("shi-chen-2018")
    >>> path = separatrix.report(game, f"{folder.name}/report.md", language="zh")
    >>> path.read_text("utf-8").splitlines()[0]
    '# 产业集群企业的合作创新'
    """
    target = Path(out)
    document = report_document(
        game,
        language=language,
        scenarios=scenarios,
        values=values,
        check=check,
        budget=budget,
        short=short,
    )
    written = write(document, format or format_of(target).name, target.stem)
    for name, content in written.beside.items():
        write_file(target.parent / name, content, make_folder=True)
    write_file(target, written.content)
    return target
