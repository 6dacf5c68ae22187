"""Two enterprises with a row of every kind, each of whose words and numbers stands nowhere else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from park.footprints.nodes import record_of

__all__ = ["Neighbours", "approved_partner", "kept", "models_of_tenants", "settle"]

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = [{"carrier": "electricity", "amount": "{number}", "unit": "MWh", "note": "{word}"}]
MEANT: dict[str, Callable[[Neighbours, str, int], Any]] = {
    "table": lambda *_: "energy",
    "year": lambda *_: 2025,
    "since": lambda *_: 2020,
    "version": lambda _, __, count: count + 1,
    "rows": lambda n, key, _: [{**ROWS[0], "amount": n.number(key), "note": n.word(key, "rows")}],
    "recipient": lambda n, *_: n.members["E03"],
    "member": lambda n, *_: n.members["E03"],
    "media_type": lambda *_: "text/plain",
    "kind": lambda *_: "page_one",
    "language": lambda *_: "en",
    "way": lambda *_: "request",
    "created": lambda *_: "2026-03-01T00:00:00Z",
    "unit": lambda *_: "kilogram",
    "result": lambda n, key, _: _result(n, key),
    "why_outdated": lambda n, key, _: json.dumps(["partner", n.word(key, "why")]),
    "record": lambda n, key, _: record_of(
        companyName=n.word(key, "company"), pcf={"pcfExcludingBiogenicUptake": n.number(key)}
    ),
    "product_ids": lambda n, key, _: [f"urn:pact:{n.word(key, 'product')}"],
}
"""What fields mean, where not any word would do."""


def _result(made: Neighbours, key: str) -> dict[str, Any]:
    """Return what an answer or a roll-up tells."""
    word, number = made.word(key, "result"), made.number(key)
    one = {"kind": "direct", "name": word, "supplier": word, "carbon": float(number), "source": word}
    one |= {"primary": 0.0, "amount": None, "unit": "", "record": ""}
    words = {code: [word] for code in ("en", "zh")}
    named = ("carbon", "fossil", "primary", "exempted", "share", "rated", "made")
    figures = dict.fromkeys(named, float(number))
    return {
        **{"told": word, "number": number, "unit": "kilogram", "at_least": False, "quality": None},
        **{"contributions": [one], "missing": words, "doubts": [], "circle": None, "footprint": None},
        **{"refused": {"en": word, "zh": word}, "allocation": "", **figures},
    }


@dataclass
class Neighbours:
    """The members of a park by key, their people by role, and what was planted for each.

    Attributes
    ----------
    members, people, rows, partners : dict
        Enterprises by key; people by (key, role); planted rows by (key, model); approved partners by key.
    marks : dict of str to str
        A word of each enterprise that is a part of all its words.
    """

    members: dict[str, Any] = field(default_factory=dict)
    people: dict[tuple[str, str], Any] = field(default_factory=dict)
    rows: dict[tuple[str, Any], list[Any]] = field(default_factory=dict)
    partners: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=lambda: {k: f"zq{secrets.token_hex(3)}" for k in KEYS})
    numbers: dict[str, str] = field(
        default_factory=lambda: {k: str(70_000_000 + secrets.randbelow(10**7)) for k in KEYS}
    )

    def word(self, key: str, what: str) -> str:
        """Return a word that only this enterprise's rows hold."""
        return f"{self.marks[key]}-{what}"

    def number(self, key: str) -> str:
        """Return a number that only this enterprise's rows hold."""
        return self.numbers[key]

    def traces(self, key: str, told: str) -> list[str]:
        """Return what of an enterprise stands in a text; its key too, which tells that it is a member."""
        number = self.numbers[key]
        grouped = f"{int(number):,}"
        spoken = (self.marks[key], number, grouped, grouped.replace(",", " "), grouped.replace(",", " "))
        return [
            sign for sign in (*spoken, str(self.members[key].pk), self.members[key].pk.hex) if sign in told
        ]


KEYS = ("E01", "E02", "E03")


def models_of_tenants() -> list[Any]:
    """Return the models whose rows belong to an enterprise, other than the enterprise itself."""
    from django.apps import apps

    from separatrix_park.models.tenant import TenantRow

    found = [m for m in apps.get_models() if issubclass(m, TenantRow) and m.OWNER == "enterprise_id"]
    return [m for m in found if m._meta.get_field("enterprise").editable]  # else it is the office's alone


def settle(states: bool = True) -> Neighbours:
    """Make two neighbours with their people and a row of every kind, and a third with whom one shares."""
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    made = Neighbours()
    with whole_park("the tests plant rows of every kind"):
        for key in KEYS:
            made.members[key] = Enterprise.objects.create(
                key=key, name=made.word(key, "name"), sector=made.word(key, "sector")
            )
            for role in ("entry", "approval"):
                address = f"{made.word(key, role)}@example.org"
                person = Person.objects.create_user(address, role, made.members[key].pk)
                person.name = made.word(key, f"{role}-person")
                person.save()
                made.people[key, role] = person
        for role in ("office", "auditor"):
            made.people["", role] = Person.objects.create_user(f"{role}@example.org", role)
        for key in KEYS[:2]:
            for model in models_of_tenants():
                _planted(made, model, key, states)
    return made


def approved_partner(made: Neighbours, key: str) -> Any:
    """Return a further partner of an enterprise, whose programs may ask its node; nothing is between them."""
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests approve a partner"):
        return Partner.objects.create(
            enterprise=made.members[key], name="partner", client_id=secrets.token_hex(8), state="approved"
        )


def _planted(made: Neighbours, model: Any, key: str, states: bool) -> list[Any]:
    if (key, model) not in made.rows:
        variants = [None]
        if states and any(f.name == "state" for f in model._meta.fields):
            variants = [value for value, _ in model._meta.get_field("state").flatchoices]
        made.rows[key, model] = [
            model.objects.create(**dict(_values(made, model, key, count, variant, states)))
            for count, variant in enumerate(variants)
        ]
    return made.rows[key, model]


def _values(
    made: Neighbours, model: Any, key: str, count: int, state: Any, states: bool
) -> Iterator[tuple[str, Any]]:
    for told in model._meta.local_fields:
        if told.auto_created or getattr(told, "auto_now_add", False):
            continue
        if told.name == "state" and state is not None:
            yield "state", state
        elif told.name in MEANT:
            yield told.name, MEANT[told.name](made, key, count)
        elif told.related_model is not None:
            yield told.name, _related(made, told.related_model, key, states)
        elif not (told.primary_key and told.has_default()):
            yield told.name, _made_up(made, told, key, model, count)


def _related(made: Neighbours, model: Any, key: str, states: bool) -> Any:
    name = model._meta.model_name
    if name == "enterprise":
        return made.members[key]
    if name == "person":
        return made.people[key, "entry"]
    # What belongs to no enterprise holds words of one that nobody looks for.
    return _planted(made, model, key if model in models_of_tenants() else KEYS[2], states)[0]


def _made_up(made: Neighbours, told: Any, key: str, model: Any, count: int) -> Any:
    if told.choices:
        return told.flatchoices[0][0]
    what = f"{model._meta.model_name}-{told.name}" + (f"-{count}" if count else "")
    kinds: dict[str, Any] = {
        "CharField": made.word(key, what)[: told.max_length or 200],
        "TextField": made.word(key, what),
        "EmailField": f"{made.word(key, what)}@example.org",
        "JSONField": {"told": made.word(key, what), "number": made.number(key)},
        "BinaryField": made.word(key, what).encode()[:32],
        "DateTimeField": WHEN,
        "DateField": WHEN.date(),
        "BooleanField": False,
        "FloatField": 0.5,
        "UUIDField": secrets.token_hex(16),
    }
    return kinds.get(told.get_internal_type(), int(made.number(key)))


def kept(key: str, made: Neighbours) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of an enterprise as they are in the database now."""
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests compare what is kept"):
        member = made.members[key].pk
        found = {m.__name__: _plain(m.objects.filter(enterprise_id=member)) for m in models_of_tenants()}
        found["Enterprise"] = _plain(Enterprise.objects.filter(pk=member))
        found["Person"] = _plain(Person.objects.filter(enterprise_id=member).defer("last_login"))
        return found


def _plain(rows: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else repr(v) for v in row)
        for row in rows.order_by("pk").values_list()
    ]
