"""The chain of the log, compared with itself, with the reports, and with printed heads.

A chain alone does not protect against someone with write access to the database who rebuilds all of it. It
proves that nothing was changed before a head that someone else has kept: therefore each publication prints
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say

__all__ = ["Break", "ChainReport", "Head", "Kind", "head_of", "verified"]

MOST_TOLD = 100
"""Maximum number of breaks and clock jumps listed; all are counted."""

CLOCK_STEP = timedelta(seconds=1)
"""Servers whose clocks are kept by the network differ by less."""


class Entry(Protocol):
    """The fields of a log entry that are read."""

    number: int
    at: datetime
    before: str
    digest: str
    subject: str

    def computed(self) -> str:
        """Return the hash that the entry must have."""


class Kind(StrEnum):
    """What does not hold."""

    CONTENT = "content"
    LINK = "link"
    NUMBER = "number"
    HEAD = "head"
    REPORT = "report"
    STATE = "state"
    ALONE = "alone"
    OWNER = "owner"
    JUDGE = "judge"
    SUBMITTER = "submitter"
    GONE = "gone"
    MEMBER = "member"
    MEMBER_GONE = "member gone"
    MEMBER_HIDDEN = "member hidden"
    PERSON = "person"
    ROLE = "role"
    ACTIVE = "active"
    PERSON_GONE = "person gone"
    SECOND_FACTOR = "second factor"
    INVITATION = "invitation"
    JOINED = "joined"
    TOKEN = "token"
    SHARING = "sharing"
    PARTNER = "partner"
    PUBLICATION = "publication"
    PUBLICATION_GONE = "publication gone"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class Break:
    """One place where the chain does not hold.

    Attributes
    ----------
    kind : Kind
    number : int
        Of the entry, the report, the person, or another row that the log refers to.
    before : int
        The number of the expected entry, of the previous one, or of the contradicting one.
    name : str
        Of an enterprise or a partner, whose rows have no numbers.
    """

    kind: Kind
    number: int
    before: int = 0
    name: str = ""

    def to_sentence(self) -> Sentence:
        """Return what does not hold, for readers."""
        match self.kind:
            case Kind.CONTENT:
                return say(
                    "entry {number} was changed: its content does not give its hash", number=self.number
                )
            case Kind.LINK:
                return say(
                    "entry {number} does not follow entry {before}: it carries another hash",
                    number=self.number,
                    before=self.before,
                )
            case Kind.NUMBER:
                return say(
                    "entry {number} comes where entry {before} is expected: some are missing, or in excess",
                    number=self.number,
                    before=self.before,
                )
            case Kind.HEAD:
                return say("entry {number} does not have the hash that was printed", number=self.number)
            case Kind.REPORT:
                return say(
                    "report {number} is not in the log: it was changed, or entered without the log",
                    number=self.number,
                )
            case Kind.GONE:
                return say(
                    "the report of entry {number} is gone, and no entry deletes it", number=self.number
                )
            case Kind.PERSON:
                return say("account {number} can sign in, and no entry says who joined", number=self.number)
            case Kind.STATE:
                return say(
                    "the state of report {number} is not that of entry {entry}",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.ALONE:
                return say(
                    "in entry {entry} report {number} was judged by a person who had entered it",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.MEMBER:
                return say("the enterprise {name} is there, and no entry admits it", name=self.name)
            case Kind.MEMBER_GONE:
                return say(
                    "the enterprise of entry {number} is gone, and no entry deletes it", number=self.number
                )
            case Kind.MEMBER_HIDDEN:
                return say("the enterprise {name} is marked as left, which no page does", name=self.name)
            case Kind.SECOND_FACTOR:
                return say(
                    "the second factor of account {number} was set up or removed past the log",
                    number=self.number,
                )
            case Kind.PARTNER:
                return say("the partner {name} is approved, and no entry approves it", name=self.name)
            case Kind.OWNER:
                return say(
                    "report {number} is of another enterprise than in entry {entry}",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.JUDGE:
                return say(
                    "report {number} names another judge than entry {entry}",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.SUBMITTER:
                return say(
                    "report {number} names another submitter than the log; see entry {entry}",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.ROLE:
                return say(
                    "the role or enterprise of account {number} is not that of entry {entry}",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.ACTIVE:
                return say(
                    "account {number} was opened or closed past the log; see entry {entry}",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.PERSON_GONE:
                return say(
                    "account {number} of entry {entry} is gone, and its enterprise was not deleted",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.INVITATION:
                return say(
                    "invitation {number} is open, and the log does not offer it so", number=self.number
                )
            case Kind.JOINED:
                return say(
                    "account {number} joined in entry {entry} by an invitation that the log does not have",
                    number=self.number,
                    entry=self.before,
                )
            case Kind.TOKEN:
                return say("token {number} is valid, and no entry makes it so", number=self.number)
            case Kind.SHARING:
                return say("sharing {number} is in force, and no entry makes it so", number=self.number)
            case Kind.PUBLICATION:
                return say(
                    "publication {number} is not in the log: it was changed, or entered past the log",
                    number=self.number,
                )
            case Kind.PUBLICATION_GONE:
                return say("the publication of entry {number} is gone", number=self.number)
            case Kind.WITHDRAWAL:
                return say("publication {number} was withdrawn or restored past the log", number=self.number)


@dataclass(frozen=True)
class Head:
    """The last entry of a chain at some time: its number and its hash, printed as ``NUMBER:HASH``."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> Head:
        """Read a head that was printed.

        Raises
        ------
        InputError
            W260 where it is none.

        Examples
        --------
        >>> Head.read("2:" + "0f" * 32).number
        2
        """
        found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", "".join(text.split()).lower())
        if found is None:
            raise InputError(
                "W260",
                say("`{text}` is not the head of a log", text=text[:80]),
                hint=say("it is a number, a colon and 64 hexadecimal digits, as a publication prints it"),
            )
        return cls(int(found[1]), found[2])


@dataclass(frozen=True)
class ChainReport:
    """What holds of a log.

    Attributes
    ----------
    entries : int
    head : Head or None
        None for an empty log.
    broken : int
        Number of places where the chain is broken; `breaks` lists the first ones.
    breaks : tuple of Break
    clock_steps : tuple of (int, timedelta)
        Entries dated before the previous entry, and by how much.
    """

    entries: int
    head: Head | None
    broken: int
    breaks: tuple[Break, ...]
    clock_steps: tuple[tuple[int, timedelta], ...]

    @property
    def whole(self) -> bool:
        """Whether the chain holds everywhere."""
        return not self.broken

    def to_sentences(self) -> list[Sentence]:
        """Return what was found, for readers."""
        said = (
            [
                say(
                    "the log is intact; entries: {count}; head: {head}",
                    count=self.entries,
                    head=str(self.head),
                )
            ]
            if self.whole and self.head
            else [say("the log is empty")]
            if self.whole
            else [say("the log is not intact; errors: {count}", count=self.broken)]
        )
        said += [b.to_sentence() for b in self.breaks]
        said += [
            say(
                "the clock of entry {number} was {seconds} s behind that of the entry before",
                number=number,
                seconds=f"{behind.total_seconds():.0f}",
            )
            for number, behind in self.clock_steps
        ]
        return said


def head_of(entry: Entry | None) -> Head | None:
    """Return the head that an entry is."""
    return None if entry is None else Head(entry.number, entry.digest)


def verified(
    entries: Iterable[Entry], heads: Iterable[Head] = (), others: Iterable[Break] = ()
) -> ChainReport:
    """Go through a log from its first entry to its last.

    Parameters
    ----------
    entries : iterable of LogEntry
        By number.
    heads : iterable of Head
        Printed heads, which the chain must still contain.
    others : iterable of Break
        Contradictions between the log and the rows it refers to.
    """
    breaks = _Breaks()
    wanted: dict[int, set[str]] = {}
    for head in heads:
        wanted.setdefault(head.number, set()).add(head.digest)
    steps: list[tuple[int, timedelta]] = []
    last: Entry | None = None
    count = 0
    for entry in entries:
        count += 1
        expected = last.number + 1 if last else 1
        if entry.number != expected:
            breaks.add(Break(Kind.NUMBER, entry.number, expected))
        if entry.before != (last.digest if last else ""):
            breaks.add(Break(Kind.LINK, entry.number, entry.number - 1))
        if entry.digest != entry.computed():
            breaks.add(Break(Kind.CONTENT, entry.number))
        for digest in wanted.pop(entry.number, ()):
            if digest != entry.digest:
                breaks.add(Break(Kind.HEAD, entry.number))
        if last and last.at - entry.at > CLOCK_STEP and len(steps) < MOST_TOLD:
            steps.append((entry.number, last.at - entry.at))
        last = entry
    for number in sorted(wanted):  # entries that there are no longer
        breaks.add(Break(Kind.HEAD, number))
    for one in others:
        breaks.add(one)
    return ChainReport(count, head_of(last), breaks.count, tuple(breaks.first), tuple(steps))


class _Breaks:
    def __init__(self) -> None:
        self.count = 0
        self.first: list[Break] = []

    def add(self, found: Break) -> None:
        self.count += 1
        if len(self.first) < MOST_TOLD:
            self.first.append(found)
