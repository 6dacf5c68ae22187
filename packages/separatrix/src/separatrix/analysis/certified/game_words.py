"""What the game says of a certified rest point: Nash, strict Nash, evolutionarily stable."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix.analysis.certified.local import CertifiedLocal
from separatrix.analysis.stability.verdict import Verdict

__all__ = ["GameWords", "game_words"]


@dataclass(frozen=True)
class GameWords:
    """None where something is not known, or not defined."""

    nash: bool | None
    strict_nash: bool | None
    ess: bool | None
    nss: bool | None


def game_words(local: CertifiedLocal, verdict: Verdict, tabled: bool) -> GameWords:
    """Return whether a rest point is a Nash equilibrium, and evolutionarily stable.

    One population: local evolutionary stability (Pohley & Thomas 1983), x·F(y) > y·F(y) for all y close to x.
    Several without own play: the same as strict Nash.  Several with own play: a strict Nash equilibrium is
    evolutionarily stable in Cressman's sense, what is not Nash is not, and the rest is left open.
    """
    turns = [o.turn for o in local.outside]
    nash: bool | None = False if 1 in turns else None if None in turns else True
    strict = not local.system.free and all(t == -1 for t in turns)
    if not tabled:
        return GameWords(nash, strict, None, None)
    if len(local.system.field.sizes) > 1:
        if local.balanced:
            return GameWords(nash, strict, strict, None)
        return GameWords(nash, strict, True if strict else False if nash is False else None, None)
    if local.system.field.sizes == (2,):
        # With two strategies x·F(y) > y·F(y) says that y moves back to x.
        back = verdict.label == "asymptotically stable"
        return GameWords(nash, strict, back, back or verdict.label == "stable")
    if strict:
        return GameWords(nash, strict, True, True)
    if nash is False:
        return GameWords(nash, strict, False, False)
    return GameWords(nash, strict, *_mixed(local, turns))


def _mixed(local: CertifiedLocal, turns: list[int | None]) -> tuple[bool | None, bool | None]:
    """A mixed point of one population where no unplayed strategy earns more.

    If the others earn less and F' is negative definite on the face's tangent space the point is a regular
    ESS (Taylor & Jonker 1978); if F' takes a positive value there it is not even neutrally stable.
    """
    form = local.payoff_form_sign()
    if form == 1:
        return False, False
    if form == -1 and all(t == -1 for t in turns):
        return True, True
    return None, None
