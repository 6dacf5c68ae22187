"""Templates: a game to start from, in YAML and as a workbook, with a word on every part."""

from __future__ import annotations

from pathlib import Path

from separatrix.errors import InputError, Place
from separatrix.game.writer import check_target, write_text

__all__ = ["TEMPLATE", "write_template"]

TEMPLATE = """\
# A game for separatrix.  It can be analysed as it is:
#
#     separatrix analyze THIS-FILE
#     separatrix analyze THIS-FILE --symbolic
#
# Change the names, the parameters and the payoffs to those of your own model.
format: 1
title: 'Pollution control: enterprise and regulator'
source: 'Made up as a template'     # whom to cite

# Who plays.  `share` names the fraction of a population that plays its FIRST strategy.
# With one population alone, write `payoff_matrix` instead of `payoffs`.
populations:
  - name: Enterprise
    share: x
    strategies: [abate, pollute]
  - name: Regulator
    share: y
    strategies: [inspect, trust]

# Every symbol of the payoffs.  Only the name is needed; without a value, ask for --symbolic.
# `range` is for sliders and sweeps only; what proofs may rely on stands under `assume`.
parameters:
  c:
    latex: 'c_a'
    meaning: 'cost of abatement'
    unit: '10k CNY/yr'
    value: 4
    range: [0, 10]
  F:
    meaning: 'fine for polluting, if inspected'
    value: 7
    range: [0, 10]
  s:
    meaning: 'subsidy for abatement, if inspected'
    value: 1
    range: [0, 5]
  k:
    meaning: 'cost of an inspection'
    value: 2
    range: [0, 5]
  d:
    meaning: 'damage that falls back on the regulator'
    value: 3
    range: [0, 10]

# What always holds: proofs may use it.  A chain such as '0 < d < 1' is fine.
assume:
  - 'c > 0'
  - 'F > 0'
  - 's > 0'
  - 'k > 0'
  - 'd > 0'

# One entry for each combination of strategies; under `pay` one payoff a population, in their order.
# Quote expressions: , [ ] { } and a leading - or * mean something else in YAML.
# Operators are + - * / ^ and brackets; functions are exp, log, sqrt, min, max, binomial.
payoffs:
  - play: [abate, inspect]
    pay: ['-c + s', '-k - s']
  - play: [abate, trust]
    pay: ['-c', 0]
  - play: [pollute, inspect]
    pay: ['-F', 'F - k - d']
  - play: [pollute, trust]
    pay: [0, '-d']

# Other values under a name: separatrix analyze THIS-FILE --scenario 'cheap abatement'
scenarios:
  cheap abatement:
    c: 0.5
  weak fine:
    F: 1

# Where things stand now.
today:
  x: 0.2
  y: 0.3
"""

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


def write_template(path: Path, *, force: bool = False) -> None:
    """Write the template as YAML or as a workbook, by the ending of `path`.

    Raises
    ------
    InputError
        U902 for another ending; U903, U910 (see `separatrix.game.writer.check_target`).
    """
    check_target(path, force=force)
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        write_text(path, TEMPLATE)
    elif suffix == ".xlsx":
        from separatrix.game.reader import read_document
        from separatrix.game.table_writer import sheets_of, write_xlsx
        from separatrix.game.yaml_source import parse_yaml

        write_xlsx(sheets_of(read_document(*parse_yaml(TEMPLATE))), path, _COMMENTS)
    else:
        raise InputError(
            "U902",
            f"no template can be written to a file of the kind `{path.suffix}`",
            where=Place(str(path)),
            hint="templates are .yaml or .xlsx files",
        )  # fmt: skip
