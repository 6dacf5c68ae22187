"""A partner's program at the node of an enterprise, and footprints to be seen there, for tests."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["NodeProgram", "basic", "made_partner", "published", "record_of"]

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def basic(client: str, secret: str) -> str:
    """Return the header by which a program signs in."""
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def record_of(product_id: str = "urn:gtin:4712345060507", **told: Any) -> dict[str, Any]:
    """Return a record of PACT's data model 3, as its footprints are told."""
    from separatrix_cluster.footprints.footprint import ProductFootprint

    made = ProductFootprint(
        company="River Cement",
        company_id="urn:pact:example.com:company:1",
        product="cement",
        product_id=product_id,
        unit="kilogram",
        amount=1.0,
        carbon=0.66,
        start="2024-01-01T00:00:00Z",
        end="2025-01-01T00:00:00Z",
        geography="CN",
        gwp=("AR6",),
        fossil=0.66,
        fossil_content=0.0,
        biogenic_content=0.0,
        exempted=0.0,
        standards=("PACT-3.0",),
    ).to_record()
    pcf = told.pop("pcf", {})
    return {**made, **told, "pcf": {**made["pcf"], **pcf}}


def made_partner(enterprise: Any, name: str = "customer", **told: Any) -> Any:
    """Return an approved partner, whose secret is its name."""
    from separatrix_park.footprints.pages import hash_of_secret
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    fields = {"state": "approved", "client_id": f"{enterprise.key}-{name}", "address": "https://127.0.0.1:1"}
    with whole_park("the tests approve a partner"):
        return Partner.objects.create(
            enterprise=enterprise, name=name, secret_hash=hash_of_secret(name), **(fields | told)
        )


def published(enterprise: Any, count: int = 0, *, for_all: bool = True, **told: Any) -> Any:
    """Return a published footprint; ``count`` says where in the order of publication it stands."""
    from separatrix_park.models import PublishedFootprint
    from separatrix_park.scope import whole_park

    pk = uuid.uuid4()
    record = {**record_of(**told), "id": str(pk)}
    with whole_park("the tests publish a footprint"):
        return PublishedFootprint.objects.create(
            pk=pk,
            enterprise=enterprise,
            product_id=record["productIds"][0],
            product=record["productNameCompany"],
            record=record,
            state="published" if record["status"] == "Active" else "deprecated",
            for_all=for_all,
            published=FIRST + timedelta(seconds=count),
        )


@dataclass
class NodeProgram:
    """A partner's program, with the token that it got."""

    key: str
    client: str
    secret: str
    token: str = ""
    events: str = "application/cloudevents+json; charset=UTF-8"
    browser: Any = field(default=None)

    def __post_init__(self) -> None:
        from django.test import Client

        self.browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if self.client and not self.token:
            answer = self.sign_in()
            self.token = answer.json()["access_token"] if answer.status_code == 200 else ""

    def sign_in(self, header: str = "", *, secure: bool = True, **told: Any) -> Any:
        """Return the answer to a request for a token."""
        return self.browser.post(
            f"/pact/{self.key}/auth/token",
            {"grant_type": "client_credentials"} | told,
            headers={"Authorization": header or basic(self.client, self.secret)},
            secure=secure,
        )

    def get(self, address: str = "", **more: Any) -> Any:
        """Return the answer to a request for footprints."""
        return self.browser.get(
            f"/pact/{self.key}/3/footprints{address}", headers=self._signed(), **({"secure": True} | more)
        )

    def follow(self, link: str) -> Any:
        """Return the answer to the address of a header Link."""
        address = link.partition("<")[2].partition(">")[0]
        return self.browser.get(address, headers=self._signed(), secure=True)

    def send(self, event: Any, **more: Any) -> Any:
        """Return the answer to an event."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        options = {"data": body, "content_type": self.events, "headers": self._signed(), "secure": True}
        return self.browser.generic("POST", f"/pact/{self.key}/3/events", **(options | more))

    def ids(self, address: str = "") -> list[str]:
        """Return the ids of the footprints that a request shows."""
        return [record["id"] for record in self.get(address).json()["data"]]

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
