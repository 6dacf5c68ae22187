"""Sentences that remember their template and values, so that a report can translate them.

The computing packages give reasons in English: `say("share {k} never moves", k=2)`. The result is an
ordinary string, and appears as such in the output contract; in addition, it keeps the template and its
values. A language (`separatrix.languages`) has its own template for each English one and fills it with the
same values, which are translated in turn where they are sentences themselves.

Words that only one language needs, such as the ending of a plural, are values like any other; a template of
another language leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

__all__ = [
    "Money",
    "Sentence",
    "PublishedSource",
    "TableName",
    "Together",
    "Tonnes",
    "keys_in",
    "listed",
    "say",
    "together",
    "values_in",
]


class Sentence(str):
    """English text with the template it was made from.

    Attributes
    ----------
    template : str
        English, with names in braces, as for `str.format`.
    values : mapping
        The values of the names: sentences (translated for the reader), other texts and numbers (shown
        unchanged).
    keys : tuple of str
        The basis of the sentence itself, such as a theorem; see `keys_in`.
    """

    __slots__ = ("keys", "template", "values")
    template: str
    values: Mapping[str, Any]
    keys: tuple[str, ...]

    def __new__(cls, template: str, values: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Sentence:
        """Fill the template."""
        made = super().__new__(cls, template.format_map(values))
        made.template = template
        made.values = values
        made.keys = keys
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.template, dict(self.values), self.keys)

    def resting_on(self, *sources: Keyed) -> Sentence:
        """Return the same sentence, with these keys as its basis."""
        return Sentence(self.template, self.values, tuple(s.key for s in sources))


class Keyed(Protocol):
    """A possible basis of a sentence; its key stays when its words change."""

    @property
    def key(self) -> str:
        """The key."""


class Together(str):
    """Several texts with a separator, each translated for the reader, as the separator is."""

    __slots__ = ("between", "parts")
    parts: tuple[str, ...]
    between: str

    def __new__(cls, parts: Iterable[str], between: str = " ") -> Together:
        """Join the parts."""
        kept = tuple(parts)
        made = super().__new__(cls, between.join(kept))
        made.parts = kept
        made.between = between
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.parts, self.between)


class Tonnes(str):
    """An amount of carbon in English, with the tonnes that it is: other languages count in other units.

    Examples
    --------
    >>> change = Tonnes(419_000.0, "+419 kt")
    >>> change, change.tonnes
    ('+419 kt', 419000.0)
    """

    __slots__ = ("tonnes",)
    tonnes: float

    def __new__(cls, tonnes: float, told: str) -> Tonnes:
        """Keep both."""
        made = super().__new__(cls, told)
        made.tonnes = tonnes
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.tonnes, str(self))


class Money(str):
    """Money in English, with the amount and the currency: other languages count in other scales.

    Examples
    --------
    >>> cost = Money(3_220_000.0, "CNY", "3,220,000 CNY")
    >>> cost, cost.amount, cost.currency
    ('3,220,000 CNY', 3220000.0, 'CNY')
    """

    __slots__ = ("amount", "currency")
    amount: float
    currency: str

    def __new__(cls, amount: float, currency: str, told: str) -> Money:
        """Keep all three."""
        made = super().__new__(cls, told)
        made.amount = amount
        made.currency = currency
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.amount, self.currency, str(self))


class PublishedSource(str):
    """Where a number is published; other languages have a name of their own for some."""

    __slots__ = ()


class TableName(str):
    """The name of a cluster's table; other languages add its title."""

    __slots__ = ()


def say(template: str, **values: Any) -> Sentence:
    """Return a sentence from its English template.

    Parameters
    ----------
    template : str
        Literal, with names in braces.
    **values
        What stands for the names: texts, numbers, other sentences.

    Returns
    -------
    Sentence
        The English text, which remembers its template and values for translation.

    Raises
    ------
    KeyError
        For a name in braces without a value.

    Examples
    --------
    >>> why = say("an eigenvalue with positive real part")
    >>> told = say("in reversed time, {why}", why=why)
    >>> told
    'in reversed time, an eigenvalue with positive real part'
    >>> told.template
    'in reversed time, {why}'
    """
    return Sentence(template, values)


def keys_in(text: object) -> frozenset[str]:
    """Return the keys on which a text and its parts are based.

    Examples
    --------
    >>> keys_in(say("in it, {why}", why="plain text"))
    frozenset()
    """
    if isinstance(text, Sentence):
        return frozenset(text.keys).union(*map(keys_in, text.values.values()))
    if isinstance(text, Together):
        return frozenset().union(*map(keys_in, text.parts))
    return frozenset()


def values_in(text: object) -> Iterator[str]:
    """Yield what is filled into a text, such as names and formulas, without the words around it.

    Examples
    --------
    >>> list(values_in(say("in it, {why}", why=say("{name} > 0", name="k1"))))
    ['k1']
    """
    if isinstance(text, Sentence):
        for value in text.values.values():
            yield from values_in(value) if isinstance(value, (Sentence, Together)) else (str(value),)
    elif isinstance(text, Together):
        for part in text.parts:
            yield from values_in(part)


def together(parts: Iterable[str], between: str = " ") -> str:
    """Return texts one after the other.

    ``between`` is a separator that languages know (``' '``, ``', '``, ``'; '``, ``' and '``, ``' or '``), or
    a sign that is the same in all of them.

    Examples
    --------
    >>> together([say("It rests."), say("It is stable.")])
    'It rests. It is stable.'
    """
    kept = [part for part in parts if part]
    return kept[0] if len(kept) == 1 else Together(kept, between)


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return an enumeration; ``last`` is ``and`` or ``or``.

    Examples
    --------
    >>> listed(["x", "y", "z"]), listed(["x"]), listed([])
    ('x, y and z', 'x', '')
    """
    texts = list(items)
    if len(texts) < 2:
        return texts[0] if texts else ""
    first = together(texts[:-1], ", ")
    if last == "or":
        return say("{first} or {last}", first=first, last=texts[-1])
    return say("{first} and {last}", first=first, last=texts[-1])
