"""What the errors of analyses, courses, the catalogue and the command line mean."""

from __future__ import annotations

from separatrix.explain.explanation import explained as _e
from separatrix.explain.uncertainty import UNCERTAINTY

__all__ = ["ANSWERS"]

_OTHERS = {
    "C401": _e(
        "a game that the catalogue does not have",
        "A word without an ending and without / names a game of the catalogue.",
        "separatrix analyze shi-chen",
        "`separatrix examples` lists the catalogue. A file needs its ending, as in game.yaml.",
    ),
    "A501": _e(
        "an expression that is no quotient of polynomials",
        "The exact symbolic analysis works with quotients of polynomials in the parameters. exp, "
        "log, sqrt, min, max and powers with a symbol in the exponent are read, and used with "
        "values.",
        "separatrix analyze model.yaml --symbolic      # with a payoff 'exp(-r)'",
        "leave out --symbolic, or give the awkward part a name of its own as a parameter.",
    ),
    "A502": _e(
        "an analysis in symbols that comes later",
        "The form is understood and kept, and it is analysed in numbers. In symbols this version analyses "
        "payoffs that are linear in the shares; the size of a group is a number in any case, because the "
        "number of terms in a payoff depends on it.",
        "separatrix analyze collective-risk --symbolic",
        "give the parameters values and leave out --symbolic.",
    ),
    "A503": _e(
        "dynamics that are no replicator dynamics of rational payoffs",
        "What a strategy earns must be a quotient of polynomials in the shares, with a denominator that is "
        "nowhere zero: exp, log, sqrt, min and max of a share are not. Of parameters they are fine. "
        "Equations must be replicator equations: a share that is zero stays zero, and the rates of a "
        "population's shares add up to zero.",
        "advantages: {x: 'exp(-y)', y: 'max(x, 1/2)'}",
        "write the payoff as a polynomial or a quotient, such as 1/(1 + y).",
    ),
    "A504": _e(
        "assumptions that contradict each other",
        "No parameters satisfy all the conditions under `assume` together, so everything could be "
        "proven from them. The message names those that clash.",
        "assume: ['C1 > C2', 'C2 > C3', 'C3 > C1']",
        "drop or correct one of them.",
    ),
    "A505": _e(
        "an assumption that the values contradict",
        "The analysis at these values is right, but the proofs under --symbolic speak of other values.",
        "assume: ['C1 > 0']\nparameters: {C1: -1}",
        "change the value or the assumption.",
    ),
    "A506": _e(
        "a payoff with a denominator",
        "Some payoff divides by an expression in the parameters. Where that is zero the payoff has no value: "
        "such parameters are left out of the conditions and regimes.",
        "pay: ['R1/(C1 - C2)', 0]      # nothing is said where C1 = C2",
        "nothing, if that never happens; say so under `assume`: 'C1 != C2'.",
    ),
    "A507": _e(
        "values that are not used",
        "Numbers are worked out only where every parameter has a value. Here some have "
        "none, so the answer is "
        "in symbols alone.",
        "separatrix analyze game.yaml --symbolic --set r=7     # another parameter has no value",
        "give the parameters that the message names values too.",
    ),
    "A508": _e(
        "a payoff with a pole in the state space",
        "Some payoff divides by an expression in the shares that is zero at a state, or may be: there the "
        "payoff has no value, and the dynamics are not defined.",
        "advantages: {x: '1/(y - 1/2)', y: 'x'}",
        "write a denominator that keeps its sign for all shares from 0 to 1, such as 1 + y.",
    ),
    "A521": _e(
        "a schedule that the analysis leaves out",
        "The game file says how parameters change in time. Rest points and their stability belong to fixed "
        "values: the analysis takes the usual ones, those under `parameters`, of the scenario or of --set.",
        "schedule:\n  subsidy: {steps: [[2, 3], [10, 0]]}",
        "nothing; for the values of one time give them with --set, and follow courses in time with "
        "`separatrix trajectory`.",
    ),
    "A522": _e(
        "maximal Nash subsets that were not worked out",
        "The Nash equilibria of two players are products of polytopes, found from the vertices of the "
        "best-reply polytopes. There were more of these than are looked for, or the part of the time ran out "
        "that they may take. Rest points and rest sets say of themselves whether they are Nash equilibria.",
        "a bimatrix game of twenty strategies each",
        "give more time with --budget, or leave out dominated strategies.",
    ),
    "A523": _e(
        "names in the file that were changed",
        "A file of Gambit may call two strategies of a player, or two players, alike. Here each has a name "
        "of its own, so those are numbered in the order of the file.",
        'NFG 1 R "game" { "A" "B" } { { "wait" "wait" } { "go" } }',
        "nothing, or give them names that tell them apart.",
    ),
    "U901": _e(
        "a command that is not understood",
        "A command, an option or a value on the command line is unknown, missing, or given twice.",
        "separatrix analyse shi-chen-2018",
        "`separatrix --help` lists the commands, `separatrix COMMAND --help` its options.",
    ),
    "U902": _e(
        "an ending that names no kind of file",
        "The ending of the file to write decides its kind.",
        "separatrix convert shi-chen-2018 game.doc",
        "use one of the endings that the message lists.",
    ),
    "U903": _e(
        "a file that cannot be written",
        "The folder is not there, or the system does not let you write to it.",
        "separatrix new missing/game.yaml",
        "make the folder, or choose another one.",
    ),
    "U904": _e(
        "an unknown error code",
        "Codes are a letter and three digits, as they stand at the start of an error.",
        "separatrix explain S999",
        "`separatrix explain` lists all codes.",
    ),
    "U905": _e(
        "a format that needs a library which is not installed",
        "Reports for Word are made with python-docx, and those in PDF with typst. Neither comes with "
        "separatrix by itself, because most people need only one of them. Reports in HTML, LaTeX and "
        "Markdown need nothing more.",
        "separatrix report shi-chen-2018 --out report.docx",
        "The error names the library to install with pip, into the same environment as separatrix. From a "
        "checkout, `python3 scripts/dev.py extras word pdf` adds both.",
    ),
    "U906": _e(
        "a language in which there are no reports",
        "Reports and findings are written in English (en) and Chinese (zh). Names in the game come from its "
        "file, which may translate them into any language under `translations`.",
        "separatrix.report(game, 'report.html', language='fr')",
        "choose en or zh.",
    ),
    "U910": _e(
        "a file that is there already",
        "Nothing is overwritten unless you say so.",
        "separatrix new game.yaml",
        "choose another name, or add --force.",
    ),
    "U999": _e(
        "an internal error",
        "The program has met a case that it should have handled. The fault is in the program, not "
        "in your input, and no answer was given.",
        "U999 internal error, a fault of the program and not of your input: KeyError: 'x'",
        "run the command again with -v and report what it prints, with the game file if you can share it.",
    ),
}

_DYNAMICS = {
    "D601": _e(
        "a start outside the state space",
        "A course starts from one share for each population, a number from 0 to 1; for a population of "
        "more than two strategies from the share of each, which add up to 1. On a face, where a share is "
        "exactly 0 or 1, it stays there for ever: the replicator copies strategies and invents none.",
        'trajectory(game, {"x": 1.2, "y": 0.5})',
        "give every share that the message lists a number from 0 to 1.",
    ),
    "D602": _e(
        "a course that cannot be followed as asked",
        "A course needs a finite time that is not 0 (negative times run backwards), at least two points, and "
        "a tolerance from 1e-15 to 0.1.",
        'trajectory(game, {"x": 0.2, "y": 0.3}, until=0)',
        "give a time such as until=50, points=200, and leave the tolerance out.",
    ),
    "D603": _e(
        "an event that does not fit the game",
        "A state to arrive at and the weights of a threshold have one number for each share, a radius is "
        "above 0, and a bound for the speed is not negative.",
        "trajectory(game, [0.2, 0.3], events=[Threshold([1.0], 0.5)])",
        "give as many numbers as the game has shares.",
    ),
    "D621": _e(
        "a separatrix that is not known as a curve",
        "The separatrix of two populations with two strategies each is exact where the payoffs of each are "
        "linear in the share of the other. Other squares and triangles have lines that are followed, larger "
        "games surfaces.",
        "separatrix_curve(load('wang-2023'))",
        "`separatrix_curves` follows lines, `separatrix_surface` finds surfaces of three parties. "
        "`separatrix basins` says which share of all starts has which fate, and `separatrix shock` how far "
        "the nearest other fate is.",
    ),
    "D622": _e(
        "a start on a face that does not attract",
        "Where a share is exactly 0 or 1, it stays: the replicator copies strategies and invents none. If "
        "the course on this face ends at something that does not attract what is beside the face, the "
        "slightest push off it changes the fate, and no critical size exists.",
        "separatrix shock game.yaml --from x=0.5,y=0",
        "give what is hardly played a small share, such as 0.001.",
    ),
    "D623": _e(
        "a start at a rest point that does not attract",
        "It stays there for ever, and beside it every direction has a fate of its own.",
        "separatrix shock game.yaml --from x=1,y=0",
        "choose a start beside it, or one that attracts: from there the push is the one that gets away.",
    ),
    "D624": _e(
        "an impossible number of samples, or an impossible seed",
        "Starts are drawn in 16 replicates, each a power of two; their differences tell the error.",
        "separatrix basins game.yaml --samples 3",
        "give a number such as 16384, and a seed that is a whole number of 0 or more.",
    ),
    "D625": _e(
        "no start",
        "The critical shock is measured from a state: the one given, or the one that the game calls `today`.",
        "separatrix shock matching-pennies",
        "give --from x=0.2,y=0.3, or write `today: {x: 0.2, y: 0.3}` into the game file.",
    ),
    "D631": _e(
        "a regime map that cannot be drawn up",
        "A regime map has two different parameters, each from a lower to a higher end, and at least two "
        "nodes along each. The borders are exact on any grid, so a finer one tells little more.",
        'regime_map(game, {"C1": (8, 0), "C2": (0, 4)})',
        "give two parameters with their ends in order, and a grid such as (400, 400).",
    ),
    "D641": _e(
        "a state space that does not fit on a page",
        "A phase portrait shows one population of two or three strategies, as a line or a triangle, and two "
        "or three populations of two strategies, as a square or a cube. Other games have more dimensions, "
        "or another shape.",
        "separatrix portrait hypercycle-four",
        "follow courses in time with `separatrix trajectory MODEL --from …`, or draw them with "
        "`separatrix portrait MODEL --time --from … --out courses.svg`.",
    ),
    "D642": _e(
        "an impossible grid",
        "The field is sampled at a number of states on each side of the state space, at least 2, and at most "
        "a million in all.",
        "separatrix portrait shi-chen-2018 --grid 5000",
        "give a number such as 21; in a cube 6 are enough for most figures.",
    ),
    "D643": _e(
        "more portraits than fit on a page",
        "Scenarios, or values of parameters, are drawn side by side, up to twelve of them.",
        "separatrix portrait game.yaml --set C1=1,2,3,4,5,6,7,8,9,10,11,12,13 --out portraits.svg",
        "choose fewer with --scenario or --set; json and csv take up to a hundred.",
    ),
    "D661": _e(
        "an impossible interval of a parameter",
        "A bifurcation diagram follows the rest points while one parameter goes from one number to a larger "
        "one.",
        "bifurcation_diagram(game, over=('H', 15, 0))",
        "name a parameter of the game and give the lower end first: over=('H', 0, 15).",
    ),
    "D662": _e(
        "an impossible grid",
        "The numerical method looks at the game at equally spaced values of the parameter.",
        "bifurcation_diagram(game, over=('H', 0, 15), method='numerical', steps=1)",
        "give a whole number of steps from 2 to 10,000.",
    ),
    "D663": _e(
        "no exact bifurcation diagram",
        "Exact diagrams need payoffs that are quotients of polynomials in the shares and in the parameter, "
        "and the shares have to be eliminated from these.",
        "bifurcation_diagram(game, over=('r', 0, 2), method='exact'), where a payoff holds exp(-r)",
        "leave out `method`: the rest points are then followed on a grid.",
    ),
    "D664": _e(
        "something happens at an end of the interval",
        "At the first or the last value of the parameter a rest point appears, vanishes or changes its "
        "stability. What that is called can only be told from both sides.",
        "bifurcation_diagram(load('coal-safety'), over=('H', 0, 9))",
        "choose a wider interval.",
    ),
    "D646": _e(
        "the separatrix is not a surface",
        "The border between two basins has one dimension less than the state space: it is found as a surface "
        "where that has three, as with 2 x 2 x 2 or 2 x 3 strategies, or four in one population.",
        "separatrix basins shi-chen-2018 --surface",
        "for two populations of two strategies use `separatrix.separatrix_curve`; for others "
        "`separatrix basins` counts the starts of each fate.",
    ),
    "D647": _e(
        "impossible cells, precision or flatness",
        "The surface is looked for on a lattice of 4 to 96 cells along each share; an edge that crosses it "
        "is halved until two starts of different fates are as close as the precision.",
        "separatrix basins mckelvey-mclennan --surface --cells 1000",
        "give a number such as 24; where the surface is curved the lattice is made finer by itself.",
    ),
    "D626": _e(
        "a fate after a schedule, in a game without one",
        "A temporary policy is written under `schedule:` into the game file: what a parameter is worth from "
        "when on. Where nothing is written there, every fate is that of the game as it stands.",
        "separatrix basins matching-pennies --schedule",
        "write the schedule into the game file, or leave --schedule out.",
    ),
}

_FIELDS = {
    "V320": _e(
        "unknown dynamics",
        "How shares change is one of a few rules: the replicator, the payoff-adjusted replicator, the "
        "replicator-mutator, Smith's, Brown-von Neumann-Nash, logit and best response.",
        'field(game, kind="repicator")',
        "use one of the names that the message lists.",
    ),
    "V321": _e(
        "an option that the dynamics do not take, or an impossible value of one",
        "Each kind of dynamics has its own options: `eta`, a positive temperature, for logit; `mu` or "
        "`matrix`, probabilities, and `when` for the replicator-mutator; `background` for the "
        "payoff-adjusted replicator; `sigma`, not negative, for noise.",
        'field(game, kind="logit", eta=0)\nfield(game, kind="replicator-mutator", mu=5)    # 5 % is 0.05',
        "correct the option that the message names.",
    ),
    "V322": _e(
        "payoffs that are too low for the dynamics",
        "The payoff-adjusted replicator divides by the average payoff, which must be positive at every "
        "state that is met. With mutation at births a payoff is the number of copies of a strategy, and "
        "cannot be negative. Under these two the level of payoffs matters, and not their differences "
        "alone, so it is not shifted silently.",
        'field(load("hawk-dove-one-population"), kind="payoff-adjusted")',
        'give background=… (payoff-adjusted), use when="always" (replicator-mutator), or choose dynamics '
        "that do not depend on the level of payoffs.",
    ),
    "D604": _e(
        "rest states or courses of dynamics that jump",
        "The best response dynamics jump where the best reply changes. Most of their rest points lie just "
        "there, and are the Nash equilibria of the game; and from there several courses may go on.",
        'rest_states(field(game, kind="best-response"))',
        "use `analyze`, which finds all Nash equilibria and marks them; or logit with a small `eta`, which "
        "is smooth.",
    ),
    "D605": _e(
        "a course that a schedule does not allow",
        "A schedule tells how parameters change from now, time 0, on. A course that goes back in time would "
        "need to know what they were worth before. Dynamics that leave faces, such as logit, are followed "
        "without a schedule only.",
        "separatrix trajectory policy.yaml --until -5      # with a schedule in the file",
        "give a time above 0; or, to go back at the usual values, leave the schedule out of the file.",
    ),
}

ANSWERS = {**_DYNAMICS, **_FIELDS, **_OTHERS, **UNCERTAINTY}
