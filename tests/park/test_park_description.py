"""What a new park says of itself: a file that the library reads, whatever the park is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix.errors import InputError
from separatrix_cluster.tables.description import read_description
from separatrix_park.reporting.description import first_description


@pytest.mark.parametrize(
    "name", ["Our park", "三江: 园区 # 1", "'quoted' \"twice\"", "- a list", "2024", "🏭"]
)
def test_the_first_description_is_read_as_it_was_told(name: str, tmp_path: Path) -> None:
    """Name, country and money come back as they were given, and what was not given has its usual meaning."""
    path = tmp_path / "cluster.yaml"
    path.write_text(first_description(name, "CN", "10k CNY"), "utf-8")
    told = read_description(path)
    assert (told.name, told.country, told.money_unit) == (name, "CN", "10k CNY")
    assert (told.grid_area, told.factor_set) == ("CN", "cn-guideline")
    path.write_text(first_description(name, "", ""), "utf-8")
    assert read_description(path).country == ""


def test_a_unit_of_money_that_is_none_is_refused() -> None:
    """The error is the library's own, with what was expected."""
    with pytest.raises(InputError, match="K101"):
        first_description("Our park", "CN", "shells")
