"""`separatrix cluster symbiosis`: every format, its options, and bad calls in words."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from separatrix.cli.app import run

HEADS = "enterprise,stream,direction,amount,unit,price\n"


def park(folder: Path, streams: str) -> str:
    """Write a cluster of two with these streams, and return its path."""
    (folder / "cluster.yaml").write_text("format: 1\nname: Two\ncountry: CN\n", encoding="utf-8")
    (folder / "enterprises.csv").write_text("id,name\nA,First\nB,Second\n", encoding="utf-8")
    if streams:
        (folder / "streams.csv").write_text(streams, encoding="utf-8")
    return str(folder)


def test_json_holds_plan_bound_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    """The net benefit is the exact one, and settlements add up to it."""
    assert (
        run(
            [
                "cluster",
                "symbiosis",
                "synthetic-park",
                "--no-share",
                "--carbon-price",
                "60",
                "--format",
                "json",
            ]
        )
        == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert found["net_benefit"] == pytest.approx(sum(s["net"] for s in found["settlement"]))
    assert found["solver_bound"] >= found["net_benefit"] > 0 and found["gap"] < 1e-4
    assert [f["id"] for f in found["facilities"] if f["built"]] == ["heat-network"]
    assert all(r["reason"] for r in found["rejected"]) and found["cluster"]["synthetic"]


@pytest.mark.parametrize(("lang", "said"), [("en", "Exchanges."), ("zh", "交换内容。")])
def test_text_answers_on_page_one(lang: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What to exchange, what to build, who pays whom, what is assumed."""
    assert (
        run(["cluster", "symbiosis", "synthetic-park", "--no-share", "--without", "E12", "--lang", lang]) == 0
    )
    out = capsys.readouterr().out
    assert said in out and "Hill Iron 1" not in out.partition("──")[0]


def test_csv_has_a_line_for_each_exchange_and_each_pair(capsys: pytest.CaptureFixture[str]) -> None:
    """Those rejected with their reason."""
    assert run(["cluster", "symbiosis", "synthetic-park", "--no-share", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "status" in lines[0]
    assert {line.lstrip("\ufeff").split(",")[0] for line in lines[1:]} == {"exchange", "rejected"}


def test_a_target_that_cannot_be_met_ends_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    """And says what would have to give way; thousands are never powers of ten."""
    call = ["cluster", "symbiosis", "synthetic-park", "--no-share", "--target", "30000", "--budget", "200"]
    assert run(call) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "The budget would have to rise by" in out and "e+" not in out


@pytest.mark.parametrize("name", ["network", "benefits", "heat"])
def test_figures(name: str, tmp_path: Path) -> None:
    """Each is an SVG with a title of its own."""
    out = tmp_path / "figure.svg"
    assert (
        run(["cluster", "symbiosis", "synthetic-park", "--no-share", "--figure", name, "--out", str(out)])
        == 0
    )
    assert "<title" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("streams", "options", "code"),
    [
        ("", [], "K510"),
        (HEADS + "A,slag,offered,5,t,\n", ["--budget", "-1"], "K511"),
        (HEADS + "A,slag,offered,5,t,\n", ["--build", "nothing"], "K512"),
        (HEADS + "A,slag,offered,5,t,\n", ["--without", "C"], "K512"),
        (HEADS + "A,slag,offered,5,t,\n", ["--figure", "heat"], "K514"),
    ],
)
def test_bad_calls_in_words(
    streams: str, options: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the code, and exit code 2."""
    assert run(["cluster", "symbiosis", park(tmp_path, streams), *options]) == 2
    assert code in capsys.readouterr().err


def test_streams_without_a_partner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is proposed, and that is an answer."""
    rows = HEADS + "A,slag,offered,5,t,\nA,slag,wanted,5,t,9\nB,gypsum,wanted,5,t,9\n"
    assert run(["cluster", "symbiosis", park(tmp_path, rows)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "No offered stream matches a wanted one" in out and "both are of one enterprise" in out


def test_units_of_both_sides_are_brought_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two kilotonnes are offered, 1,500,000 kg wanted at 0.03 CNY each: 45,000 CNY a year."""
    rows = HEADS + "A,fly ash,offered,2,kt,\nB,粉煤灰,wanted,1500000,kg,0.03\n"
    assert run(["cluster", "symbiosis", park(tmp_path, rows), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["flows"][0]["amount"], found["net_benefit"]) == (1500, 45_000)


_PARK = files("separatrix_cluster").joinpath("shipped", "synthetic-park")


@pytest.mark.parametrize("command", ["check", "account", "diagnose", "measures", "symbiosis"])
def test_credit_codes_as_ids_are_shown_by_names(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a reader sees calls enterprises by their names, not by the eighteen signs that are their ids."""
    rows = _PARK.joinpath("enterprises.csv").read_text(encoding="utf-8").splitlines()[1:]
    ids = {row.split(",")[0] for row in rows}
    for part in _PARK.iterdir():
        # A source in the words of the park's own table stays as it is.
        text = part.read_text(encoding="utf-8").replace("boiler house of E05", "a boiler house")
        written = re.sub(r"\b[A-Z]+\d+\b", lambda m: f"91320500MA1{m[0]:0>6}X" if m[0] in ids else m[0], text)
        (tmp_path / part.name).write_text(written, encoding="utf-8")
    options = ["--no-share"] if command == "symbiosis" else []
    assert run(["cluster", command, str(tmp_path), *options, "--format", "md"]) == 0
    assert "91320500MA1" not in capsys.readouterr().out
