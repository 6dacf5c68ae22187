"""Templates: a game to start from, in YAML and as a workbook, with a word on every part."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from separatrix.errors import InputError, Place
from separatrix.game.formats.writer import check_target
from separatrix.run.files import write_file

__all__ = ["BY_PARTIES", "KINDS", "Kind", "template_text", "write_template"]

FOLDER = Path(__file__).with_name("templates")

Kind = Literal["table", "tripartite", "matrix", "group", "dynamic"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Two populations and a table; three; one population with several strategies; groups; payoffs that move."""

BY_PARTIES: dict[int, Kind] = {1: "matrix", 2: "table", 3: "tripartite"}
"""The template for so many populations."""


def template_text(kind: Kind = "table") -> str:
    """Return a template as the text of a game file.

    Examples
    --------
    >>> template_text("group").splitlines()[0]
    '# A game for separatrix: groups of several players, drawn at random from one population.'
    """
    return (FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")


_COMMENTS: dict[tuple[str, int, int], str] = {
    ("payoffs", 1, 1): "One row for each combination of strategies: one column a population, and one column "
    "`pay:NAME` each. Payoffs are numbers or expressions such as F - k - d, never formulas with =.",
    ("populations", 1, 2): "The share is the fraction of the population that plays its FIRST strategy.",
    ("populations", 1, 3): "Separated by semicolons.",
    ("parameters", 1, 1): "Every symbol of the payoffs; letters, digits and _.",
    ("parameters", 1, 2): "May stay empty: then ask for --symbolic.",
    (
        "parameters",
        1,
        6,
    ): "low and high are for sliders and sweeps only; what proofs may use stands in the sheet assume.",
    ("assume", 1, 1): "What always holds, one condition a row, such as c > 0 or 0 < d < 1.",
    ("scenarios", 1, 2): "One column a scenario; an empty cell keeps the value of the sheet parameters.",
    ("today", 1, 1): "Where things stand now.",
}


def write_template(path: Path, kind: Kind = "table", *, force: bool = False) -> None:
    """Write a template as YAML or as a workbook, by the ending of `path`.

    Raises
    ------
    InputError
        U902 for another ending; T213 for a kind that no workbook holds; U903, U910 (see
        `separatrix.game.formats.writer.check_target`).
    """
    check_target(path, force=force)
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        write_file(path, template_text(kind))
    elif suffix == ".xlsx":
        from separatrix.game.formats.table_writer import sheets_of, xlsx_bytes
        from separatrix.game.reader import read_document
        from separatrix.reading.yaml_source import parse_yaml

        document = read_document(*parse_yaml(template_text(kind)))
        write_file(path, xlsx_bytes(sheets_of(document), _COMMENTS))
    else:
        raise InputError(
            "U902",
            f"no template can be written to a file of the kind `{path.suffix}`",
            where=Place(str(path)),
            hint="templates are .yaml or .xlsx files",
        )
