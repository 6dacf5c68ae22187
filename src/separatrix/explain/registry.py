"""What every error code means, at length: why it is an error, an example, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from separatrix.explain.answers import ANSWERS
from separatrix.explain.clusters import CLUSTERS
from separatrix.explain.explanation import Explanation
from separatrix.explain.explanation import explained as _e
from separatrix.explain.findings import FINDINGS
from separatrix.explain.sweeps import SWEEPS

__all__ = ["EXPLANATIONS", "Explanation"]

_EXPRESSIONS = {
    "S001": _e(
        "an expression cannot be read",
        "Expressions are school algebra: numbers, names, + - * / ^ (or **), round or square "
        "brackets, and the functions exp, log, sqrt, min, max and binomial. A multiplication is "
        "always written, because x(1-x) could be a function called x. Conditions compare two "
        "expressions or more with < <= = != >= >.",
        "pay: ['2x', 'R1 -']        # no operator after 2; nothing after the minus\n"
        "pay: ['2*x', 'R1 - C1']    # right",
        "look at the caret: the expression can be read up to there.",
    ),
    "S002": _e(
        "an expression is larger than any payoff should be",
        "An expression has at most 10,000 characters, brackets nest at most 200 deep, whole "
        "exponents go from -64 to 64, and no number on the way has more than 4096 bits. The "
        "limits are far past any model and keep a wrong file from filling the memory.",
        "pay: ['9**9**9', 'x^1000']",
        "give parts of the expression names under `let`, or check the exponent.",
    ),
    "S003": _e(
        "a division by zero",
        "At the values in use a denominator is exactly zero. Values are exact fractions, so this "
        "is no matter of rounding.",
        "parameters: {a: 1, b: 1}\npay: ['1/(a - b)', 0]",
        "change the values, or say under `assume` that the denominator is not zero ('a != b') and "
        "ask for --symbolic.",
    ),
    "S004": _e(
        "a value that is no rational number",
        "Values are computed exactly. exp(1), log(2) and sqrt(2) have no exact value as a "
        "fraction, so they cannot be the value of a payoff; exp(0), log(1) and sqrt(9/4) can.",
        "parameters: {r: 'sqrt(2)'}",
        "write the value as a decimal or a fraction, as precise as you know it.",
    ),
    "S012": _e(
        "a name that was not declared",
        "Every name in a payoff, a shorthand or an assumption must be a parameter, a shorthand "
        "under `let` or, where the state may enter, a share. So a misspelt name is found at once, "
        "instead of becoming one parameter more.",
        "parameters: {R1: 3}\npay: ['Rr - 1', 0]      # did you mean R1?",
        "correct the name, or declare it under `parameters` (a value is not needed).",
    ),
    "S013": _e(
        "shorthands that go round in a circle",
        "A shorthand under `let` may use others, in any order, but none may need itself.",
        "let:\n  P: 'Q + 1'\n  Q: 'P*2'",
        "write one of them without the others.",
    ),
    "S014": _e(
        "a share where only parameters can stand",
        "Assumptions, speeds and the size of a group are the same at every state; shares are the state.",
        "assume: ['x > 0.5']",
        "write a condition on parameters; where things stand now belongs under `today`.",
    ),
}

_FILES = {
    "G100": _e(
        "a file that cannot be opened",
        "There is no such file, it is a folder, or the system does not let you read it.",
        "separatrix analyze clutser.yaml",
        "check the name and the folder. A word without ending and without / names a game of the catalogue.",
    ),
    "G101": _e(
        "a file that is too large",
        "A game file has at most 1 MB, a table 5 MB, a workbook 20 MB, and no list in it has more than "
        "5,000 texts or numbers. Even large models have a few thousand characters.",
        "separatrix analyze measurements.yaml",
        "check that this is the right file.",
    ),
    "G102": _e(
        "a file that is no text in UTF-8",
        "Game files and tables are text in UTF-8, with or without a byte order mark. Other "
        "encodings, and data that are no text, are refused rather than guessed.",
        "a file saved as UTF-16 or GBK, or a picture",
        "save the file as UTF-8; editors and spreadsheets offer it in the dialogue `Save as`.",
    ),
    "G103": _e(
        "a file that is no YAML",
        "The file breaks a rule of YAML 1.2: a bracket or a quote is not closed, the indentation "
        "is uneven, a tab indents, or a text that starts with a special character is not quoted.",
        "pay: [*R1, {a]         # * starts an alias; { is never closed\npay: ['R1', 'a']       # right",
        "look at the caret; quote texts that hold : # , [ ] { } or start with - * & ! % @.",
    ),
    "G104": _e(
        "an alias, an anchor or a tag",
        "Aliases (*name), anchors (&name) and tags (!name) of YAML are not read: a few lines of "
        "them can unfold into gigabytes, and a game needs none.",
        "pay: [*a, 2]           # an alias\npay: ['2*a', 2]        # an expression",
        "write the value again, and quote expressions that start with *.",
    ),
    "G105": _e(
        "brackets nested too deep",
        "A file nests at most 50 levels of lists and mappings; a game needs about five.",
        "[[[[[[ … ]]]]]]",
        "check that this is the right file.",
    ),
    "G106": _e(
        "what was given is no game",
        "A game is a mapping of keys such as `populations` and `payoffs`. The file is empty, or "
        "what was given to `load` is neither a mapping nor the name of a file or of a catalogue "
        "entry.",
        "separatrix analyze empty.yaml",
        "start from a template: separatrix new game.yaml",
    ),
    "G107": _e(
        "an unknown key",
        "A key that means nothing is refused, because it is most often a misspelt one; a comma in "
        "a text without quotes makes such keys too.",
        "C1: {meaning: a cost, strict, value: 1}      # three keys\n"
        "C1: {meaning: 'a cost, strict', value: 1}    # two",
        "correct the key; quote texts that hold commas or colons; put remarks behind a #, or under `note`.",
    ),
    "G108": _e(
        "something is given twice",
        "One key, one value. Which of the two was meant cannot be known.",
        "parameters:\n  R1: 3\n  R1: 5",
        "keep one of the two.",
    ),
    "G109": _e(
        "an unknown version of the format",
        "`format` tells which version of the file format was used. This program reads format 1; "
        "older formats will always be read.",
        "format: 7",
        "write `format: 1`, or use a newer version of the program.",
    ),
    "G110": _e(
        "a value of the wrong kind",
        "A list was expected and a mapping was found, or a text and a list, and so on. "
        "Expressions that hold brackets or braces become lists or mappings unless they are "
        "quoted.",
        "pay: [[a - b]*c, 0]       # a list in a list\npay: ['[a - b]*c', 0]     # an expression",
        "quote expressions that hold , [ ] { } or start with - or *.",
    ),
    "G111": _e(
        "a key is missing",
        "Some keys are needed: a population needs a name, an entry of `payoffs` needs `play` and "
        "`pay`, a state needs every share.",
        "payoffs:\n  - play: [cooperate, decline]",
        "add the key that the message names.",
    ),
    "G112": _e(
        "no payoffs, or two forms of them",
        "A game gives its payoffs in exactly one form: payoffs, payoff_matrix, bimatrix, "
        "payoff_matrices, payoff_functions, advantages, replicator or group. Two forms could "
        "contradict each other.",
        "payoff_matrix: [[1, 2], [3, 4]]\nadvantages: {x: '1 - 2*x'}",
        "keep one; equations that a paper prints beside its table belong under `published`.",
    ),
    "G113": _e(
        "a name that cannot be used",
        "Names of parameters, shares and shorthands stand in expressions: letters of any "
        "alphabet, digits and _, not starting with a digit, and not the name of a function. Names "
        "of populations and strategies are any text on one line.",
        "parameters: {C-1: 3, exp: 2}",
        "choose another name, and give the way it is printed under `latex`.",
    ),
    "G114": _e(
        "two things with one name",
        "Populations, the strategies of a population, shares, parameters and shorthands must be "
        "told apart by their names, in every language under `translations` too.",
        "populations: [{name: A, share: x}, {name: B, share: x}]",
        "rename one of the two.",
    ),
    "G115": _e(
        "too few populations or strategies",
        "A game needs a population, and a population needs a strategy (and has at most 200). One with a "
        "single strategy always plays it.",
        "populations: [{name: A, strategies: []}]",
        "list every strategy; without `strategies` they are called yes and no.",
    ),
    "G116": _e(
        "a profile without payoffs",
        "Every combination of strategies needs its payoffs: 4 entries for two populations with "
        "two strategies each, 8 for three. None is taken for zero silently.",
        "payoffs:\n"
        "  - {play: [cooperate, cooperate], pay: [3, 3]}\n"
        "  - {play: [decline, decline], pay: [1, 1]}",
        "add the combination that the message names.",
    ),
    "G117": _e(
        "a profile with two entries",
        "The same combination of strategies has payoffs twice.",
        "payoffs:\n"
        "  - {play: [cooperate, decline], pay: [0, 5]}\n"
        "  - {play: [cooperate, decline], pay: [5, 0]}",
        "look at the order of the strategies: the first belongs to the first population.",
    ),
    "G118": _e(
        "an unknown strategy, population or share",
        "A name under `play`, `payoff_functions`, `payoff_matrices`, `advantages`, `replicator` "
        "or `speeds` is none of those declared under `populations`.",
        "populations: [{name: A, strategies: [cooperate, decline]}, …]\nplay: [coperate, decline]",
        "correct the name; capital and small letters differ.",
    ),
    "G119": _e(
        "a wrong number of items",
        "A row, a list or a matrix has more or fewer entries than it must have. A comma in an "
        "expression without quotes makes two items of it.",
        "pay: [max(a, b), 0]       # three items\npay: ['max(a, b)', 0]     # two",
        "quote expressions that hold , [ ] { } or start with - or *.",
    ),
    "G120": _e(
        "an unknown parameter in a scenario, or share in a state",
        "A scenario gives other values to parameters of the game; a state gives a number to each share.",
        "parameters: {R1: 3}\nscenarios: {hard times: {r1: 1}}",
        "correct the name. A shorthand cannot be set; set the parameters that it is made of.",
    ),
    "G121": _e(
        "an unknown kind of file",
        "The ending of a file tells how to read it.",
        "separatrix analyze model.docx",
        "use .yaml, .json, .csv, .tsv, .xlsx, .ods or .nfg.",
    ),
    "G122": _e(
        "a translation of what the game does not have",
        "Under `translations` stand the names of populations and strategies, the parameters, the units and "
        "the scenarios of the game, as its file writes them, each with its translation. What is called "
        "otherwise would never be shown, so it is refused.",
        "populations: [{name: A, strategies: [cooperate, decline]}, …]\n"
        "translations:\n  zh:\n    names: {coperate: 合作}      # did you mean cooperate?",
        "correct the name; what is not listed stays as it is. A strategy goes by its name, not by its id.",
    ),
    "G123": _e(
        "a key under `translations` that is no language",
        "A language has two small letters (ISO 639-1), and a country may follow in capital letters: zh, en, "
        "pt-BR.",
        "translations:\n  Chinese: {title: 囚徒困境}    # write zh",
        "write the code of the language.",
    ),
    "G124": _e(
        "a pipe to which nobody writes",
        "A named pipe gives nothing until a program writes to it. One that has no writer for five seconds is "
        "left; once there is a writer, it may take its time.",
        "mkfifo game.yaml; separatrix analyze game.yaml",
        "start the program that writes to the pipe, or name a file.",
    ),
}

_TABLES = {
    "T200": _e(
        "a table that cannot be read",
        "The file is damaged, protected by a password, or is not what its ending says.",
        "a web page saved as payoffs.xlsx",
        "open it in a spreadsheet and save it anew as .xlsx, .ods or CSV.",
    ),
    "T201": _e(
        "a column is missing",
        "A table of payoffs has one column a population, which holds the strategy it plays, and "
        "one column `pay:NAME` a population. One population that plays itself has a column "
        "`meets` as well.",
        "Enterprise, Regulator, pay:Enterprise, pay:Regulator\nabate, inspect, s - c, -k - s",
        "add the column; `separatrix new game.xlsx` writes an example.",
    ),
    "T202": _e(
        "a column that means nothing",
        "A heading is unknown or stands twice, or cells stand below no heading.",
        "A, B, pay:A, pay:C        # there is no population C",
        'correct the heading. In a CSV file quote payoffs that hold the separator, as in "max(a, b)".',
    ),
    "T203": _e(
        "a cell that holds a formula",
        "Payoffs are expressions in symbols, or values. What a formula of a spreadsheet gives "
        "depends on the program that last saved the file, so it is not read.",
        "=B2-C2",
        "write the payoff as an expression such as R1 - C1, or paste the values alone.",
    ),
    "T204": _e(
        "merged cells",
        "Merged cells leave the cells behind them empty; which of them the value was meant for is a guess.",
        "one cell `cooperate` merged over two rows",
        "unmerge the cells and fill in every one.",
    ),
    "T205": _e(
        "an empty cell",
        "A strategy, a payoff or a name is missing. Empty is not zero.",
        "cooperate, decline, , 5",
        "fill in the cell.",
    ),
    "T206": _e(
        "a table that is too large",
        "A table of payoffs has at most 20,000 rows and 500 columns. A workbook unzips to at most 50 MB and "
        "has at most 1,000,000 cells, blank ones between others and repeated ones included, 25 MB of text. "
        "At most 10,000 cells of a sheet may be merged or hold an error. "
        "All this is counted before the workbook is read, for a few hundred bytes can ask for gigabytes.",
        "a workbook with a stray entry in its last row",
        "delete what lies beyond the table, or save the sheet as CSV.",
    ),
    "T207": _e(
        "the sheets of a workbook",
        "A workbook has one sheet `payoffs` (or `advantages`, or `replicator`), and may have the "
        "sheets populations, parameters, let, assume, scenarios, today, translations and game.",
        "a sheet called `parametres`",
        "correct the name of the sheet.",
    ),
    "T208": _e(
        "a cell of the wrong kind",
        "The cell holds a date, a time, a truth value or an error where a number or a text was expected. "
        "Spreadsheets turn entries such as 1/3 into dates.",
        "1/3, shown as 01. Mar",
        "format the cell as text and enter the value again.",
    ),
    "T210": _e(
        "a file that is no strategic game of Gambit",
        "The file does not follow Gambit's format: NFG 1 R, a title, the players, their "
        "strategies, and then the payoffs, with the first player's strategy varying fastest.",
        'NFG 1 R "Duel" { "A" "B" } { 2 2 } 1 -1 0 0 0 0 1',
        "look at the caret; Gambit itself writes such files.",
    ),
    "T211": _e(
        "an extensive game",
        "A file .efg holds a game in extensive form, with moves one after the other. Only "
        "strategic games (.nfg) are read.",
        'EFG 2 R "Game" { "A" "B" } …',
        "let Gambit convert it to the strategic form.",
    ),
    "T212": _e(
        "a payoff without a number",
        "Gambit's files hold numbers only. Parameters stand at their values there, and one of them has none.",
        "separatrix convert shi-chen-2018.yaml game.nfg",
        "give every parameter a value, or write YAML.",
    ),
    "T213": _e(
        "a game that this kind of file cannot hold",
        "Tables and Gambit's files hold fewer forms of payoff than YAML does.",
        "separatrix convert public-goods.yaml game.csv",
        "write YAML.",
    ),
}

_VALUES = {
    "V301": _e(
        "a value that is no finite number",
        "A number was expected: 3, 0.25, 1e-3, or '1/3'. NaN, infinity and numbers past 10^300 "
        "are refused; a name cannot stand for a number here.",
        "parameters: {C1: .nan, C2: 1e400, C3: 'C1 + 1'}",
        "write a number; for a value made of others use `let`.",
    ),
    "V302": _e(
        "a value for a parameter that the game does not have",
        "--set and `values` change parameters of the game; a new one would change nothing.",
        "separatrix analyze shi-chen-2018 --set c1=3      # it is called C1",
        "correct the name.",
    ),
    "V303": _e(
        "an unknown scenario",
        "--scenario names one of the scenarios of the game.",
        "separatrix analyze shi-chen-2018 --scenario bistabel",
        "correct the name; the message lists those that there are.",
    ),
    "V304": _e(
        "a parameter without a value",
        "A numerical analysis needs a value for every parameter.",
        "parameters: {R1: {meaning: 'return of a lone cooperator'}}",
        "give one in the file or with --set, choose a scenario, or ask for --symbolic.",
    ),
    "V305": _e(
        "a budget that is no time",
        "The budget is the number of seconds that an analysis may take.",
        "separatrix analyze wang-2023 --symbolic --budget nan",
        "give a number of 0 or more, such as --budget 120.",
    ),
    "V306": _e(
        "a group of an impossible size",
        "The size of a group is a whole number from 2 to 200. Where it is a parameter or an expression, that "
        "must be so at the values of the parameters.",
        "group: {size: 'N', payoff: …}      # with --set N=2.5",
        "give the parameters of the size values that make it whole.",
    ),
    "V307": _e(
        "a number that is too large to compute with",
        "Answers are exact where they can be, but eigenvalues, trajectories and figures are floating-point "
        "numbers, which end near 1e308, and eigenvalues multiply several payoffs. Payoffs, speeds and "
        "parameters may therefore be as large as 1e50.",
        "pay: ['1e300*1e300', 0]",
        "state payoffs in a larger unit, such as millions.",
    ),
    "V323": _e(
        "times that do not rise",
        "A schedule tells what a parameter is worth from one time to the next, so its times rise, and "
        "each stands there once; a ramp ends after its start.",
        "schedule:\n  subsidy: {steps: [[10, 0], [0, 2]]}",
        "sort the points by time. For a jump in a table use `steps`, or two times close to each other.",
    ),
    "V310": _e(
        "a range that is empty or upside down",
        "A range is [lowest, highest], and the numbers of a triangular or uniform distribution rise.",
        "range: [20, 0]",
        "swap the two.",
    ),
    "V311": _e(
        "a share outside 0 to 1",
        "A share is a fraction of a population.",
        "today: {x: 20, y: 0.3}",
        "write 0.2 for 20 %.",
    ),
    "V312": _e(
        "shares that do not add up to 1",
        "With more than two strategies a state gives the share of each, and together they are the "
        "whole population. The sum is exact: three times 0.333 is not 1.",
        "today: {x_rock: 0.3, x_paper: 0.3, x_scissors: 0.3}",
        "correct the numbers; '1/3' is a number too.",
    ),
}

EXPLANATIONS: Mapping[str, Explanation] = {
    **_EXPRESSIONS, **_FILES, **_TABLES, **_VALUES, **ANSWERS, **SWEEPS, **FINDINGS, **CLUSTERS,
}  # fmt: skip
"""Every code that an error or a finding can carry."""
