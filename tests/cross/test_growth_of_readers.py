"""What reading a hostile file costs grows as the file does: refused by counts, or linear."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION
from cross.fuzz.growth import MOST_TIMES, growth
from cross.fuzz.kinds import KINDS
from separatrix.errors import InputError
from separatrix.game.formats.pasted_table import parse_html, parse_latex
from separatrix.game.formats.workbook import parse_csv
from separatrix.io.csv import read_cells
from separatrix.population.networks.link_files import read_links
from separatrix_cluster.tables.description import read_description
from separatrix_cluster.tables.members import members_of
from separatrix_cluster.tables.table_reader import read_table

TIMES = 8
"""How much longer the second file is: one that is read in time n² takes 64 times as long, in n³ 512."""


def cpu(read: Callable[[str], object], text: str) -> float:
    """Return the processor time that reading takes."""
    began = time.process_time()
    try:
        read(text)
    except InputError:
        pass
    return time.process_time() - began


def grows_too_fast(read: Callable[[str], object], text: Callable[[int], str], count: int) -> bool:
    """Return whether eight times the text takes more than sixteen times the time.

    Noise adds, so the least of three counts; less than a fifth of a second is never too long.
    """
    cpu(read, text(2))
    short, long = (min(cpu(read, text(n)) for _ in range(3)) for n in (count, count * TIMES))
    return long > max(2 * TIMES * short, 0.2)


def table(content: str) -> str:
    """Return an HTML table of two by two with something in one cell."""
    return f"<table><tr><td>a<td>b<tr><td>c<td>{content}1, 2</table>"


def latex(content: str) -> str:
    """Return a LaTeX table with something above it and in its first row."""
    return rf"\n\begin{{tabular}}{{cc}} a & b {content} \\ c & 1, 2 \\ \end{{tabular}}"


HOSTILE: dict[str, tuple[Callable[[str], object], Callable[[int], str], int]] = {
    "rows that could begin profiles": (
        parse_csv,
        lambda n: "better,fair,0\nfair,best,1\n" + "A,meets,pay:A\n" * n,
        250,
    ),
    "rows of payoffs with a heading each": (
        parse_csv,
        lambda n: "A,B,p q\n" + "".join(f"s{k},c,\n,d,1\n" for k in range(n)),
        150,
    ),
    "cells with as many payoffs each": (
        parse_html,
        lambda n: f"<table><tr><td>x{'<td>s' * 40}{('<tr><td>r' + '<td>1, 2' * 40) * n}</table>",
        12,
    ),
    "a heading of commas": (parse_csv, lambda n: f'a,"{"，" * n}b"\nc,"1, 2"\n', 2_000),
    "comments that are never closed": (parse_html, lambda n: table("") + "<!--" * n, 10_000),
    "comments in a cell that are never closed": (parse_html, lambda n: table("<!--" * n), 10_000),
    "declarations that are never closed": (parse_html, lambda n: table("") + "<!x" * n, 10_000),
    "tags that are never closed": (parse_html, lambda n: table("") + "<a " * n, 10_000),
    "quotes that are never closed": (parse_html, lambda n: table("") + "<a b='" * n, 10_000),
    "attributes without values": (parse_html, lambda n: table(f"<td {'a' * n}>"), 10_000),
    "scripts that are never closed": (parse_html, lambda n: table("") + "<script>" * n, 10_000),
    "a definition that is never closed": (
        parse_latex,
        lambda n: "%\n" + r"\newcommand\a[" * n + latex(""),
        1_000,
    ),
    "blanks within a definition": (
        parse_latex,
        lambda n: "%\n" + r"\newcommand\a" + " " * n + latex(""),
        100,
    ),
    "an option that is never closed": (parse_latex, lambda n: latex(r"\begin{a}[" * n), 1_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_eight_times_the_file_takes_no_more_than_that_often_the_time(name: str) -> None:
    """Twice as much is left for noise."""
    assert not grows_too_fast(*HOSTILE[name])


def test_line_ends_in_a_weight_are_gone_through_once(tmp_path: Path) -> None:
    """Each line end within one `data` of GraphML is a piece of its own; they are joined once."""

    def read(text: str) -> object:
        path = tmp_path / "links.graphml"
        path.write_text(text, encoding="utf-8")
        return read_links(path)

    def graph(count: int) -> str:
        return (
            '<graphml><graph edgedefault="directed"><node id="a"/><node id="b"/>'
            f'<edge source="a" target="b"><data key="weight">{chr(10) * count}2</data></edge>'
            "</graph></graphml>"
        )

    assert not grows_too_fast(read, graph, 100_000)
    (tmp_path / "links.graphml").write_text(graph(3), encoding="utf-8")
    assert read_links(tmp_path / "links.graphml").weight.tolist() == [2.0]


def test_rows_that_stand_many_times_are_compared_with_none_of_each_other(tmp_path: Path) -> None:
    """Rows of a cluster's table under one key: each is held against what is known of the key."""
    (tmp_path / "cluster.yaml").write_text(DESCRIPTION, encoding="utf-8")
    description = read_description(tmp_path / "cluster.yaml")

    def read(text: str) -> object:
        path = tmp_path / "region.csv"
        path.write_text(text, encoding="utf-8")
        return read_table(read_cells(path), "region", description, members_of(["E01"], ["First"]))

    head = "area,sector,year,employment,value_added\n"
    assert not grows_too_fast(
        read, lambda count: head + "".join(f"Our county,C23,2024,{k},\n" for k in range(count)), 1_000
    )


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_no_repeated_piece_makes_reading_grow_faster_than_the_file(kind: str) -> None:
    """A piece of each of 200 inputs of the fuzzer, repeated to 50, 200 and 800 kB."""
    grown = {number: growth(kind, number) for number in range(200)}
    assert not {number: times for number, times in grown.items() if times > MOST_TIMES}
