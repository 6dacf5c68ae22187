"""Tables pasted from Word or a paper in LaTeX: what they become, and what is said of bad ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.analysis.analyze import analyze
from separatrix.errors import InputError, SeparatrixError
from separatrix.expression.tree import to_text
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.formats.table_writer import game_content
from separatrix.game.model import Game, ProfileTable, SelfMatrix
from separatrix.game.reader import load, read_text

TWO = (
    "\tGovernment\t\n"
    "Enterprise\tregulate (y)\tleave alone (1-y)\n"
    "innovate (x)\tπ1−C1+θF, -k-s\tπ1−C1, 0\n"
    "wait (1−x)\t−F, F−k\t0, −2R\n"
)

LATEX = r"""
\begin{table}
\caption{Payoffs & more}
\begin{tabular}{cccc}
\hline
 & & \multicolumn{2}{c}{Public} \\
Enterprise & Government & supervise ($z$) & silent ($1-z$) \\ \hline
\multirow{2}{*}{innovate ($x$)} & regulate ($y$) & $(\pi_1 - C_1,\ -k-s,\ -m)$ & $(\pi_1-C_1,\,-k-s,\,0)$ \\
 & leave ($1-y$) & $(\pi_1, 0, -m)$ & $\left(\pi_1, 0, 0\right)$\\
\multirow{2}{*}{wait ($1-x$)} & regulate ($y$) & $-\alpha F, F, r$ & \makecell{$-F$\\$F-\frac{k}{2}$\\$0$} \\
 & leave ($1-y$) & $-L_{\max}, -P, -m$ & $0, 0, 0$ \\ \hline % the end
\end{tabular}
\end{table}
"""

HTML = """<html><head><style>td, th {}</style></head><body><p>Table 1</p><table border=1>
<tr><td rowspan=2 colspan=2><p></p></td><td colspan=2><p>Regulator</p></td></tr>
<tr><td><p>inspect</p></td><td><p>trust</p></td></tr>
<tr><td rowspan=2><p>Firm</p></td><td><p>abate</p></td>
<td><p>(<i>s</i> − <i>c</i><sub>1</sub>, <span>−k</span>)</p></td>
<td>(−c<sub>1</sub>, 0)</td></tr>
<tr><td>pollute</td><td>(−F<sub>max</sub>, F<sub>max</sub> − k)</td><td>(0, −d<sup>2</sup>)</td></tr>
</table></body></html>"""


def payoffs(game: Game) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the payoffs of each profile, both as people read them."""
    assert isinstance(game.form, ProfileTable)
    return {
        tuple(p.strategies[k].name for p, k in zip(game.populations, profile, strict=True)): tuple(
            map(to_text, row)
        )
        for profile, row in game.form.pay.items()
    }


def test_a_table_pasted_as_text_with_tabs() -> None:
    """Shares tell the first strategy, a small Greek letter is a factor, every minus sign is one."""
    game = read_text(TWO)
    assert [(p.name, p.share) for p in game.populations] == [("Enterprise", "x"), ("Government", "y")]
    assert payoffs(game) == {
        ("innovate", "regulate"): ("pi1 - C1 + theta*F", "-k - s"),
        ("innovate", "leave alone"): ("pi1 - C1", "0"),
        ("wait", "regulate"): ("-F", "F - k"),
        ("wait", "leave alone"): ("0", "-2*R"),
    }
    assert list(game.parameters) == ["pi1", "C1", "theta", "F", "k", "s", "R"]


def test_a_table_in_latex_of_three_parties() -> None:
    """Spans, sized brackets, fractions and line breaks within a cell: eight profiles with their payoffs."""
    game = read_text(LATEX)
    assert [p.name for p in game.populations] == ["Enterprise", "Government", "Public"]
    assert game.shares == ("x", "y", "z")
    found = payoffs(game)
    assert found["innovate", "leave", "silent"] == ("pi1", "0", "0")
    assert found["wait", "regulate", "supervise"] == ("-alpha*F", "F", "r")
    assert found["wait", "regulate", "silent"] == ("-F", "F - k/2", "0")
    assert found["wait", "leave", "supervise"] == ("-L_max", "-P", "-m")
    assert len(found) == 8
    assert analyze(game, symbolic=True).to_dict()["completeness"]["status"] == "complete"


STACKED = r"""
\begin{tabular}{cccc}
\multirow{2}{*}{Government} & \multirow{2}{*}{Bank} & \multicolumn{2}{c}{Firm} \\
 & & Innovation $z$ & Greenwashing $1-z$ \\
\multirow{6}{*}{Regulate $x$} & \multirow{3}{*}{Green credit $y$} & $R_g-C_g$ & $F-C_g$ \\
 & & $L+S$ & $L-K$ \\
 & & $P_1-C_f$ & $P_1+\Delta P-F$ \\
 & \multirow{3}{*}{Ordinary $1-y$} & $R_g$ & $F$ \\
 & & $L_0$ & $L_0$ \\
 & & $P_0-C_f$ & $P_0-F$ \\
\multirow{6}{*}{Wait $1-x$} & \multirow{3}{*}{Green credit $y$} & $R_g$ & $-D$ \\
 & & $L$ & $L-K$ \\
 & & $P_1-C_f$ & $P_1+\Delta P$ \\
 & \multirow{3}{*}{Ordinary $1-y$} & $R_g$ & $-D$ \\
 & & $L_0$ & $L_0$ \\
 & & $P_0-C_f$ & $P_0$ \\
\end{tabular}
"""


def test_payoffs_that_stand_below_each_other_are_those_of_one_profile() -> None:
    """A row for each party beside a strategy that goes over all of them, as papers on three parties print."""
    game = read_text(STACKED)
    assert [p.name for p in game.populations] == ["Government", "Bank", "Firm"]
    assert game.shares == ("x", "y", "z")
    found = payoffs(game)
    assert len(found) == 8
    assert found["Regulate", "Green credit", "Greenwashing"] == ("F - C_g", "L - K", "P1 + DeltaP - F")
    assert found["Wait", "Ordinary", "Innovation"] == ("R_g", "L0", "P0 - C_f")
    lines = [[cell.strip() for cell in line.split("&")] for line in STACKED.strip().split("\n")[3:-1]]
    text = "\t".join(["Government", "Bank", "Innovation (z)", "Greenwashing (1-z)"])
    for first, second, *pay in lines:
        heads = (re.sub(r".*\{(.*) \$(.*)\$\}", r"\1 (\2)", head) for head in (first, second))
        text += "\n" + "\t".join([*heads, *(cell.strip("$\\ ").replace("\\Delta ", "Δ") for cell in pay)])
    pasted = read_text(text.replace("_", ""))
    assert payoffs(pasted)["Wait", "Green credit", "Greenwashing"] == ("-D", "L - K", "P1 + DeltaP")


def test_a_game_without_assumptions_is_written_with_those_that_are_usual() -> None:
    """What most papers assume and do not print stands ready behind a comment sign."""
    game = read_text(TWO)
    text = str(game_content(game, "yaml"))
    assert not read_text(text).assumptions
    told = read_text(text.replace("# assume:", "assume:"))
    assert len(told.assumptions) == len(game.parameters)
    assert "# assume" not in str(game_content(told, "yaml"))


def test_the_order_of_payoffs_follows_the_shares_wherever_they_stand() -> None:
    """The third party above, the second below it: payoffs still stand in the order x, y, z."""
    text = (
        "\tz\t\t1-z\t\n\tact (y)\trest (1-y)\tact (y)\trest (1-y)\n"
        "go (x)\ta, b, c\td, e, f\tg, h, i\tj, k, l\nstay (1-x)\tm, n, o\tp, q, r\ts, t, u\tv, w1, w2\n"
    ).replace("\tz\t\t1-z", "\ton (z)\t\toff (1-z)")
    game = read_text(text)
    assert game.shares == ("x", "y", "z")
    assert payoffs(game)["go", "rest", "on"] == ("d", "e", "f")
    assert payoffs(game)["stay", "act", "off"] == ("s", "t", "u")


@pytest.mark.parametrize("brackets", [("(", ")"), (r"\{", r"\}"), (r"\left\{", r"\right\}"), ("", "")])
def test_a_table_of_a_chinese_paper(brackets: tuple[str, str]) -> None:
    """Shares behind the names without brackets, parties in a column of their own, names in Chinese."""
    a, b = brackets
    rows = [
        r" & & \multicolumn{2}{c}{公众} \\",
        r" & & 参与 $z$ & 不参与 $1-z$ \\",
        rf"企业 合作 $x$ & 政府 监管 $y$ & ${a}R_1, G, P{b}$ & ${a}R_1, G, 0{b}$ \\",
        rf" & 不监管 $1-y$ & ${a}R, 0, P{b}$ & ${a}R, 0, 0{b}$ \\",
        rf"不合作 $1-x$ & 政府 监管 $y$ & ${a}-F, F, P{b}$ & ${a}-F, F, 0{b}$ \\",
        rf" & 不监管 $1-y$ & ${a}0, -L, P{b}$ & ${a}0, 0, 0{b}$",
    ]
    game = read_text("\\begin{tabular}{cccc}\n" + "\n".join(rows) + "\n\\end{tabular}")
    assert game.shares == ("x", "y", "z")
    assert [s.name for s in game.populations[2].strategies] == ["参与", "不参与"]
    assert game.populations[2].name == "公众"
    assert payoffs(game)["不合作", "不监管", "参与"] == ("0", "-L", "P")


def test_a_table_in_html_with_merged_headings() -> None:
    """Subscripts belong to names, superscripts are powers, merged headings name the parties."""
    game = read_text(HTML)
    assert [p.name for p in game.populations] == ["Firm", "Regulator"]
    assert payoffs(game)["abate", "inspect"] == ("s - c1", "-k")
    assert payoffs(game)["pollute", "inspect"] == ("-F_max", "F_max - k")
    assert payoffs(game)["pollute", "trust"] == ("0", "-d**2")


@pytest.mark.parametrize(
    "heading",
    [
        "Profile\tEnterprise\tPublic",
        "策略组合\t企业收益\t公众的收益",
        "\tPayoff of the firm\tPublic's payoff",
    ],
)
def test_a_list_of_profiles(heading: str) -> None:
    """A row a profile in brackets, and a column of payoffs for each party, which its heading names."""
    rows = "\n(act, watch)\tR - C\tm\n(act, rest)\tR\t0\n(wait, watch)\t-F\tF - m\n(wait, rest)\t0\t0\n"
    game = read_text(heading + rows)
    assert [p.name for p in game.populations][1] in ("Public", "公众")
    assert payoffs(game)["wait", "watch"] == ("-F", "F - m")


def test_a_list_with_a_column_for_each_strategy() -> None:
    """Payoff columns are known by the names of the parties in their headings; merged strategies go on."""
    game = read_text(
        "Firm\tState\tPayoff of Firm\tPayoff of State\n"
        "go\tpay\ta\tb\n\tkeep\tc\td\nstay\tpay\t1\t2\n\tkeep\t3\t4\n"
    )
    assert payoffs(game)[("go", "keep")] == ("c", "d")
    assert payoffs(game)[("stay", "pay")] == ("1", "2")


def test_one_population_has_one_payoff_in_each_cell() -> None:
    """The strategies beside and above are the same."""
    game = load_html(
        "<table><tr><td></td><td>hawk</td><td>dove</td></tr><tr><td>hawk</td><td>(V-C)/2</td><td>V</td></tr>"
        "<tr><td>dove</td><td>0</td><td>V/2</td></tr></table>"
    )
    assert isinstance(game.form, SelfMatrix)
    assert [[to_text(e) for e in row] for row in game.form.rows] == [["(V - C)/2", "V"], ["0", "V/2"]]


def load_html(text: str) -> Game:
    """Read a text as HTML."""
    return read_text(text)


def test_macros_that_the_text_defines_are_put_in() -> None:
    r"""``\newcommand`` without arguments, one macro in another."""
    text = (
        r"\newcommand{\pia}{\pi_a}\def\gain{\pia R}"
        "\n"
        + r"\begin{tabular}{ccc} & c & d \\ a & $\gain, \pia-1$ & $0,0$ \\ b & $1,1$ & $2,2$ \end{tabular}"
    )
    assert payoffs(read_text(text))["a", "c"] == ("pi_a*R", "pi_a - 1")


def shown(slug: str) -> str | None:
    """Return a game of the catalogue as papers print it, with tabs; None where it is no such table."""
    game = load(slug)
    if not isinstance(game.form, ProfileTable) or len(game.populations) != 2:
        return None
    first, second = game.populations
    lines = [f"{first.name} / {second.name}\t" + "\t".join(s.name for s in second.strategies)]
    for i, own in enumerate(first.strategies):
        cells = [", ".join(map(to_text, game.form.pay[i, k])) for k in range(len(second.strategies))]
        lines.append(f"{own.name}\t" + "\t".join(f"({cell})" for cell in cells))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("slug", [s for s in catalogue_slugs() if shown(s)])
def test_a_printed_game_of_the_catalogue_is_read_back(slug: str) -> None:
    """Names, strategies and payoffs are those of the game."""
    text, game = shown(slug), load(slug)
    assert text is not None
    again = read_text(text)
    assert payoffs(again) == payoffs(game)
    assert [p.name for p in again.populations] == [p.name for p in game.populations]


TABS = (
    "State\t\tact (z)\t\twait (1-z)\t\n\t\tlend (y)\thold (1-y)\tlend (y)\thold (1-y)\n"
    "Firm\tjoin (x)\ta-c\tb\tc\td\n\t\tg\th\ti\tk\n\t\t1\t2\t3\t4\n"
    "\tstay (1-x)\t0\t0\t0\t0\n\t\t0\t0\t0\t0\n\t\t0\t0\t5\t0\n"
)
"""Payoffs below each other, as a word processor copies them."""

GAPS = "\tA\tB\tC\tD\nA\ta\t2\t3\t4\nB\t\t2\t3\t4\nC\ta\t2\t3\t4\nD\t\t2\t3\t4\n"
"""A matrix of which two payoffs are missing below each other."""


def test_payoffs_below_each_other_are_read_from_tabs() -> None:
    """The rows of a profile that a word processor copies with empty cells beside them are one cell."""
    assert payoffs(read_text(TABS))["join", "lend", "act"] == ("a - c", "g", "1")
    assert payoffs(read_text(TABS))["stay", "lend", "wait"] == ("0", "0", "5")


def without(text: str, part: str) -> str:
    """Return a text without the line that holds a part."""
    return "\n".join(line for line in text.split("\n") if part not in line)


@pytest.mark.parametrize(
    ("text", "code", "place", "said"),
    [
        (TWO.replace("−F, F−k", ""), "T205", "4:", "payoffs of this profile are missing"),
        (TWO.replace("−F, F−k", "−F, F−k, 3"), "T215", "4:", "3 payoffs in this cell, 2 in the others"),
        (TWO.replace("−F, F−k", "−F, F−(k"), "S001", "4:", "never closed"),
        ("\n".join(TWO.split("\n")[:3]) + "\n", "T216", "3:", "one row of payoffs, `innovate`"),
        (TWO.replace("wait (1−x)", "innovate (x)"), "T216", "3:", "all 2 rows"),
        (TWO.replace("wait (1−x)", ""), "T216", "3:", "cells were merged"),
        (HTML.replace("<td>(0, −d<sup>2</sup>)</td>", ""), "T205", "row 4, column 4", "missing"),
        (
            HTML.replace("<td>(−c<sub>1</sub>, 0)</td>", "<td rowspan=2>(−c<sub>1</sub>, 0)</td>").replace(
                "<td>(0, −d<sup>2</sup>)</td>", ""
            ),
            "T204",
            "row 3, column 4",
            "goes over 2 rows",
        ),
        (HTML.replace("<span>−k</span>", "<img src='k.png'>"), "T219", "game:5:", "picture"),
        (HTML + HTML, "T214", "game:", "2 tables"),
        (LATEX.replace(r"\pi_1, 0, -m", r"\pia, 0, -m"), "T218", "game:9:", r"\pia"),
        (r"\newcommand{\up}[1]{#1}" + LATEX.replace(r"\pi_1, 0", r"\up1, 0"), "T218", "game:9:", "arguments"),
        (r"\def\a{\b}\def\b{\a}" + LATEX.replace(r"\pi_1, 0", r"\a, 0"), "T218", "game:9:", "without end"),
        (LATEX.replace(r"\frac{k}", r"\frac{k"), "T200", "game:10:", "closed"),
        (LATEX.replace(r"\end{tabular}", ""), "T200", "game:4:", "never closed"),
        (without(STACKED, "$L+S$"), "T216", "", "2 payoffs stand below each other here, and 3 in"),
        (STACKED.replace("$L_0$ & $L_0$", "$L_0$ & ", 1), "T205", "", "a payoff is missing"),
        (STACKED.replace("$L+S$", "$L, S$"), "T215", "", "a single payoff"),
        (without(TABS, "g\th"), "T216", "game:5:", "3 payoffs stand below each other here, and 2 in"),
        (GAPS, "T202", "game:2:", "without a heading"),
        (without(LATEX, "L_{"), "T216", "", "(wait, leave, supervise)"),
        (LATEX.replace(" ($z$)", "").replace(" ($1-z$)", ""), "T217", "", "ambiguous"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, code: str, place: str, said: str) -> None:
    """A missing row, merged cells, a macro of its author's: where it stands, and what to do."""
    with pytest.raises(InputError) as caught:
        read_text(text)
    told = caught.value.render()
    assert caught.value.code == code, told
    assert place in str(caught.value.where), told
    assert said in told


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", r"\input{x}", "=cmd|calc", "]]>", "a\u202eb"])
def test_hostile_names_stay_names(name: str, tmp_path: Path) -> None:
    """What is pasted as a name is that name or refused, and comes out of YAML as it went in."""
    text = f"A / B\tc\td\n{name}\ta, b\t1, 2\nrest\t3, 4\t5, 6\n"
    try:
        game = read_text(text)
    except SeparatrixError:
        return
    assert game.populations[0].strategies[0].name == name
    from separatrix.game.formats.table_writer import write_game

    write_game(game, tmp_path / "game.yaml")
    assert load(tmp_path / "game.yaml").populations == game.populations


PIECES: list[Any] = [
    "\t", "\n", "a", "(", ")", ",", "&", "\\\\", "$", "\\multicolumn{2}{c}{", "}", "{", "\\alpha", "1-x", "x",
    "\\begin{tabular}{cc}", "\\end{tabular}", "<table>", "<tr>", "<td>", "<td colspan=9999>", "(x)",
    "<td rowspan=99999>", "\\a", "</td>",
    "<sub>", "</sub>", "<sup>", "π", "−", "0", "\\newcommand{\\a}{\\a}", "\\hline", "%", "\\", "&amp;",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES), max_size=60),
    st.sampled_from(["", TWO, LATEX, HTML]),
    st.integers(0, 400),
)
def test_rubbish_is_refused_in_words(pieces: list[str], around: str, at: int) -> None:
    """Whatever is pasted becomes a game or an error for people; nothing else is raised."""
    text = around[:at] + "".join(pieces) + around[at:]
    try:
        game = read_text(text)
    except SeparatrixError as problem:
        assert problem.code != "U999"
    else:
        assert game.populations


def test_letters_that_run_together_are_told_in_every_format(caplog: pytest.LogCaptureFixture) -> None:
    """`Lr2` is one symbol in HTML and two in LaTeX: both say which, where it can be either."""
    page = "<table><tr><td>A / B<td>c<td>d<tr><td>c<td>{}, 1<td>π1, ΔP<tr><td>d<td>0, 0<td>F_max, C2</table>"
    assert "Lr2" in read_text(page.format("Lr<sub>2</sub>")).parameters
    assert [r.getMessage().partition(": ")[2] for r in caplog.records] == [
        "read as one symbol each: Lr2; set a blank or * between factors"
    ]
    caplog.clear()
    assert set(read_text(page.format("L r<sub>2</sub>")).parameters) >= {"L", "r2"}
    assert [r.getMessage().partition(": ")[2] for r in caplog.records] == ["read as products: L*r2"]
    caplog.clear()
    read_text(page.format("r<sub>2</sub>"))
    assert not caplog.records
    paper = r"\begin{tabular}{ccc} A / B & c & d \\ c & $Lr_2$, 1 & 0, 0 \\ d & 0, 0 & 1, 2 \\ \end{tabular}"
    assert set(read_text(paper).parameters) == {"L", "r2"}
    assert [r.getMessage().partition(": ")[2] for r in caplog.records] == ["read as products: L*r2"]
