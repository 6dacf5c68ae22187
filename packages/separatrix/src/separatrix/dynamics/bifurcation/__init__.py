"""Bifurcation diagrams: every rest point along one parameter, and every value at which something happens.

For developers
--------------
`family` writes the game as polynomials in the shares and the parameter; `critical_values` eliminates the
shares (`elimination`) and isolates the values at which anything can change; `tracks` follows each rest point
of an analysis between two of these; `branch_points` says which branches come together at a value,
`bifurcation_kinds` what that is called, `hopf` what cycles it gives birth to; `branch_assembly` puts branches
and points together.  `numerical_diagram` takes the place of all polynomials where there are none.
"""

from separatrix.dynamics.bifurcation.numerical_diagram import bifurcation_diagram
from separatrix.dynamics.bifurcation.result import (
    BifurcationBranch,
    BifurcationDiagram,
    BranchPiece,
    NamedPoint,
)

__all__ = ["BifurcationDiagram", "BifurcationBranch", "NamedPoint", "BranchPiece", "bifurcation_diagram"]
