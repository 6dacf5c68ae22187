"""The pages of partners: proposed by one, approved by another, asked, and what they sent."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest

from park.conftest import PASSWORD
from park.footprints.nodes import record_of
from park_set_up import ON_ONE


@pytest.fixture
def browsers(people: Any) -> dict[str, Any]:
    """Return the browsers of the two people of the enterprise, who have just typed their passwords."""
    from django.test import Client

    from separatrix_park.scope import whole_park

    made = {}
    for role in ("entry", "approval"):
        person = getattr(people, role)
        made[role] = Client(SERVER_NAME="localhost")
        with whole_park("the tests sign somebody in"):  # so many logins would be too often
            person.set_password(PASSWORD)
            person.save()
            made[role].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert made[role].post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return made


def page_of(browser: Any, address: str) -> str:
    """Return a page that is there."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_partner_comes_about_by_two_people_and_is_asked(people: Any, browsers: dict[str, Any]) -> None:
    """One proposes with the text that the partner gave, another approves and sees our text this once."""
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.footprints.partners import read_connection

    entry, approval = browsers["entry"], browsers["approval"]
    answer = entry.post("/partners/", {"name": "Cement works", "connection": people.node.connection()})
    assert answer.status_code == 302
    address = answer["Location"]
    assert "Cement works" in page_of(entry, "/partners/")
    assert f"{address}approve/" not in page_of(entry, address)
    assert entry.post(f"{address}approve/").status_code == 403
    assert f"{address}approve/" in page_of(approval, address)
    shown = approval.post(f"{address}approve/").content.decode()
    found = re.search(r"<pre[^>]*>(.*?)</pre>", shown, re.DOTALL)
    assert found is not None
    text = found[1].replace("&quot;", '"')
    assert read_connection(text).address == "https://park.example/pact/E01"
    assert json.loads(text)["client_secret"] not in page_of(approval, address)
    assert approval.post(f"{address}approve/").status_code == 422

    wrong = entry.post(f"{address}ask/", {"products": "cement"})
    assert (wrong.status_code, b"cement" in wrong.content, b"URN" in wrong.content) == (422, True, True)
    assert entry.post(f"{address}ask/", {"products": "urn:gtin:4712345060507"}).status_code == 302
    assert send_due() == 1
    (event,) = people.node.events
    assert event["data"] == {"productId": ["urn:gtin:4712345060507"]}
    assert "urn:gtin:4712345060507" in page_of(entry, address)


def test_what_it_published_is_fetched_and_shown_with_versions(
    partnered: Any, browsers: dict[str, Any]
) -> None:
    """Its list is read in a moment by the queue's process; each footprint has a page."""
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.footprints.node import QUEUE

    old = record_of()
    new = record_of(precedingPfIds=[old["id"]], pcf={"pcfExcludingBiogenicUptake": "0.71"})
    partnered.node.records |= {old["id"]: old, new["id"]: new, "x": {"pcf": "no record"}}
    address = f"/partners/{partnered.partner.pk}/"
    assert browsers["entry"].post(f"{address}fetch/").status_code == 302
    do_waiting((QUEUE,))
    page = page_of(browsers["entry"], address)
    assert "0.71" in page
    assert "K220" in page
    assert "replaced by a newer one" in page
    links = re.findall(r'href="(/received/\d+/)"', page_of(browsers["entry"], f"{address}received/"))
    assert len(set(links)) == 2
    told = [page_of(browsers["entry"], link) for link in dict.fromkeys(links)]
    assert any("Show the newer version" in one for one in told)
    assert any("Older versions" in one for one in told)


def test_another_address_of_a_partner_waits_for_a_second_person(
    partnered: Any, browsers: dict[str, Any]
) -> None:
    """It is shown as waiting, and whoever entered it takes it back."""
    address = f"/partners/{partnered.partner.pk}/"
    other = partnered.node.connection("other").replace("/auth/", "/elsewhere/")
    assert browsers["entry"].post(f"{address}connection/", {"connection": "nonsense"}).status_code == 422
    assert browsers["entry"].post(f"{address}connection/", {"connection": other}).status_code == 302
    page = page_of(browsers["entry"], address)
    assert "/elsewhere/token" in page
    assert "Withdraw" in page
    assert browsers["entry"].post(f"{address}reject/").status_code == 302
    assert "/elsewhere/token" not in page_of(browsers["entry"], address)


def test_a_partner_is_removed_and_gets_new_secrets(partnered: Any, browsers: dict[str, Any]) -> None:
    """By somebody with the role approval alone."""
    address = f"/partners/{partnered.partner.pk}/"
    for change in ("secret", "remove"):
        assert browsers["entry"].post(f"{address}{change}/").status_code == 403
        assert browsers["approval"].get(f"{address}{change}/").status_code == 405
    assert b"client_secret" in browsers["approval"].post(f"{address}secret/").content
    assert browsers["approval"].post(f"{address}remove/", {"why": "sold"}).status_code == 302
    page = page_of(browsers["approval"], address)
    assert "sold" in page
    assert f"{address}ask/" not in page


@ON_ONE
def test_what_was_asked_for_and_did_not_come_is_told(partnered: Any, browsers: dict[str, Any]) -> None:
    """A request for two products that is fulfilled with one says of which nothing came, in two languages."""
    from separatrix_park.footprints.requests import ask, take_fulfilled

    cement, lime = "urn:gtin:4712345060507", "urn:gtin:4712345060514"
    with partnered.speaking("entry"):
        request = ask(partnered.partner, (cement, lime), "", partnered.entry)
    address = f"/partners/{partnered.partner.pk}/"
    assert "No footprint received under" not in page_of(browsers["entry"], address)
    with partnered.program():
        told = {"requestEventId": request.event_id, "pfs": [record_of(cement)]}
        take_fulfilled(partnered.partner, str(uuid.uuid4()), told)
    page = page_of(browsers["entry"], address)
    assert f"No footprint received under:</span> <code>{lime}</code></td>" in page
    answer = browsers["entry"].get(address, headers={"accept-language": "zh-CN"})
    assert "以下编号没有收到足迹" in answer.content.decode()


@ON_ONE
def test_what_was_wrong_is_told_in_words(partnered: Any, browsers: dict[str, Any]) -> None:
    """In the reader's language: what has not reached the partner, and why."""
    from park.footprints.partner_server import tell
    from separatrix_park.footprints.outbox import send_due

    address = f"/partners/{partnered.partner.pk}/"
    partnered.node.answers["/auth"] = lambda handler: tell(
        handler, 307, None, {"Location": "https://x.example"}
    )
    browsers["entry"].post(f"{address}ask/", {"products": "urn:gtin:4712345060507"})
    assert send_due() == 0
    assert "it sends us to another address" in page_of(browsers["entry"], address)
    answer = browsers["entry"].get(address, headers={"Accept-Language": "zh-hans"})
    assert "它指向另一个地址" in answer.content.decode()


@ON_ONE
def test_what_was_looked_at_is_approved_and_nothing_else(people: Any, browsers: dict[str, Any]) -> None:
    """Whoever proposed it put in another address between the page and the button: that one waits on."""
    entry, approval = browsers["entry"], browsers["approval"]

    def sign() -> str:
        found = re.search(r'name="seen" value="(\w+)"', page_of(approval, address))
        assert found is not None
        return found[1]

    told = people.node.connection()
    address = entry.post("/partners/", {"name": "Cement works", "connection": told})["Location"]
    looked_at = sign()
    evil = told.replace("127.0.0.1", "evil.example")
    for changed in (evil, told.replace("hush", "louder")):
        assert entry.post(f"{address}connection/", {"connection": changed}).status_code == 302
        answer = approval.post(f"{address}approve/", {"seen": looked_at})
        assert (answer.status_code, b"another address waits by now" in answer.content) == (422, True)
    assert approval.post(f"{address}approve/", {"seen": sign()}).status_code == 200
    assert entry.post(f"{address}connection/", {"connection": evil}).status_code == 302
    looked_at = sign()
    assert entry.post(f"{address}connection/", {"connection": told}).status_code == 302
    assert approval.post(f"{address}approve/", {"seen": looked_at}).status_code == 422
    assert "Approved." in approval.post(f"{address}approve/", {"seen": sign()}, follow=True).content.decode()


OLD_MODEL = {
    "id": "91715e5e-fd0b-4d1c-8fab-76290c46e6ed",
    "specVersion": "2.2.0",
    "version": 1,
    "created": "2022-03-01T09:32:20Z",
    "status": "Active",
    "companyName": "Distillers",
    "companyIds": ["urn:epc:id:sgln:562958.00000.4"],
    "productDescription": "ethanol of corn",
    "productIds": ["urn:gtin:5695872369587"],
    "productNameCompany": "Ethanol",
    "pcf": {
        "declaredUnit": "liter",
        "unitaryProductAmount": "12.5",
        "pCfExcludingBiogenic": "1.6",
        "fossilGhgEmissions": "1.5",
        "fossilCarbonContent": "0",
        "biogenicCarbonContent": "0.4",
        "characterizationFactors": "AR5",
        "referencePeriodStart": "2021-01-01T00:00:00Z",
        "referencePeriodEnd": "2022-01-01T00:00:00Z",
    },
}


@ON_ONE
def test_a_record_of_an_older_data_model_and_of_another_company_is_told_as_that(
    partnered: Any, browsers: dict[str, Any]
) -> None:
    """It is kept as it came, and read as far as the newer model tells the same."""
    from separatrix_park.footprints.received_footprints import LIST, receive

    with partnered.speaking():
        old, new = (receive(partnered.partner, record, LIST) for record in (OLD_MODEL, record_of()))
    page = page_of(browsers["entry"], f"/received/{old.pk}/")
    assert "version 2 of the PACT data model" in page
    assert "company ids in the record differ" in page
    assert re.search(r"20\skg CO2e\s+for 12.5 litre", page)
    page = page_of(browsers["entry"], f"/received/{new.pk}/")
    assert "version 2 of the PACT data model" not in page
    assert "company ids in the record differ" not in page


@ON_ONE
def test_people_are_told_at_home_what_waits_of_partners(partnered: Any, browsers: dict[str, Any]) -> None:
    """Who may approve of partners that others proposed, and everybody of what could not be sent."""
    from park.footprints.partner_server import tell
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.footprints.partners import enter_connection, propose, read_connection

    told = read_connection(partnered.node.connection("other"))
    with partnered.speaking("entry"):
        propose("Lime works", None, partnered.entry)
        enter_connection(partnered.partner, told, partnered.entry)
    with partnered.speaking():
        propose("Quarry", None, partnered.approval)
    waits = "{} waits for your approval"
    page = page_of(browsers["approval"], "/")
    assert waits.format("Lime works") in page
    assert waits.format("Cement works") in page
    assert waits.format("Quarry") not in page
    assert "as a partner" not in page_of(browsers["entry"], "/")
    partnered.node.answers["/3/events"] = lambda handler: tell(handler, 400, {"message": "no"})
    address = f"/partners/{partnered.partner.pk}/"
    browsers["entry"].post(f"{address}ask/", {"products": "urn:gtin:4712345060507"})
    send_due()
    for browser in browsers.values():
        assert "A message to Cement works" in page_of(browser, "/")
