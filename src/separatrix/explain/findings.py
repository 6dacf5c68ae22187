"""What the findings of `check` mean, and what can go wrong when claims are read."""

from __future__ import annotations

from separatrix.explain.explanation import explained as _e

__all__ = ["FINDINGS"]

_EQUATIONS = {
    "P601": _e(
        "a printed equation is not the one that follows from the payoffs",
        "The right-hand side of a replicator equation is computed from the payoff table and compared with "
        "the printed one as a function, however either is written. `differs by` is the smallest term that "
        "one has and the other has not, the factor x(1 - x) left out; the witness gives numbers for which "
        "the two sides differ.",
        "payoffs: …                                        # x' = x(1-x)[(a - b)y - c]\n"
        "published: {replicator: {x: 'x(1-x)[(a - b)y + c]'}}   # the sign of c",
        "compare with the page of the paper. If you copied it rightly, either the equation or an entry of "
        "the table is wrong; the term tells which entry to look at.",
    ),
    "P602": _e(
        "an entry of the printed Jacobian is wrong",
        "Row i, column j of the Jacobian is the derivative of the rate of share i with respect to share j. "
        "The entry is compared with the derivative of the equation that follows from the table. Where it "
        "is the derivative of the paper's own wrong equation, the finding says so.",
        "published: {jacobian: [['(1-2x)(a y - b)', 'a x(1-x)y'], …]}    # one factor y too many",
        "correct the entry, and look again at every eigenvalue that was computed from it.",
    ),
}

_REST_POINTS = {
    "P603": _e(
        "a claimed rest point is none",
        "Put into the equations, the state makes some share move. The finding names the share and its rate.",
        "published: {rest_points: [{at: ['C/V', 0]}]}    # x' is not zero there",
        "solve the equations again; `separatrix analyze --symbolic` lists every rest point.",
    ),
    "P604": _e(
        "a rest point is missing from the list",
        "The game has a rest point that the paper does not list. This is an error where the list says "
        "that it is complete, and a note otherwise.",
        "published: {complete: {rest_points: true}, rest_points: [{at: [0, 0]}, {at: [1, 1]}]}",
        "add the point, or drop the claim that the list is complete.",
    ),
    "P605": _e(
        "a claimed rest point lies outside the state space",
        "The formula solves the equations, but for no parameters that are allowed are all shares between 0 "
        "and 1: no state of the populations is meant by it.",
        "assume: ['V > 0', 'C > 0']\npublished: {rest_points: [{at: ['(V + C)/V']}]}    # always above 1",
        "leave it out, or check the signs under `assume`.",
    ),
    "P606": _e(
        "one rest point is listed twice",
        "Two entries are the same state, written differently.",
        "rest_points: [{id: E3, at: [1, 0]}, {id: E5, at: ['(a - b)/(a - b)', 0]}]",
        "keep one of the two; where another point was meant, it is missing.",
    ),
}

_STABILITY = {
    "P607": _e(
        "a claimed eigenvalue is wrong",
        "The eigenvalues of the Jacobian at that rest point, along the state space, do not include the "
        "claimed one. `correct` is the one that comes nearest.",
        "stability: [{at: [0, 0], eigenvalues: ['R1 - C1', 'R2 + C2']}]    # the second is R2 - C2",
        "correct the sign or the term, and with it the stability condition that was built on it.",
    ),
    "P608": _e(
        "a label does not fit the point",
        "The paper calls the point stable, a saddle, an ESS, and it is not, at the values or under the "
        "conditions of the claim. An eigenvalue of zero decides nothing; the label here comes from a proof, "
        "which the finding names.",
        "stability: [{at: [1, 0], label: ESS, scenario: base}]    # an eigenvalue is +2 there",
        "compare the eigenvalues in the finding with the paper's.",
    ),
    "P609": _e(
        "a stability condition is too weak or too strong",
        "Where it is too weak, there are parameters that satisfy it and for which the point is not "
        "asymptotically stable; where it is too strong, the point is stable for parameters that it "
        "excludes. The witness shows one such set of numbers. A note, not an error, where only the border "
        "of the condition differs.",
        "stability: [{at: [0, 0], stable_when: ['R1 < C1']}]     # R2 < C2 is needed too",
        "use the condition in `correct`.",
    ),
    "P610": _e(
        "a condition that is never met",
        "No parameters that are allowed satisfy all of these conditions together, so the claim is about "
        "nothing.",
        "assume: ['C1 > 0']\nstability: [{at: [0, 0], stable_when: ['R1 + C1 < R1']}]",
        "look for a wrong sign in the conditions, or in what is assumed.",
    ),
    "P611": _e(
        "a redundant condition",
        "The condition follows from the others and from what is assumed; without it the claim says the same.",
        "stable_when: ['R1 < C1', 'R1 < C1 + C2']     # with C2 > 0 the second follows",
        "nothing need be done; the claim is simpler without it.",
    ),
    "P612": _e(
        "two claims contradict each other",
        "Whatever the payoffs are, not both can be right.",
        "stability:\n  - {at: O, label: saddle}\n  - {at: O, stable_when: ['R1 < C1']}",
        "find out which of the two the paper means; the finding names both places.",
    ),
}

_OUTCOMES = {
    "P613": _e(
        "a claimed outcome does not happen",
        "From some of the starts the path ends elsewhere. The finding tells from which, and what happens "
        "instead.",
        "outcomes: [{scenario: base, from: [0.2, 0.3], to: [1, 1]}]     # it goes to (0, 0)",
        "check the start and the values of the scenario; a short simulation can look as if it had arrived.",
    ),
    "P614": _e(
        "a threshold has another value",
        "The claimed formula does not have the claimed value at the values of the claim, or the change "
        "does not happen there but at another value of the parameter.",
        "thresholds: [{parameter: F, equals: '(dP + Ce - G)/p', value: 8}]     # it is 7.5",
        "use the value in `correct`.",
    ),
    "P615": _e(
        "at a claimed threshold nothing changes",
        "On both sides of the value the same states are asymptotically stable.",
        "thresholds: [{parameter: R, equals: 'C1 + C2'}]     # no eigenvalue changes its sign there",
        "look at the eigenvalues in which the parameter stands: thresholds are their zeros.",
    ),
    "P616": _e(
        "in a claimed regime other states are stable",
        "Somewhere within the conditions of the regime the asymptotically stable states are not those that "
        "the paper lists. The witness shows one such set of numbers.",
        "regimes: [{when: ['R1 < C1'], stable: [O]}]     # with R2 > C2, (1, 1) is stable as well",
        "add the condition that is missing, or split the regime.",
    ),
    "P617": _e(
        "a regime is missing",
        "There are parameters, with a margin on all sides, for which no claimed regime holds; the finding "
        "tells which states are stable there. An error where the list says that it is complete, or where a "
        "claim is false there.",
        "published: {complete: {regimes: true}, regimes: [{when: ['H < 1.2'], stable: [O]},\n"
        "                                                 {when: ['H > 9'], stable: [N]}]}",
        "add the regime. Where no state at all is stable the shares go round: say so.",
    ),
    "P618": _e(
        "on a claimed curve the share does not rest",
        "Away from its borders a share rests where its two strategies earn the same. On the claimed curve "
        "they do not.",
        "curves: [{zero_of: x, equals: 'y = (C1 - R1)/V'}]     # it is (C1 + R1)/V",
        "solve advantage = 0 again; `correct` is the solution.",
    ),
    "P619": _e(
        "an effect of a parameter that can have none",
        "The parameter stands in no equation: it cancels, or it was never used. No share can depend on it.",
        "effects: [{parameter: kappa, on: x}]     # kappa is the same whatever the enterprises do",
        "drop the claim, or look for the place in the table where the parameter should make a difference.",
    ),
    "P620": _e(
        "an effect has the other sign",
        "An increase of the parameter moves the share the other way.",
        "effects: [{parameter: C1, on: x, sign: '+'}]     # a higher cost slows cooperation",
        "correct the sign of the claim, or of the payoff in which the parameter stands.",
    ),
}

_NOTES = {
    "P621": _e(
        "a parameter is inert",
        "It stands in the payoffs and cancels from every equation: what both strategies of a population "
        "pay or receive alike changes nobody's choice.",
        "pay: ['R1 - CE', …] beside pay: ['R2 - CE', …]     # CE in every outcome",
        "nothing need be done, unless the paper draws conclusions from it.",
    ),
    "P622": _e(
        "a parameter is not used",
        "It is listed under `parameters` and stands nowhere in the game.",
        "parameters: {E1: 3}     # in no payoff",
        "remove it, or put it where it belongs.",
    ),
    "P623": _e(
        "values on a knife edge",
        "At the values of a scenario an eigenvalue at some rest point is exactly zero. The slightest change "
        "of a value changes the picture, and whole edges may consist of rest points.",
        "scenarios: {base: {F: 2, C2: 2}}     # F - C2 = 0 is an eigenvalue at (0, 0)",
        "say why the values are equal, or choose others; `analyze --scenario` shows what happens there.",
    ),
    "P624": _e(
        "an edge that rests whatever the values",
        "An eigenvalue is zero for all parameters: some edge or face consists of rest points by the "
        "structure of the game, and no state on it can be an isolated equilibrium.",
        "advantages: {x: 'y*R1 - z*C1', …}     # with y = z = 0 no share x moves",
        "speak of the edge as a whole; no single state on it is asymptotically stable.",
    ),
    "P626": _e(
        "a name that only one of two versions has",
        "A parameter or a share of one model does not stand in the other. In the comparison it is kept as "
        "it is.",
        "separatrix check game.yaml --against older.yaml",
        "tie it with --when, as in --when 'M = C5', if it is the same under another name.",
    ),
    "P628": _e(
        "a claim that was not checked",
        "What is claimed could not be compared with what follows from the table; the note says why. The "
        "claim may be right or wrong.",
        "stability: [{at: [0, 0], label: stable}]     # without values the label is not decided",
        "give the values (`scenario:`) or the conditions (`when:`) under which the paper claims it.",
    ),
    "P629": _e(
        "a claim that holds only under a condition",
        "The claim is right where the condition holds, and the file does not assume it.",
        "rest_points: [{at: ['C/V', 'C/V']}]     # between 0 and 1 only where 0 < C < V",
        "add the condition to the claim as `when:`, or to `assume` if it always holds.",
    ),
}

_VERSIONS = {
    "P625": _e(
        "two versions of one model disagree",
        "Under the conditions given with --when the equations of the two models should be the same, and "
        "they are not. `differs by` is the smallest term that one has and the other has not.",
        "separatrix check game.yaml --against extended.yaml --when 'M = 0'",
        "find the term in both tables; one of the two lacks it.",
    ),
    "P627": _e(
        "a claim uses a name that the game does not have",
        "A formula of the paper holds a symbol that is neither a parameter nor a share nor a shorthand. "
        "The rest of the formula is compared all the same, with the symbol as a free number.",
        "published: {replicator: {y: 'y(1-y)(x c1 + c3 L)'}}     # no parameter L",
        "look whether the paper defines the symbol. If the game only spells it differently, give the "
        "parameter its printed form under `latex`.",
    ),
}

_READING = {
    "P701": _e(
        "LaTeX that cannot be read",
        "A claim under `latex:` is a formula: fractions, roots, powers, subscripts, Greek letters, brackets "
        "of any size, \\cdot and \\times, comparisons, and the environments of aligned equations. Letters "
        "that stand side by side are the longest names of the game that fit. What is no formula, such as "
        "an integral, a matrix or words, cannot be compared.",
        "replicator: {x: {latex: '\\frac{dx}{dt} = x(1-x)\\sum_i a_i'}}",
        "look at the caret: the formula can be read up to there. Write that part out, or type the claim as "
        "an expression. Use single quotes in YAML, in which a backslash is a backslash.",
    ),
    "P702": _e(
        "an equation where an expression was expected",
        "Before an equals sign only a label can stand, such as dx/dt, F(x), x* or lambda_1; the claim is "
        "what follows it.",
        "replicator: {x: 'x(1-x)A = x(1-x)(a y - b)'}",
        "keep one side. A curve is claimed under `curves`, a condition under `stable_when` or `when`.",
    ),
    "P703": _e(
        "a state or a Jacobian with the wrong number of entries",
        "A state has one entry for each share, in the order of the populations: one share for two "
        "strategies, and the shares of all strategies where there are more. The Jacobian has a row and a "
        "column for each.",
        "rest_points: [{at: [0, 1]}]     # the game has the shares x, y, z",
        "give every entry; quote formulas that hold commas or brackets.",
    ),
    "P704": _e(
        "a rest point that was not named",
        "`at`, `stable` and `to` take a state, or the `id` of an entry under `published: rest_points`.",
        "rest_points: [{id: E1, at: [0, 0]}]\nstability: [{at: E2, label: saddle}]",
        "correct the id, or write the state out: at: [0, 1].",
    ),
    "P705": _e(
        "a word for stability that is not understood",
        "Understood are ESS, asymptotically stable (sink, stable node, stable focus), stable, centre, "
        "saddle, source (unstable node, repeller), unstable, and uncertain, which claims nothing. `stable` "
        "alone claims that states nearby stay near.",
        "stability: [{at: [0, 0], label: semi-stable}]",
        "use one of these words, and put what else is said under `note`.",
    ),
    "P708": _e(
        "a condition on two versions that is no use",
        "--when ties parameters of one version to each other or to those of the other: an equality that can "
        "be solved for one of them.",
        "separatrix check game.yaml --against older.yaml --when 'M > 0'",
        "write an equality of known parameters, as in --when 'C21 = C2' or --when 'M = 0'.",
    ),
}  # fmt: skip

FINDINGS = dict(
    sorted((_EQUATIONS | _REST_POINTS | _STABILITY | _OUTCOMES | _NOTES | _VERSIONS | _READING).items())
)
"""Every code of a finding, and of an error in a claim."""
