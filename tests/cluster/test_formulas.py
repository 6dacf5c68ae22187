"""What has no answer is refused: the formulas of a diagnosis on numbers that do not fit them."""

from __future__ import annotations

import pytest

from separatrix.errors import InputError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.uncertainty import monte_carlo_total, spread_of_total
from separatrix_cluster.diagnosis.data_envelopment import cost_efficiency, radial_efficiency
from separatrix_cluster.diagnosis.decomposition import decompose, decoupling, export_account, upstreamness
from separatrix_cluster.diagnosis.innovation import entropy_weights, rank_interval, topsis
from separatrix_cluster.frame.concentration import (
    cluster_index,
    ellison_glaeser,
    location_quotient,
    spatial_gini,
)
from separatrix_cluster.frame.frame import network
from separatrix_cluster.tables.reader import load_cluster

NAN = float("nan")
FLAT = [[1.0, 2.0], [2.0, 1.0]]

NO_ANSWER = {
    "weights of two criteria for one": ("K305", lambda: topsis(FLAT, [1.0])),
    "a criterion that is not known": ("K305", lambda: topsis([[1.0, NAN], [2.0, 3.0]], [0.5, 0.5])),
    "a direction too few": ("K305", lambda: topsis(FLAT, [0.5, 0.5], [True])),
    "criteria in one row": ("K305", lambda: entropy_weights([1.0, 2.0])),
    "no draws of weights": ("K305", lambda: rank_interval(FLAT, [0.5, 0.5], draws=0)),
    "a unit without input": ("K303", lambda: radial_efficiency([0.0, 1.0], [1.0, 1.0])),
    "rows of different lengths": ("K303", lambda: radial_efficiency([[1.0], [1.0, 2.0]], [1.0, 1.0])),
    "returns that are none": ("K303", lambda: radial_efficiency([1.0, 2.0], [1.0, 1.0], returns="falling")),
    "a side that is none": ("K303", lambda: radial_efficiency([1.0], [1.0], orientation="both")),
    "inputs that cost nothing": ("K303", lambda: cost_efficiency([1.0, 2.0], [1.0, 1.0], [0.0])),
    "prices of other goods": ("K303", lambda: cost_efficiency([1.0, 2.0], [1.0, 1.0], [1.0, 2.0])),
    "exports of other sectors": ("K302", lambda: export_account([[0.1]], [1.0], [1.0], [1.0, 2.0])),
    "an intensity that is not known": ("K302", lambda: export_account([[0.1]], [NAN], [1.0], [1.0])),
    "a sector that needs itself whole": ("K302", lambda: upstreamness([[1.0]], [1.0])),
    "outputs of other sectors": ("K302", lambda: upstreamness([[0.1]], [1.0, 2.0])),
    "names of other factors": ("K301", lambda: decompose([[1.0, 2.0]], [[2.0, 2.0]], ["output"])),
    "a part that is not known": ("K304", lambda: location_quotient(NAN, 1.0, 1.0, 1.0)),
    "plants without an area": ("K304", lambda: ellison_glaeser([1.0], ["a", "b"], {"a": 1.0, "b": 1.0})),
    "nobody in the sector": ("K304", lambda: cluster_index(1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
    "an industry of nobody": ("K304", lambda: spatial_gini([0.0, 0.0], [1.0, 1.0])),
    "totals of other areas": ("K304", lambda: spatial_gini([1.0], [1.0, 2.0])),
    "a link to nobody": ("K306", lambda: network(["a"], ["a"], ["b"])),
    "a link without an end": ("K306", lambda: network(["a", "b"], ["a"], [])),
    "a year without data": (
        "K240",
        lambda: spread_of_total(carbon_accounts(load_cluster("synthetic-park")), 1800),
    ),
    "no draws of a total": (
        "K241",
        lambda: monte_carlo_total(carbon_accounts(load_cluster("synthetic-park")), 2024, draws=0),
    ),
}


@pytest.mark.parametrize("case", NO_ANSWER)
def test_what_has_no_answer_is_refused(case: str) -> None:
    """A formula that its numbers do not fit says so, and gives neither a number nor an error of Python's."""
    code, ask = NO_ANSWER[case]
    with pytest.raises(InputError) as refused:
        ask()
    assert refused.value.code == code


def test_changes_that_are_not_known_have_no_state_of_decoupling() -> None:
    """Tapio's states are of finite changes only."""
    for changes in ((NAN, 0.1), (0.1, NAN), (0.1, float("inf")), (float("-inf"), 0.1)):
        assert decoupling(*changes) == (None, None)
