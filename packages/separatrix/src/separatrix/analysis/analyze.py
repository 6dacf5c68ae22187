"""From a game to its answer.

A game in which some parameters are numbers and the others stay symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from separatrix.analysis.affine.nash_subsets import (
    Bimatrix,
    bimatrix_of,
    bimatrix_of_corners,
    maximal_nash_subsets,
    nash_components,
)
from separatrix.analysis.answer import RestStateAnswer, only_pure
from separatrix.analysis.binary.solve import find_one_population, find_rest_states
from separatrix.analysis.payoff_functions import Field, affine_table, field_of, field_speeds
from separatrix.analysis.regime_description import coexistence
from separatrix.analysis.replicator_equations import Corner, Multilinear, corner_values
from separatrix.analysis.rest_state_ids import keep_ids, with_rest_state_ids
from separatrix.analysis.results import Analysis, Warning
from separatrix.analysis.symbolic.answer import Writer
from separatrix.analysis.symbolic.substitution import merge
from separatrix.analysis.theorems import NASH
from separatrix.exact.algebraic_numbers import exact
from separatrix.expression.conditions import with_sides
from separatrix.expression.constants import Irrational, Unseparated
from separatrix.expression.tree import Expression, Number, substitute
from separatrix.game.model import (
    AdvantageForm,
    Form,
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.values import missing, no_value_for, resolve, violated, with_lets
from separatrix.run.limits import OutOfTime, afresh, seconds_left, seconds_of, time_limit
from separatrix.sentences import say, together

__all__ = [
    "analyze",
    "with_fixed",
]


def analyze(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    symbolic: bool = False,
    budget: float | None = None,
) -> Analysis:
    """Return every rest point of a game with proof, stability and, in symbols, regimes.

    Parameters
    ----------
    game : Game
        Any number of populations with any number of strategies; payoffs rational in the shares.
    values : mapping of parameter to number, optional
        Overrides the scenario's and the file's values.
    scenario : str, optional
        One of ``game.scenarios``.
    symbolic : bool
        Whether to treat the parameters as symbols: existence and stability conditions, and regimes.
        Where all parameters have values too, the numbers are filled in as well.
    budget : float, optional
        Seconds that the analysis may take, the enumeration of regimes included; 60 by default.  What was
        found by then is returned, with the status ``incomplete``.  It is kept within a second, or a fifth of
        it where that is more.

    Returns
    -------
    Analysis
        Its `to_dict` is the output of ``separatrix analyze --format json``.

    Raises
    ------
    ComesLater
        For games that this version reads and cannot analyse.
    InputError
        V304 where a parameter has no value and `symbolic` is false; V305 for an impossible budget;
        A504 for assumptions that contradict each other.
    NameProblem
        V302, V303 for unknown parameters or scenarios.

    References
    ----------
    Ritzberger & Weibull (1995); Hofbauer & Sigmund (1998); Neumaier (1990) for the certified route;
    `separatrix.cite` lists the references of an answer.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> [(p.state, p.stability) for p in separatrix.analyze(game).rest_points][-1]
    ((0.6666666666666666,), 'asymptotically stable')
    """
    seconds = seconds_of(budget)
    resolved = resolve(game, values, scenario)
    lacking = missing(resolved)
    if lacking and not symbolic:
        raise no_value_for(lacking, "choose a scenario, or ask for --symbolic")
    known = None if lacking else {n: v for n, v in resolved.items() if v is not None}
    warnings = list(_value_warnings(game, known)) if known is not None else []
    warnings.extend(Warning("A523", text) for text in game.places.remarks)
    if game.schedule:
        text = say("the schedule is not part of this: the analysis holds at the baseline values")
        warnings.append(Warning("A521", text))
    if lacking and (values or scenario is not None):
        names = together((f"`{n}`" for n in lacking[:6]), ", ")
        text = say("the given values are not used: numbers need one for {names} too", names=names)
        warnings.append(Warning("A507", text))
    numbers, symbols = None, None
    with time_limit(seconds) as limit:
        if known is not None:
            # In symbols the time is for both answers.
            numbers = _numeric(
                game, with_lets(game, known), limit.seconds_left / 2 if symbolic else limit.seconds_left
            )
            warnings.extend(numbers.warnings)
        if symbolic:
            from separatrix.analysis.symbolic.substitution import solve_symbolic

            symbols = solve_symbolic(game, known, seconds)
    if symbols is not None:
        found = merge(game, symbols.found, numbers, None if known is None else symbols.with_names(known))
        warnings.extend(symbols.warnings)
    elif numbers is not None:
        found = numbers
    analysis = Analysis(
        game=game,
        values=known,
        scenario=scenario,
        symbolic=symbolic,
        rest_points=found.points,
        rest_sets=found.sets,
        rest_components=found.components,
        completeness=found.completeness,
        regimes=symbols.regimes if symbols else (),
        regimes_completeness=symbols.regimes_completeness if symbols else None,
        warnings=tuple(warnings),
        cycles=found.cycles,
        nash_components=found.nash_components,
        definitions=symbols.definitions if symbols else {},
    )
    return _as_the_author_writes(analysis) if symbolic else analysis


def _as_the_author_writes(analysis: Analysis) -> Analysis:
    """The same answer with every formula in the grouping of the payoff table."""
    writer = Writer(analysis.author_form.regroup)
    regimes = tuple(writer.regime(r) for r in analysis.regimes)
    return replace(
        analysis,
        rest_points=tuple(writer.point(p) for p in analysis.rest_points),
        rest_sets=tuple(writer.set(s) for s in analysis.rest_sets),
        regimes=regimes,
        coexistence=coexistence(analysis.game, regimes, analysis.regimes_completeness),
        definitions={n: writer.rewrite(e) for n, e in analysis.definitions.items()},
    )


def _numeric(game: Game, known: Mapping[str, Fraction], budget: float) -> RestStateAnswer:
    """All rest states at exact numbers; without enough time, only the pure ones."""
    with time_limit(budget):
        try:
            return with_rest_state_ids(game, _by_best_route(game, known))
        except OutOfTime:
            return with_rest_state_ids(game, only_pure(game))


def _by_best_route(game: Game, known: Mapping[str, Fraction]) -> RestStateAnswer:
    """Every rest state at exact numbers, by the most exact route that the payoffs allow."""
    try:
        return _solved(game, known)
    except Unseparated as problem:
        return only_pure(game, problem.message, problem.message)


def _solved(game: Game, known: Mapping[str, Fraction]) -> RestStateAnswer:
    small = game.space.binary and len(game.populations) <= 3
    if small and game.equal_speeds and isinstance(game.form, ProfileTable | SelfMatrix):
        values = corner_values(game, known)
        return _with_nash(game, _bimatrix(game, values), lambda: _of_corners(game, values))
    table = affine_table(game, known)
    if table is not None and not small:
        from separatrix.analysis.affine.solve import solve_affine

        return _with_nash(
            game, bimatrix_of(table), lambda: solve_affine(game, table, True, max(0.0, seconds_left()))
        )
    field = field_of(game, known)
    if field.ring.rounded or any(isinstance(v, Irrational) for v in field_speeds(game, known)):
        from separatrix.analysis.enclosed import certify  # which loads numpy

        return certify(game, known, _of_field(game, field, small))
    return _of_field(game, field, small)


def _of_field(game: Game, field: Field, small: bool) -> RestStateAnswer:
    if small:
        corners = field.corners
        if corners is not None:
            return _with_nash(game, _bimatrix(game, corners), lambda: _of_corners(game, corners))
    affine = field.affine
    if affine is not None:
        from separatrix.analysis.affine.solve import solve_affine

        return _with_nash(
            game,
            bimatrix_of(affine),
            lambda: solve_affine(game, affine, field.tabled, max(0.0, seconds_left())),
        )
    from separatrix.analysis.certified.solve import solve_certified

    return solve_certified(game, field, max(0.0, seconds_left()))


NASH_SHARE = 0.1
"""The part of the budget that the Nash equilibria of two players may take, before all else."""

NASH_GRACE = 0.3
"""Seconds, however short the budget, to assign rest states to Nash subsets."""


def _bimatrix(game: Game, corners: tuple[Mapping[Corner, Fraction], ...]) -> Bimatrix | None:
    if len(game.populations) != 2 or any(isinstance(v, Irrational) for t in corners for v in t.values()):
        return None
    return bimatrix_of_corners(corners)


def _with_nash(game: Game, payoffs: Bimatrix | None, solve: Callable[[], RestStateAnswer]) -> RestStateAnswer:
    """The rest states, and of two players the maximal Nash subsets too."""
    if payoffs is None:
        return solve()
    try:
        with time_limit(NASH_SHARE * seconds_left()):
            subsets = maximal_nash_subsets(payoffs)
    except (OutOfTime, OverflowError) as trouble:
        return replace(solve(), warnings=(_no_subsets(trouble),))
    found = solve()
    try:
        with afresh(max(NASH_GRACE, seconds_left())):
            return replace(found, nash_components=nash_components(game, payoffs, subsets, found))
    except OutOfTime as trouble:
        return replace(found, warnings=(_no_subsets(trouble),))


def _no_subsets(trouble: Exception) -> Warning:
    text = say("the maximal Nash subsets were not computed: {why}", why=trouble.args[0]).resting_on(NASH)
    return Warning("A522", text)


def _of_corners(game: Game, corners: tuple[Mapping[Corner, Fraction], ...]) -> RestStateAnswer:
    """The answer for two strategies a population, from the advantages at the corners of the cube."""
    if game.plays_itself:
        return find_one_population(game, corners[0][(0,)], corners[0][(1,)])
    return find_rest_states(
        game, Multilinear(tuple({c: exact(v) for c, v in table.items()} for table in corners))
    )


def _value_warnings(game: Game, known: Mapping[str, Fraction]) -> Iterator[Warning]:
    broken = violated(game, known)
    if not broken:
        return
    from separatrix.analysis.assumptions import require_consistent

    require_consistent(game)
    for text in broken:
        yield Warning(
            "A505", say("the assumption `{assumption}` does not hold at these values", assumption=text)
        )


Rewrite = Callable[[Expression], Expression]


def with_fixed(game: Game, values: Mapping[str, Fraction]) -> Game:
    """Return `game` with numbers in place of the parameters that have a value in `values`.

    Its scenarios and its schedule are dropped: they may refer to removed parameters. Its rest states keep
    the ids that they have in `game`.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> fixed = with_fixed(game, {"V": Fraction(4)})
    >>> list(fixed.parameters), [text for _, text in fixed.assumptions]
    (['C'], ['V > 0', 'C > 0'])
    >>> from separatrix.expression.tree import to_text
    >>> to_text(fixed.form.rows[0][0])
    '(4 - C)/2'
    """
    numbers: dict[str, Expression] = {name: Number(value) for name, value in values.items()}

    def rewrite(expression: Expression) -> Expression:
        return substitute(expression, numbers)

    fixed = replace(
        game,
        parameters={name: p for name, p in game.parameters.items() if name not in values},
        form=_form(game.form, rewrite),
        lets={name: rewrite(meaning) for name, meaning in game.lets.items()},
        assumptions=tuple((with_sides(c, rewrite), text) for c, text in game.assumptions),
        speeds=tuple(rewrite(s) for s in game.speeds),
        scenarios={},
        scenario_names={},
        schedule={},
    )
    keep_ids(fixed, game)
    return fixed


def _form(form: Form, rewrite: Rewrite) -> Form:
    match form:
        case ProfileTable():
            return _table(form, rewrite)
        case SelfMatrix():
            return _matrix(form, rewrite)
        case PairwiseForm():
            return _pairs(form, rewrite)
        case FunctionForm(payoffs, table):
            rows = tuple(tuple(rewrite(u) for u in row) for row in payoffs)
            match table:
                case ProfileTable():
                    return FunctionForm(rows, _table(table, rewrite))
                case SelfMatrix():
                    return FunctionForm(rows, _matrix(table, rewrite))
                case PairwiseForm():
                    return FunctionForm(rows, _pairs(table, rewrite))
                case None:
                    return FunctionForm(rows)
        case GroupForm(size, payoffs):
            return GroupForm(rewrite(size), tuple(rewrite(u) for u in payoffs))
        case AdvantageForm(by_share):
            return AdvantageForm({share: rewrite(e) for share, e in by_share.items()})
        case ReplicatorForm(by_share):
            return ReplicatorForm({share: rewrite(e) for share, e in by_share.items()})


def _table(form: ProfileTable, rewrite: Rewrite) -> ProfileTable:
    return ProfileTable({profile: tuple(rewrite(e) for e in row) for profile, row in form.pay.items()})


def _matrix(form: SelfMatrix, rewrite: Rewrite) -> SelfMatrix:
    return SelfMatrix(tuple(tuple(rewrite(e) for e in row) for row in form.rows))


def _pairs(form: PairwiseForm, rewrite: Rewrite) -> PairwiseForm:
    return PairwiseForm(
        {pair: tuple(tuple(rewrite(e) for e in row) for row in rows) for pair, rows in form.matrices.items()}
    )
