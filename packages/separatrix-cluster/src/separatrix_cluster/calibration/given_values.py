"""Numbers given in place of those of the tables: `calibration` of cluster.yaml, and `--set`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import BASES
from separatrix.sentences import Sentence, say
from separatrix_cluster.calibration.estimate import Estimate
from separatrix_cluster.calibration.paper_parameters import COMPONENTS

__all__ = ["GIVEN", "given_values"]

GIVEN = (*COMPONENTS, "beta", "x", "y")
"""The names that can be given: the components of the six parameters, the speed, and the current state."""

_KEYS = ("value", "interval", "basis", "source")
_NEVER_NEGATIVE = ("K", "p", "a", "s", "penalty", "beta", "x", "y")
_SHARES = ("s", "x", "y")


def given_values(
    told: Mapping[str, Any], where: Sentence, suffixes: Iterable[str] = ("",)
) -> dict[str, Estimate]:
    """Return what is given, by its name.

    Parameters
    ----------
    told : mapping
        A number, ``LOW:VALUE:HIGH``, or a mapping of ``value``, ``interval``, ``basis`` and ``source``.
    where : Sentence
        Where it is given, as shown with the number.
    suffixes : iterable of str
        What may follow a name, for one side alone.

    Raises
    ------
    NameProblem
        K574 for an unknown component.
    InputError
        K575 for an invalid or impossible number.

    Examples
    --------
    >>> found = given_values({"F": "10:30:60"}, say("given"))["F"]
    >>> int(found.low), int(found.value), int(found.high), found.basis
    (10, 30, 60, 'assumed')
    """
    names = [name + suffix for suffix in ("", *suffixes) for name in GIVEN]
    found = {}
    for name, item in told.items():
        if name not in names:
            raise _unknown(name, list(dict.fromkeys(names)))
        found[name] = _read(name, item, where)
    return found


def _unknown(name: str, names: list[str]) -> NameProblem:
    parts: Mapping[str, Sentence] = {
        "C1": say("C1 is (1 − s) K: give K, or the support s"),
        "C2": say("C2 is p a and penalties: give p, a or penalty"),
        "R1": say("R1 is pi2 + v: give pi2 or v"),
        "R2": say("R2 is pi2 + F: give pi2 or F"),
        "pi1": say("pi1 is pi2 + v + B: give pi2, v or B"),
    }
    meant = nearest(name, names)
    hint = parts.get(name.rstrip("AB")) or (
        say("did you mean `{name}`?", name=meant)
        if meant
        else say("known are {names}", names=", ".join(GIVEN))
    )
    return NameProblem("K574", say("`{name}` is nothing that a calibration is made of", name=name), hint=hint)


def _read(name: str, item: Any, where: Sentence) -> Estimate:
    if isinstance(item, Mapping):
        strange = [key for key in item if key not in _KEYS]
        if strange or item.get("value") is None:
            raise _not_so(name, str(strange[0]) if strange else "{}")
        value, interval = _number(name, item["value"]), item.get("interval")
        ends = [value, value] if interval is None else [_number(name, end) for end in interval]
        basis = str(item.get("basis") or "assumed")
        if basis not in BASES or len(ends) != 2:
            raise _not_so(name, basis if basis not in BASES else str(interval))
        source = item.get("source")
        how = say("{where}: {source}", where=where, source=str(source)) if source else where
        return _checked(name, Estimate(value, ends[0], ends[1], basis, how))
    parts = str(item).split(":")
    numbers = [_number(name, part) for part in parts]
    if len(numbers) not in (1, 3):
        raise _not_so(name, str(item))
    low, value, high = numbers if len(numbers) == 3 else numbers * 3
    return _checked(name, Estimate(value, low, high, "assumed", where))


def _number(name: str, item: Any) -> Fraction:
    try:
        return Fraction(str(item).strip())
    except (ValueError, ZeroDivisionError):
        raise _not_so(name, str(item)) from None


def _not_so(name: str, found: str) -> InputError:
    return InputError(
        "K575",
        say("`{name}` is given as `{found}`; a number was expected", name=name, found=found),
        hint=say("write 30, or 10:30:60 for a value with its interval"),
    )


def _checked(name: str, of: Estimate) -> Estimate:
    if not of.low <= of.value <= of.high:
        raise InputError(
            "K575",
            say("`{name}` lies outside its own interval", name=name),
            hint=say("write the lowest, the usual and the highest, in this order"),
        )
    bare = name.rstrip("AB") if name not in GIVEN else name
    if bare in _NEVER_NEGATIVE and of.low < 0:
        raise InputError("K575", say("`{name}` cannot be negative", name=name))
    if bare in _SHARES and of.high > 1:
        raise InputError(
            "K575", say("`{name}` is a share, between 0 and 1", name=name), hint=say("20 % is 0.2")
        )
    if bare == "beta" and not of.low > 0:
        raise InputError("K575", say("the speed is above 0"))
    return replace(of)
