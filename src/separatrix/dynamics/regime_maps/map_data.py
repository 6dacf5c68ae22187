"""A regime map as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.expression.tree import to_text

if TYPE_CHECKING:
    from separatrix.dynamics.regime_maps.regime_map import BorderPiece, MapRegime, RegimeMap

__all__ = ["map_to_dict"]


def map_to_dict(found: RegimeMap) -> dict[str, Any]:
    """Return what ``--format json`` prints."""
    from separatrix.run.provenance import provenance

    return {
        "schema": 1,
        "model": {
            "title": found.game.title,
            "scenario": found.scenario,
            "parameters": {name: float(value) for name, value in found.fixed.items()},
        },
        "over": [
            {"parameter": name, "low": float(axis.low), "high": float(axis.high), "nodes": axis.count}
            for name, axis in zip(found.over, found.axes, strict=True)
        ],
        "states": [
            {
                "name": state.name,
                "support": [list(played) for played in state.support],
                "shares": None
                if state.shares is None
                else {share: to_text(value) for share, value in state.shares.items()},
            }
            for state in found.states
        ],
        "regimes": [_regime(regime) for regime in found.regimes],
        "borders": [
            {
                "polynomial": border.polynomial,
                "solved": border.solved,
                "pieces": [_piece(piece) for piece in border.pieces],
            }
            for border in found.borders
        ],
        "conditions": [
            {"text": c.text, "factors": list(c.factors), "states": list(c.states)} for c in found.conditions
        ],
        "points": [
            {
                "at": list(point.at),
                "exact": None if point.exact is None else [str(v) for v in point.exact],
                "borders": list(point.borders),
                "regimes": list(point.regimes),
            }
            for point in found.points
        ],
        "labels": found.labels.tolist(),
        "method": found.method,
        "how_sure": str(found.how_sure),
        "error": None if found.error is None else list(found.error),
        "today": None if found.today is None else {"at": list(found.today), "regime": found.today_regime},
        "provenance": provenance(found.game),
    }


def _regime(regime: MapRegime) -> dict[str, Any]:
    witness = None
    if regime.witness is not None:
        witness = {name: str(value) for name, value in regime.witness.items()}
    return {
        "letter": regime.letter,
        "kind": regime.kind,
        "stable": list(regime.stable),
        "generic": regime.generic,
        "witness": witness,
        "share": regime.share,
        "nodes": regime.nodes,
    }


def _piece(piece: BorderPiece) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "negative": piece.negative,
        "positive": piece.positive,
        "on": piece.on,
        "gained": list(piece.gained),
        "lost": list(piece.lost),
        "points": piece.points.tolist(),
    }
