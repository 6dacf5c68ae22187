"""The measures of a cluster as a page draws their cost curve."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from separatrix.languages import Language
from separatrix.studio.document_json import document_json
from separatrix_cluster.documents.cost_curve import bundle_called
from separatrix_cluster.documents.measures import measures_document
from separatrix_cluster.measures.abatement import Abatement
from separatrix_cluster.measures.cost_curve import CurveStep
from separatrix_cluster.studio.cluster_json import Part, carbon_unit_json, in_each_language

__all__ = ["measures_json"]


def measures_json(found: Abatement) -> Part:
    """Return the steps of the cost curve, each with its intervals where they are known.

    A step is a bundle, which its last measure gives the name: the others are what that requires.

    Examples
    --------
    >>> from separatrix_cluster.measures.abatement import abatement
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> part = measures_json(abatement(load_cluster("synthetic-park")))
    >>> len(part["steps"]), part["steps"][0]["pays"]
    (12, True)
    """
    steps = [s for s in found.curve if s.bundle[-1] == s.measure.id and s.bundle_cost_per_tonne is not None]

    def measures_page(words: Language) -> dict[str, Any]:
        return {
            "document": document_json(measures_document(found, words)),
            "names": [bundle_called(found, step, words) for step in steps],
            "unit": carbon_unit_json([float(found.together.abatement)], words),
            "per_tonne": words.CL_MEASURES_PER_TONNE.format(
                currency=words.unit(found.cluster.description.currency)
            ),
        }

    return {
        "year": found.year,
        "carbon_price": float(found.carbon_price),
        "price_told": "carbon_price" in found.told,
        "steps": [_step(found, step) for step in steps],
        "told": in_each_language(measures_page),
    }


def _step(found: Abatement, step: CurveStep) -> dict[str, Any]:
    alone = len(step.bundle) == 1
    ends = step.cost_interval if alone else None
    return {
        "abatement": float(step.bundle_abatement),
        # Of a bundle no interval is known: those of its measures may not simply be added.
        "low": float(step.low) if alone else None,
        "high": float(step.high) if alone else None,
        "cost": _float(step.bundle_cost_per_tonne),
        "cost_low": None if ends is None else float(ends[0]),
        "cost_high": None if ends is None else float(ends[1]),
        "pays": step.pays,
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
