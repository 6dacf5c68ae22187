"""Programs of people in tests: each with a token, and what it asks the platform for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["ENERGY", "ROWS", "Park", "Program", "bearer", "code_of", "program", "programs_of", "stranger"]

ENERGY = "drafts/energy/2025"
ROWS = [
    {"carrier": "electricity", "amount": 900, "unit": "MWh"},
    {"carrier": "heat", "amount": "120.5", "unit": "GJ"},
]


def bearer(secret: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {secret}"}


def stranger() -> Any:
    """Return a client without a session."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


@dataclass
class Program:
    """A program with a token."""

    secret: str

    def ask(self, method: str, address: str, body: Any = None, *, tag: str = "", **more: Any) -> Any:
        """Return the answer to one request."""
        headers = bearer(self.secret) | ({"If-Match": tag} if tag else {}) | more.pop("headers", {})
        if body is not None:
            more |= {"data": body, "content_type": "application/json"}
        return getattr(stranger(), method)(f"/api/v1/{address}", headers=headers, **more)

    def save(self, rows: Any, tag: str = "", **more: Any) -> Any:
        """Save the energy of 2025."""
        return self.ask("put", ENERGY, {"rows": rows, **more}, tag=tag)


@dataclass
class Park:
    """Programs of each kind of person."""

    office: Program
    auditor: Program
    enters: Program
    approves: Program
    neighbour: Program


def programs_of(one: Any, two: Any) -> Park:
    """Return programs of the office, an auditor, two people of one enterprise, and one of another."""
    return Park(
        program("office@example.org", "office"),
        program("auditor@example.org", "auditor"),
        program("a@e1.example", "entry", one),
        program("b@e1.example", "approval", one),
        program("b@e2.example", "approval", two),
    )


def program(email: str, role: str, enterprise: Any = None) -> Program:
    """Return a program of a new person, who has no password: making one takes long."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park
    from separatrix_park.tokens import issue

    with whole_park("the tests look on"):
        person = Person.objects.create_user(email, role, enterprise and enterprise.pk)
        return Program(issue(person, "tests", 30, reads_only=False)[1])


def code_of(answer: Any) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.json()["errors"][0]["code"]
