"""Links by letter, where the park has a mail server: they go to the person and are shown to nobody."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from park.accounts.conftest import log_in, read_addresses_again
from park.conftest import PASSWORD, Join
from separatrix.studio.server import listening
from separatrix_park.folder import ParkFolder

NEW = "four other words here"


@pytest.fixture
def box(park: ParkFolder) -> Iterator[list[Any]]:
    """Name a mail server in the park's description; what is sent is kept here."""
    from django.core import mail
    from django.test import override_settings

    from separatrix_park.access import Access, Mail

    access = Access(second_factor=(), mail=Mail("mail.example.org", "park@example.org"))
    named = dataclasses.replace(park, access=access)
    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(PARK=named, EMAIL_BACKEND=backend, ACCOUNT_EMAIL_NOTIFICATIONS=True):
        read_addresses_again()
        mail.outbox = []
        yield mail.outbox
    read_addresses_again()


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def test_an_invitation_goes_to_whom_it_is_for(join: Join, box: list[Any]) -> None:
    """The page of the office does not show the link, so that nobody there can use it."""
    office = join("office@example.org", "office")
    page = office.post("/invitations/", {"email": "x@example.org", "role": "auditor"}, follow=True)
    assert "/join/" not in page.content.decode()
    (letter,) = box
    assert letter.to == ["x@example.org"]
    assert letter.subject == "[Test park] You are invited to Test park"
    found = re.search(r"http://localhost(/join/\S+)", letter.body)
    assert found is not None
    assert browser().post(found[1], {"password": PASSWORD}).status_code == 302


def test_a_forgotten_password_is_set_anew_by_a_letter(join: Join, box: list[Any]) -> None:
    """Who has an account gets a link that works once; who has none gets nothing; the page says the same."""
    join("office@example.org", "office")
    pages = []
    for email in ("office@example.org", "nobody@example.org"):
        answer = browser().post("/account/password/reset/", {"email": email}, follow=True)
        pages.append((answer.redirect_chain, re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())))
    assert pages[0] == pages[1]
    (letter,) = box
    assert letter.to == ["office@example.org"]
    found = re.search(r"http://localhost(/account/password/reset/key/\S+)", letter.body)
    assert found is not None
    client = browser()
    form = client.get(found[1], follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert "expired" in browser().get(found[1], follow=True).content.decode()
    assert log_in(browser(), "office@example.org", NEW).status_code == 302
    assert len(box) == 2  # and they are told that it was changed


def test_a_letter_that_cannot_go_out_does_not_hold_the_page_up(park: ParkFolder) -> None:
    """The mail server takes the connection and says nothing; whoever waited for it would wait for ever."""
    from django.core.mail import EmailMessage

    from separatrix_park.accounts.letters import LetterBox

    with listening("127.0.0.1", 0) as silent:
        letter_box = LetterBox(host="127.0.0.1", port=silent.getsockname()[1])
        assert letter_box.send_messages([EmailMessage("a", "b", "c@example.org", ["d@example.org"])]) == 1


def test_the_office_hears_of_a_letter_that_was_not_taken(join: Join, box: list[Any]) -> None:
    """Nothing claims that it was sent, and the link is not shown to the office either."""
    from django.test import override_settings

    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    join("x@example.org", "auditor")
    with whole_park("the tests look on"):
        number = Person.objects.get(email="x@example.org").pk
    with listening("127.0.0.1", 0) as gone:
        port = gone.getsockname()[1]
    backend = "separatrix_park.accounts.letters.LetterBox"
    with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
        invited = office.post("/invitations/", {"email": "y@example.org", "role": "auditor"}, follow=True)
        linked = office.post(f"/people/{number}/link/", follow=True)
    for page in (invited.content.decode(), linked.content.decode()):
        assert "did not accept the message" in page
        assert "was sent" not in page
        assert "/join/" not in page and "/reset/key/" not in page
