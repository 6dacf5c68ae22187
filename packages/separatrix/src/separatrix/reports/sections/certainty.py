"""How sure each statement of a report is: proven, certified, compared, drawn, or left open."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.analysis.results import Analysis
from separatrix.document.document import Block, Column, Paragraph, Table, Words, line
from separatrix.game.model import AdvantageForm, ReplicatorForm
from separatrix.languages import Language
from separatrix.reports.study import Study

__all__ = ["certainty_section"]


def certainty_section(study: Study, words: Language) -> Iterator[Block]:
    """Yield a table of the kinds of statement, how sure each is, and how it is established."""
    columns = (Column(words.STATEMENT), Column(words.HOW_SURE), Column(words.BY_WHAT, wide=True))
    given = isinstance(study.game.form, AdvantageForm | ReplicatorForm)
    rows = [(words.EQUATIONS, words.PROVEN, words.BY_ALGEBRA_AS_GIVEN if given else words.BY_ALGEBRA)]
    if study.general is not None and study.general.symbolic:
        rows += _in_symbols(study.general, words)
    numeric = [a for a in study.analyses if not a.symbolic]
    rows += _in_numbers(numeric, words)
    if study.claims:
        rows.append((words.CLAIMS, words.PROVEN, words.BY_COMPARISON))
    if any(a.values is not None for a in numeric):
        rows.append((words.FIGURES, words.DRAWN, words.BY_INTEGRATION))
    yield Paragraph(line(words.CERTAINTY_LEAD))
    cells = tuple((line(what), line(Words(sure, "strong")), line(how)) for what, sure, how in rows)
    yield Table(columns, cells, title=words.CERTAINTY_TABLE, row_heads=True)


def _in_symbols(general: Analysis, words: Language) -> Iterator[tuple[str, str, str]]:
    whole = general.completeness.status == "complete"
    yield (
        words.REST_SYMBOLIC,
        words.PROVEN if whole else words.INCOMPLETE_WORD,
        words.BY_FACES if whole else words.NOT_ALL_FACES,
    )
    left = sum(p.open_when is not None for p in general.rest_points)
    conditions = words.count(left, "LEFT_IN_SYMBOL") if left else words.BY_CONDITIONS
    yield words.STABILITY_CONDITIONS, words.PROVEN if not left else words.PARTLY_OPEN, conditions
    found = general.regimes_completeness
    if found is not None:
        sure = words.PROVEN if found.status == "complete" else words.INCOMPLETE_WORD
        some = words.BY_Z3 if found.status == "complete" else words.SOME_REGIMES
        yield words.REGIMES_TITLE, sure, some if general.regimes else words.NO_REGIMES


def _in_numbers(analyses: list[Analysis], words: Language) -> Iterator[tuple[str, str, str]]:
    if not analyses:
        return
    points = [p for a in analyses for p in a.rest_points if p.state is not None]
    exact = sum(p.exact is not None for p in points)
    whole = all(a.completeness.status == "complete" for a in analyses)
    sure = words.INCOMPLETE_WORD if not whole else words.PROVEN if exact == len(points) else words.CERTIFIED
    how = words.BY_EXACT.format(count=exact)
    if exact < len(points):
        how += words.BY_BALLS.format(count=len(points) - exact)
    yield words.REST_AT_NUMBERS, sure, how
    labels = [p.stability for p in points] + [s.stability for a in analyses for s in a.rest_sets]
    told = [label for label in labels if label is not None]
    left = sum(label == "undecided" for label in told)
    how = words.BY_THEOREMS.format(count=len(told) - left)
    if left:
        how += words.LEFT_WITH_REASON.format(open=left)
    yield words.LABELS_AT_NUMBERS, words.PARTLY_OPEN if left else words.PROVEN, how
