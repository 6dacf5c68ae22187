"""An enterprise with two people, and a partner of it whose node runs on loopback."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from park.footprints.partner_server import LOOPBACK, NodeServer, authority, node_server
from separatrix_park.access import Access, PartnerNetworks
from separatrix_park.folder import ParkFolder


@dataclass
class Partnership:
    """An enterprise, the people who enter and approve for it, and how to speak for it.

    Attributes
    ----------
    enterprise, entry, approval, partner : rows
    node : NodeServer
        That of the partner.
    """

    enterprise: Any
    entry: Any
    approval: Any
    node: NodeServer
    partner: Any = None

    def speaking(self, role: str = "approval") -> Any:
        """Return the scope of one of the people."""
        from separatrix_park.scope import Scope, scoped

        person = self.approval if role == "approval" else self.entry
        return scoped(Scope(role, enterprise=self.enterprise.pk, person=person.pk))

    def program(self) -> Any:
        """Return the scope of the partner's program."""
        from separatrix_park.scope import PARTNER, Scope, scoped

        return scoped(Scope(PARTNER, partner=self.partner.pk))

    def fresh(self) -> Any:
        """Return the partner as it is kept now."""
        from separatrix_park.models import Partner

        with self.speaking():
            return Partner.objects.get(pk=self.partner.pk)


@pytest.fixture(scope="session")
def running_node() -> Iterator[NodeServer]:
    """Return a node that runs for all tests."""
    with node_server() as node:
        yield node


@pytest.fixture
def node(running_node: NodeServer) -> NodeServer:
    """Return a node that holds nothing, has heard nothing and answers as it should."""
    for held in (running_node.records, running_node.events, running_node.asked, running_node.answers):
        held.clear()
    running_node.page = 2
    return running_node


@pytest.fixture
def reached(park: ParkFolder) -> ParkFolder:
    """Return a park that is reached over https, and may call nodes on loopback."""
    from django.conf import settings

    settings.PARK = dataclasses.replace(
        park,
        access=Access(address="https://park.example", second_factor=()),
        partners=PartnerNetworks(LOOPBACK, str(authority()[0])),
    )
    return settings.PARK


@pytest.fixture
def people(reached: ParkFolder, node: NodeServer) -> Partnership:
    """Return an enterprise with two people and no partner yet."""
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit a member"):
        enterprise = Enterprise.objects.create(key="E01", name="River Steel")
        entry, approval = (
            Person.objects.create_user(f"{role}@example.org", role, enterprise.pk)
            for role in ("entry", "approval")
        )
    return Partnership(enterprise, entry, approval, node)


@pytest.fixture
def partnered(people: Partnership) -> Partnership:
    """Return an enterprise with a partner that both its people wanted, whose node runs."""
    from separatrix_park.footprints.partners import approve, propose, read_connection

    with people.speaking("entry"):
        proposed = propose("Cement works", read_connection(people.node.connection()), people.entry)
    with people.speaking():
        people.partner, _ = approve(proposed, people.approval)
    return people
