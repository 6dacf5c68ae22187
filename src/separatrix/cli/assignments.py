"""``--set`` and ``--option`` NAME=VALUE: parameters, and options of dynamics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from separatrix.errors import InputError

__all__ = ["assignments", "field_options"]


def assignments(pairs: Sequence[str]) -> dict[str, object]:
    """Return NAME=VALUE pairs as a mapping.

    Raises
    ------
    InputError
        U901 for what is no such pair, and for a parameter that is given twice.

    Examples
    --------
    >>> assignments(["pi1=12", "C1 = 1/2"])
    {'pi1': '12', 'C1': '1/2'}
    """
    result: dict[str, object] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name.strip() or not value.strip():
            raise InputError(
                "U901", f"--set {pair}: expected NAME=VALUE", hint="as in --set pi1=12 --set C1=0.5"
            )
        if name.strip() in result:
            raise InputError("U901", f"--set gives `{name.strip()}` twice", hint="give each parameter once")
        result[name.strip()] = value.strip()
    return result


def field_options(pairs: Sequence[str], field: str) -> dict[str, Any]:
    """Return NAME=VALUE pairs as options of the dynamics that are called `field`.

    Raises
    ------
    InputError
        U901 for what is no such pair, and for an option that is given twice; V320 for unknown dynamics; V321
        for an option that they do not take.

    Examples
    --------
    >>> field_options(["eta=1/2"], "logit")
    {'eta': '1/2'}
    """
    from separatrix.dynamics.fields.factory import kind_of_field

    kind = kind_of_field(field)
    result: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = (piece.strip() for piece in pair.partition("="))
        if not separator or not name or not value:
            raise InputError("U901", f"--option {pair}: expected NAME=VALUE", hint="as in --option eta=0.5")
        if name in result:
            raise InputError("U901", f"--option gives `{name}` twice", hint="give each option once")
        result[name] = value
    for name in result:
        if name not in kind.options:
            takes = ", ".join(kind.options) or "none"
            raise InputError("V321", f"the {kind.title} dynamics have no option `{name}`; they take {takes}")
    return result
