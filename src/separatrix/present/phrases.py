"""Every sentence a report can say, in one place."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed", "plural"]

ONE_POPULATION = "One population playing itself: {names}."
ONE_IN_GROUPS = "One population, playing in groups drawn at random: {names}."
SEVERAL_POPULATIONS = "{count} populations playing each other: {names}."
SEVERAL_AND_OWN = "{count} populations that play each other, and some also themselves: {names}."
SHARES = ": share of {name} that plays “{first}”; the others play “{second}”"
SHARES_OF_MANY = ": shares of {name} that play {strategies}"
SHARES_OF_EACH = ": shares of {name} that play each of its {count} strategies, {first} to {last}"
SPEEDS = "Speeds of change: {speeds}."
MIXED = "mixed"
MIXED_ALL = "all mixed"
SCENARIO = "Scenario: {scenario}."
SYMBOLIC = "Parameters are kept as symbols: what follows holds for all admissible values."

ANSWER_ALL = "Every state is at rest: nothing is gained by changing the strategy, whatever the others do."
ANSWER_NONE = "No rest point is asymptotically stable."
ANSWER_CENTRE = " Around {points} the shares circle for ever."
ANSWER_ONE = "One rest point is asymptotically stable: {points}."
ANSWER_SEVERAL = (
    "{count} rest points are asymptotically stable: {points}. Which one is reached depends on the start."
)
ANSWER_CYCLE = " The cycle {cycle} on the boundary attracts what starts near it."
ANSWER_SET = " As a whole, the rest set {sets} is asymptotically stable."
ANSWER_REGIMES = "{count} divide the admissible parameters by what is asymptotically stable."
ANSWER_KNIFE = " {count} of them are knife edges: they need an exact equality."
ANSWER_KNIFE_ONE = " One of them is a knife edge: it needs an exact equality."
ANSWER_INCOMPLETE = " The list of rest points may not be whole."

PAYOFFS = "Payoffs"
PAYOFFS_LEAD = "Each cell: the payoff of {row}, then that of {column}."
PAYOFFS_SELF = "Each cell: what the row strategy earns when it meets the column strategy."
PAYOFFS_PAIR = "What {row} earns in an encounter with {column}."
PAYOFFS_ADD_UP = "What a population earns is the sum over all whom it meets."
PAYOFFS_MOVE = "What a strategy earns depends on the state."
GROUP_LEAD = (
    "Groups of {size} members are drawn at random; {count} is how many of the others play “{strategy}”."
)
LARGE_TABLE = "The table has {count} cells; `--format html` shows it."
HUGE_TABLE = "The table has {count} cells, too many to print."
MANY_EQUATIONS_BRIEF = "`--format html` shows an equation for each share."
NO_TABLE = "No payoff table was given; the analysis starts from {what}."
LONG_TABLE = "The payoff table in symbols"
LONG_TABLE_BRIEF = "The table in symbols is long; `--format html` shows it."
PROFILE = "who plays what"
PROFILE_LEAD = "What each population earns in each profile."
PARAMETERS = "Parameters"
ALL_PARAMETERS = "All {count} parameters and what they mean"
ASSUMPTIONS = "Assumed: "
NO_ASSUMPTIONS = "No assumptions restrict the parameters."
EXPECTED = "Expected payoffs"
EQUATIONS = "Replicator equations"
EQUATIONS_HERE = "At the given values:"
EQUATIONS_AT = "For {values}:"
EQUATIONS_WHERE = "where"

REST_POINTS = "Rest points"
REST_POINTS_HERE = "Rest points at the given values"
ALL_POINTS = "All {count} rest points"
FURTHER_POINTS = (
    "{count}: saddles, sources and other unstable states, none of them a Nash equilibrium; "
    "`--format html` lists them."
)
MORE_POINTS = "{count} more stand in `--format json`."
EIGENVALUE_RANGE = "Re\u00a0{low}\u00a0…\u00a0{high}"
AT_VALUES = "At the given values: "
REST_SYMBOLIC = "Rest points and their conditions"
PURE_POINTS = "Pure states"
MIXED_POINTS = "Mixed states"
MIXED_NEVER = "A mixed state is never asymptotically stable in this game."
STABLE_WHEN = " is asymptotically stable when "
LEFT_OPEN = "stability is left open"
OPEN_WHEN = "stability is left open when "
EXISTS_WHEN = "exists when "
AT_MOST = "at most where "
NEVER = "never"
ALWAYS = "always"
REASONS = "Why these labels"
REST_SETS = "Rest sets"
REST_SETS_LEAD = "Not every rest point stands alone; these fill whole lines or surfaces."
ALL_SETS = "All {count} rest sets"
MANY_SETS = "There are {count} of them; `--format html` lists them."
MORE_SETS = "{count} more stand in `--format json`."
CYCLES = "Cycles on the boundary"
CYCLE_ATTRACTS = "it attracts what starts near it"
CYCLE_REPELS = "it does not attract what starts near it"
CYCLE_UNDECIDED = "whether it attracts is not decided"
KNIFE_SETS = "Rest sets on knife edges"
KNIFE_SETS_LEAD = (
    "{count} can fill with rest points, each only on an exact equality between parameters; a small change "
    "of a parameter in it dissolves the set."
)
COMPONENTS_LEAD = "Connected, they form:"
COMPLETENESS = "Is the list whole?"
COMPLETE = "Yes: complete."
INCOMPLETE = "Not proven: the list may lack rest points."
INCOMPLETE_REGIMES = "Not proven: the list may lack regimes."

REGIMES = "Regimes"
REGIMES_LEAD = "A regime is the set of parameters with the same asymptotically stable states."
REGIMES_BY_STATES = (
    "A regime holds where the conditions of its states (see “Pure states”) are met, and those of the states "
    "in the last column are not. Those of every other state then fail by themselves."
)
REGIMES_IN_FULL = "The same regimes in inequalities"
KNIFE_REGIMES = "{count} on knife edges (they need an exact equality)"
KNIFE_BRIEF = "Further: {count} on knife edges, each needing an exact equality; `--format html` lists them."
NOTHING_STABLE = "none"
WITNESS = "Parameter values inside each regime"

FIGURE = "Portrait"
ABBREVIATIONS = "Short names used"
ABBREVIATIONS_ALL = "What each short name stands for"
ABBREVIATIONS_BRIEF = "What each short name stands for is in `--format html`."
ADVANTAGE_MEANING = (
    " is the payoff of “{first}” minus that of “{second}” for {name}, where {others}; and so on."
)
PLAYS = "{name} plays “{strategy}”"
WARNINGS = "Please note"
LABEL_MEANINGS = "What the labels mean"
LABEL_SCOPE = "Labels speak of the replicator dynamics; Nash, strict Nash and ESS speak of the game."

NO_FIGURE_VALUES = (
    "There is no portrait: it needs numbers, and some parameter has none. Give them with --set."
)
NO_FIGURE_SIZE = (
    "There is no portrait: it is drawn for one population of three strategies, and for up to three "
    "populations of two strategies each."
)
CAPTION_ONE = (
    "The curve is the advantage of the first strategy over the second; where it is positive the share grows. "
    "The line below shows which way the share moves and where it rests."
)
CAPTION_TWO = (
    "Each thin line is a course that the two shares can take. On a dashed line one of the two shares stands "
    "still."
)
CAPTION_SEPARATRIX = " The thick black line is the separatrix: courses on its two sides end differently."
CAPTION_TRIANGLE = (
    "In each corner all play the strategy that is named there; the nearer a state is to a corner, the larger "
    "is the share of that strategy. Each thin line is a course that the shares can take. Arrows on the sides "
    "show which of two strategies gains where the third is not played."
)
CAPTION_THREE = "Each thin line is a course that the three shares can take; its arrow shows the direction."

NUMERALS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def plural(count: int, one: str, several: str | None = None) -> str:
    """Return ``1 regime`` or ``15 regimes``."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def numeral(count: int) -> str:
    """Return a number as a sentence begins with it."""
    return NUMERALS[count] if count < len(NUMERALS) else str(count)


def listed(items: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
