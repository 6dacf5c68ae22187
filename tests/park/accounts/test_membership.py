"""What the office does with accounts of others, and what it cannot do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from park.accounts.conftest import enrol, log_in
from park.conftest import PASSWORD, Join

NEW = "four other words here"

pytestmark = pytest.mark.parametrize("park", ["sqlite"], indirect=True)  # the same code on both


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def number_of(email: str) -> int:
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        return int(Person.objects.get(email=email).pk)


def link_for(office: Any, email: str) -> str:
    page = office.post(f"/people/{number_of(email)}/link/").content.decode()
    found = re.search(r"http://localhost(/account/password/reset/key/[^<]+)", page)
    assert found is not None
    return found[1]


def use(client: Any, link: str, password: str = NEW) -> Any:
    """Open a link and set a password as a browser does."""
    form = client.get(link, follow=True)
    return client.post(form.redirect_chain[-1][0] if form.redirect_chain else link, twice(password))


def twice(password: str) -> dict[str, str]:
    return {"password1": password, "password2": password}


def test_a_link_sets_a_password_once(join: Join) -> None:
    """The person sets it, is signed out elsewhere, and the link opens nothing any more."""
    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    link = link_for(office, "a@e1.example")
    assert enters.get("/").status_code == 302
    assert use(browser(), link).status_code == 302
    assert "expired" in browser().get(link, follow=True).content.decode()
    use(browser(), link, "four words of a thief")
    assert log_in(browser(), "a@e1.example", "four words of a thief").status_code == 200
    assert log_in(browser(), "a@e1.example", PASSWORD).status_code == 200
    assert log_in(browser(), "a@e1.example", NEW).status_code == 302


def test_a_later_link_ends_the_earlier_one_and_no_letter_of_it_can_be_changed(join: Join) -> None:
    """Of two links the second works; one that was forged, or made out for another, does not."""
    office = join("office@example.org", "office")
    join("a@e1.example", "entry", "E01", office)
    join("b@e1.example", "approval", "E01", office)
    first, second = (link_for(office, "a@e1.example") for _ in range(2))
    other = link_for(office, "b@e1.example")
    base, _, key = second.rstrip("/").rpartition("/")
    forged = f"{base}/{key[:-1]}{'1' if key[-1] == '0' else '0'}/"
    mixed = f"{base}/{key.partition('-')[0]}-{other.rstrip('/').rpartition('/')[2].partition('-')[2]}/"
    for link in (first, forged, mixed):
        assert "Ask the park office for a new" in browser().get(link, follow=True).content.decode()
    assert use(browser(), second).status_code == 302


def test_a_link_does_not_step_over_the_second_factor(join: Join) -> None:
    """Whoever holds the link, the office among them, still needs the person's authenticator."""
    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    phone, _ = enrol(enters)
    holder = browser()
    use(holder, link_for(office, "a@e1.example"))
    assert holder.get("/").status_code == 302
    assert log_in(holder, "a@e1.example", NEW)["Location"] == "/account/2fa/authenticate/"
    assert holder.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 302


def test_the_office_takes_a_lost_second_factor_away(join: Join) -> None:
    """Afterwards the password alone lets in, and the log tells of it."""
    from separatrix_park.models import LogEntry

    office = join("office@example.org", "office")
    enrol(join("a@e1.example", "entry", "E01", office))
    assert office.post(f"/people/{number_of('a@e1.example')}/second-factor/").status_code == 302
    assert log_in(browser(), "a@e1.example")["Location"] == "/"
    assert "second factor dropped" in LogEntry.objects.values_list("action", flat=True)


def test_changes_of_accounts_ask_for_the_password_again(join: Join) -> None:
    """A browser that somebody found open changes nobody's role; with the password the change is made."""
    join("office@example.org", "office")
    join("auditor@example.org", "auditor")
    found = browser()
    log_in(found, "office@example.org")
    page = f"/people/{number_of('auditor@example.org')}/active/"
    asked = found.post(page, {"active": "no"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert log_in(browser(), "auditor@example.org")["Location"] == "/"
    assert found.post(asked["Location"], {"password": "a wrong password"}).status_code == 200
    assert found.post(asked["Location"], {"password": PASSWORD}).status_code == 302
    assert log_in(browser(), "auditor@example.org")["Location"] == "/account/inactive/"


def test_the_office_is_never_left_without_anybody(join: Join) -> None:
    """Nobody changes their own account, and of two the last one stays."""
    from separatrix.errors import InputError
    from separatrix_park.accounts.memberships import change_role, set_active
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    first = join("office@example.org", "office")
    own = number_of("office@example.org")
    refused = first.post(f"/people/{own}/role/", {"role": "auditor"})
    assert refused.status_code == 409
    join("second@example.org", "office")
    with whole_park("the tests look on"):
        second = Person.objects.get(email="second@example.org")
    with whole_park("the tests look on"):
        change_role(second, "auditor", None, str(own))
    with pytest.raises(InputError, match="W234"):
        with whole_park("the tests look on"):
            set_active(Person.objects.get(pk=own), False, str(second.pk))
    with whole_park("the tests look on"):
        assert Person.objects.get(pk=own).is_active


@pytest.mark.parametrize("role", ["entry", "approval", "auditor"])
def test_nobody_but_the_office_changes_accounts(join: Join, role: str) -> None:
    """Others are refused; people of an enterprise see their colleagues and nobody else."""
    office = join("office@example.org", "office")
    neighbour = join("n@e2.example", "entry", "E02", office)
    other = join("x@e1.example", role, "E01" if role != "auditor" else "", office)
    number = number_of("n@e2.example")
    for page in ("role", "active", "second-factor", "link"):
        assert other.post(f"/people/{number}/{page}/", {"role": "auditor", "active": "no"}).status_code == 403
    assert neighbour.get("/").status_code == 200
    seen = other.get("/people/").content.decode()
    assert ("n@e2.example" in seen) == (role == "auditor")
    assert ("office@example.org" in seen) == (role == "auditor")
    assert other.get(f"/people/{number}/").status_code == (200 if role == "auditor" else 403)


def test_why_an_account_is_not_changed_is_told_in_the_language_of_the_page(join: Join) -> None:
    """The sentence of the library, in Chinese on a Chinese page."""
    office = join("office@example.org", "office")
    own = number_of("office@example.org")
    told = office.post(f"/people/{own}/link/", headers={"accept-language": "zh-hans"})
    assert told.status_code == 409
    assert "不能这样更改自己的账户" in told.content.decode()


def test_a_long_list_comes_in_pages_and_can_be_searched(join: Join) -> None:
    """Of hundreds the office sees fifty at a time, and finds one by address or enterprise."""
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    with whole_park("the tests make members"):
        member = Enterprise.objects.create(key="E77", name="Steel of the north")
    for k in range(60):
        with whole_park("the tests look on"):
            Person.objects.create_user(f"p{k:02}@example.org", "auditor")
        with whole_park("the tests look on"):
            invite(f"i{k:02}@example.org", "auditor", None, "tests")
    with whole_park("the tests look on"):
        Person.objects.create_user("z@example.org", "entry", member.pk)
    for page, first in (("/people/", "p"), ("/invitations/", "i")):
        shown = re.findall(rf"{first}\d\d@example.org</", office.get(page).content.decode())
        assert 40 <= len(shown) <= 50
        rest = re.findall(rf"{first}\d\d@example.org</", office.get(f"{page}?page=2").content.decode())
        assert not set(shown) & set(rest)
        found = office.get(f"{page}?q={first}07").content.decode()
        assert set(re.findall(rf"{first}\d\d@example.org", found)) == {f"{first}07@example.org"}
    assert "z@example.org" in office.get("/people/?q=north").content.decode()
    assert "No people found." in office.get("/people/?q=nobody+at+all").content.decode()
