"""Labels beyond linearisation, each on a game small enough to see the answer by hand."""

import pytest

from core.analysis.helpers import document
from separatrix import analyze, load
from separatrix.analysis.results import Analysis


def label_at(analysis: Analysis, *state: float) -> str | None:
    """The label of a rest state, be it a point or a piece of a set."""
    for point in analysis.rest_points:
        if point.state == pytest.approx(state):
            return point.stability
    for piece in analysis.rest_sets:
        if piece.dimension == 0 and piece.samples[0] == pytest.approx(state):
            return piece.stability
    raise AssertionError(f"{state} is not listed")


def test_matching_pennies_has_a_centre() -> None:
    """Closed orbits surround the mixed point of a zero-sum 2×2 game."""
    assert label_at(analyze(load(document(x="4*y - 2", y="2 - 4*x"))), 0.5, 0.5) == "centre"


@pytest.mark.parametrize(
    ("b", "d", "label"),
    [
        ("-1", "-1", "stable"),
        ("1", "-2", "stable"),
        ("1", "1", "unstable"),
        ("1", "0", "unstable"),
        ("-1", "0", "stable"),
    ],
)
def test_a_corner_of_two_resting_edges_is_decided_by_the_terms_of_second_order(
    b: str, d: str, label: str
) -> None:
    """x' ~ b·x·y, y' ~ d·x·y near (0, 0): unstable exactly where one grows and the other does not fall."""
    assert label_at(analyze(load(document(x=f"{b}*y", y=f"{d}*x"))), 0, 0) == label


def test_orbits_that_arch_over_an_edge_leave_its_turning_point_stable() -> None:
    """On y = 0 everything rests; y grows for x < 1/2 and falls beyond, while x drifts to the right."""
    analysis = analyze(load(document(x="y", y="1 - 2*x")))
    assert label_at(analysis, 0.5, 0) == "stable"
    labels = {(s.corners[0], s.corners[1]): s.stability for s in analysis.rest_sets if len(s.corners) == 2}
    assert labels[(0.0, 0.0), (0.5, 0.0)] == "unstable"
    assert labels[(0.5, 0.0), (1.0, 0.0)] == "stable"
    assert label_at(analyze(load(document(x="-y", y="1 - 2*x"))), 0.5, 0) == "unstable"


def test_a_centre_within_a_face_is_stable_where_the_third_direction_contracts() -> None:
    """The face is a centre manifold; across an expanding direction the same point is unstable."""
    assert label_at(analyze(load(document(x="4*y - 2", y="2 - 4*x", z="-1"))), 0.5, 0.5, 0) == "stable"
    assert label_at(analyze(load(document(x="4*y - 2", y="2 - 4*x", z="1"))), 0.5, 0.5, 0) == "unstable"


def test_a_cyclic_corner_is_decided_by_the_product_of_its_rates() -> None:
    """x feeds on y, y on z, z on x at a corner with three zero eigenvalues: stable if losses outweigh."""
    weak = analyze(load(document(x="y - 2*z", y="z - 2*x", z="x - 2*y")))
    strong = analyze(load(document(x="2*y - z", y="2*z - x", z="2*x - y")))
    assert label_at(weak, 0, 0, 0) == "stable"
    assert label_at(strong, 0, 0, 0) == "unstable"


def test_no_state_of_a_continuum_is_asymptotically_stable_but_the_whole_can_be() -> None:
    """An edge of rest states that attracts from everywhere is a strict equilibrium set."""
    analysis = analyze(load(document(x="-y", y="-1")))
    assert all(s.stability == "stable" for s in analysis.rest_sets)
    assert [p.stability for p in analysis.rest_points if p.state in ((0.0, 0.0), (1.0, 0.0))] == [
        "stable"
    ] * 2
    (component,) = analysis.rest_components
    assert component.set_stability == "asymptotically stable"
    assert component.es_set is True


def test_the_state_space_at_rest_is_stable_throughout() -> None:
    """Without any advantage nothing moves."""
    analysis = analyze(load(document(x="0", y="0", z="0")))
    assert {s.stability for s in analysis.rest_sets} == {"stable"}
    assert {p.stability for p in analysis.rest_points} == {"stable"}
    assert [c.set_stability for c in analysis.rest_components] == ["asymptotically stable"]


def test_undecided_labels_say_why() -> None:
    """A centre in a face whose third direction is neutral is left undecided, with the reason."""
    analysis = analyze(load(document(x="2*y - 1 + z*y", y="1 - 2*x + z", z="2*x - 1 + y - 1/2")))
    undecided = [p for p in analysis.rest_points if p.stability == "undecided"]
    assert [p.state for p in undecided] == [(0.5, 0.5, 0.0)]
    assert "neutral" in undecided[0].reason
