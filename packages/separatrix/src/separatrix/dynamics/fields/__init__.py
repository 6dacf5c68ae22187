"""Fields of motion: how the shares change, one rule a file, behind one interface.

`separatrix.dynamics.fields.payoffs` says what every field offers.
"""

from separatrix.dynamics.fields.payoffs import FaceField, VectorField
from separatrix.dynamics.fields.registry import DYNAMICS, field

__all__ = ["DYNAMICS", "FaceField", "VectorField", "field"]
