"""The catalogue, and the explanations of errors."""

from __future__ import annotations

import re

import pytest

from separatrix.cli.files import _text as told
from separatrix.errors import NameProblem
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.game.catalogue import catalogue
from separatrix.game.catalogue_files import catalogue_path
from separatrix.languages import language_of
from source_files import source_files, source_path


def test_every_entry_says_what_it_is_and_whom_to_cite() -> None:
    """Every game of the catalogue has a title and a source."""
    entries = catalogue()
    assert {"shi-chen-2018", "wang-2023"} <= {entry.slug for entry in entries}
    for entry in entries:
        assert entry.title
        assert len(entry.source) > 10, entry.slug


def test_misspelt_names_find_their_neighbour() -> None:
    """A misspelt name is answered with the one that was most likely meant."""
    with pytest.raises(NameProblem, match="did you mean `wang-2023`") as caught:
        catalogue_path("wang2023")
    assert caught.value.code == "C401"


def codes_raised() -> set[str]:
    """Return every code that stands in the source."""
    return {
        code
        for path in source_files().values()
        for code in re.findall(r"\"([SGTVCDAUPKNW][0-9]{3})[ \"]", path.read_text(encoding="utf-8"))
    }


def test_every_code_is_explained() -> None:
    """Every code that an error can carry has an explanation, and every explanation a code."""
    assert codes_raised() == set(EXPLANATIONS)


def test_each_code_is_explained_once_in_a_file_of_its_letter() -> None:
    """Who looks for the text of a code finds it in a file of its letter, and only once."""
    told: list[tuple[str, str]] = []
    for path in source_path("separatrix/explanations").glob("*.toml"):
        codes = re.findall(r"(?m)^\[([A-Z]\d{3})\]$", path.read_text(encoding="utf-8"))
        assert len({code[0] for code in codes}) == 1, path.name
        told += [(code, path.name) for code in codes]
    told.sort()
    assert [code for code, _ in told] == list(EXPLANATIONS)


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_explanations_are_whole(code: str) -> None:
    """An explanation says what it means, gives an example, and what to do."""
    text = told(code, EXPLANATIONS[code], language_of("en"))
    assert text.startswith(f"{code}: ")
    assert "For example:" in text
    assert "What to do: " in text
    assert max(map(len, text.splitlines())) <= 100
