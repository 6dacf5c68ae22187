"""``--set NAME=VALUE``: parameters on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.errors import InputError

__all__ = ["assignments"]


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
