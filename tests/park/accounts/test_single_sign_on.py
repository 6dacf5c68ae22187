"""Logging in by a provider: who comes in, and what of the provider's word is not believed."""

from __future__ import annotations

import dataclasses
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from park.accounts.conftest import enrol, read_addresses_again
from park.accounts.oidc_provider import CLIENT, SECRET, Provider, provider_on_loopback
from park.conftest import Join
from separatrix_park.folder import ParkFolder

LOGIN = "/account/oidc/park/login/"

pytestmark = pytest.mark.parametrize("park", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider_on_loopback(tmp_path_factory.mktemp("provider")) as found:
        yield found


@pytest.fixture
def provider(running: Provider, park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Name the provider in the park's description, as if it had been there at the start."""
    from django.test import override_settings

    from separatrix_park.access import Access, SignOn
    from separatrix_park.accounts.settings import account_settings

    (park.path / "single-sign-on-secret").write_text(SECRET, "utf-8")
    access = Access(second_factor=(), sign_on=SignOn("Our logins", running.issuer, CLIENT))
    named = dataclasses.replace(park, access=access)
    told = account_settings(named, secure=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.authority))
    with override_settings(PARK=named, SOCIALACCOUNT_PROVIDERS=told["SOCIALACCOUNT_PROVIDERS"]):
        read_addresses_again()
        yield running
    read_addresses_again()


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def way_back(provider: Provider, client: Any) -> str:
    """Go to the provider and return the address to which it leads back."""
    to_provider = client.post(LOGIN)
    assert to_provider.status_code == 302
    trust = ssl.create_default_context(cafile=str(provider.authority))
    answer = httpx.get(to_provider["Location"], verify=trust)
    back = httpx.URL(answer.headers["location"])
    return back.raw_path.decode()


def comes_back(provider: Provider, client: Any | None = None) -> Any:
    client = client or browser()
    return client.get(way_back(provider, client))


def people() -> list[str]:
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        return [p.email for p in Person.objects.order_by("pk")]


def test_who_is_invited_joins_and_comes_back(join: Join, provider: Provider) -> None:
    """The first time the invitation is used up and no password is made; afterwards it is the same account."""
    from separatrix_park.accounts.invitations import invite, open_invitation
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        token = invite("Auditor@Example.org", "auditor", None, "tests")
    provider.comes("auditor@example.org")
    first = browser()
    assert comes_back(provider, first)["Location"] == "/"
    assert first.get("/").status_code == 200
    with whole_park("the tests look on"):
        person = Person.objects.get()
    assert (person.role, person.has_usable_password()) == ("auditor", False)
    with whole_park("the tests look on"):
        assert open_invitation(token) is None
    provider.comes("auditor@elsewhere.example", verified=False, sub="sub of auditor@example.org")
    second = browser()
    assert comes_back(provider, second)["Location"] == "/"
    assert second.session["_auth_user_id"] == str(person.pk)
    assert people() == ["auditor@example.org"]


@pytest.mark.parametrize("verified", [True, False])
def test_who_is_not_invited_by_an_address_of_theirs_stays_out(
    join: Join, provider: Provider, verified: bool
) -> None:
    """Neither a stranger, nor whoever merely claims the address of an invitation."""
    from allauth.socialaccount.models import SocialAccount

    from separatrix_park.accounts.invitations import invite, open_invitation
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        token = invite("invited@example.org", "auditor", None, "tests")
    provider.comes("stranger@example.org" if verified else "invited@example.org", verified=verified)
    client = browser()
    assert comes_back(provider, client).status_code == 403
    assert client.get("/").status_code == 302
    assert people() == []
    with whole_park("the tests look on"):
        assert not SocialAccount.objects.exists()
    with whole_park("the tests look on"):
        assert open_invitation(token) is not None


def test_who_has_an_account_finds_it_and_still_needs_the_second_factor(
    join: Join, provider: Provider
) -> None:
    """The provider's word stands for the password alone."""
    phone, _ = enrol(join("office@example.org", "office"))
    provider.comes("office@example.org")
    client = browser()
    assert comes_back(provider, client)["Location"] == "/account/2fa/authenticate/"
    assert client.get("/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 302
    assert client.get("/").status_code == 200


def test_who_was_switched_off_stays_out(join: Join, provider: Provider) -> None:
    """The provider knows nothing of it; the park does."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    join("office@example.org", "office")
    with whole_park("the tests look on"):
        Person.objects.update(is_active=False)
    provider.comes("office@example.org")
    client = browser()
    assert comes_back(provider, client)["Location"] == "/account/inactive/"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "lies",
    [{"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}],
    ids=["of another client", "of another issuer", "too old"],
)
def test_a_token_that_is_not_for_us_is_refused(join: Join, provider: Provider, lies: dict[str, Any]) -> None:
    """Issuer, audience and age of what says who somebody is have to be right."""
    join("office@example.org", "office")
    provider.comes("office@example.org")
    provider.token_lies = lies
    client = browser()
    assert "could not be verified" in comes_back(provider, client).content.decode()
    assert client.get("/").status_code == 302


def test_details_of_another_than_the_token_names_are_refused(join: Join, provider: Provider) -> None:
    """Who could put in another access token would otherwise be somebody else."""
    join("office@example.org", "office")
    for token_is_missing in (False, True):
        provider.comes("stranger@example.org", sub="stranger")
        provider.userinfo_lies = {"sub": "office", "email": "office@example.org", "email_verified": True}
        provider.without_token = token_is_missing
        client = browser()
        assert comes_back(provider, client).status_code == 403
        assert client.get("/").status_code == 302


def test_the_way_back_is_good_once_and_in_the_same_browser(join: Join, provider: Provider) -> None:
    """Neither can it be used again, nor by whoever is led to it by somebody else."""
    join("office@example.org", "office")
    provider.comes("office@example.org")
    own, other = browser(), browser()
    back = way_back(provider, own)
    assert "could not be verified" in other.get(back).content.decode()
    assert other.get("/").status_code == 302
    assert own.get(back)["Location"] == "/"
    own.post("/account/logout/")
    assert "could not be verified" in own.get(back).content.decode()
    assert own.get("/").status_code == 302


def test_who_is_signed_in_does_not_take_on_another_identity(join: Join, provider: Provider) -> None:
    """Whoever was not invited does not come in as somebody who lends them the account."""
    from allauth.socialaccount.models import SocialAccount

    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    provider.comes("friend@example.org")
    to_provider = office.post(f"{LOGIN}?process=connect")
    trust = ssl.create_default_context(cafile=str(provider.authority))
    back = httpx.URL(httpx.get(to_provider["Location"], verify=trust).headers["location"])
    assert office.get(back.raw_path.decode()).status_code == 403
    with whole_park("the tests look on"):
        assert not SocialAccount.objects.exists()


def test_a_provider_that_does_not_answer_is_told(join: Join, provider: Provider, tmp_path: Path) -> None:
    """The page says that it failed; who has a password still comes in by it."""
    import trustme

    join("office@example.org", "office")
    with pytest.MonkeyPatch.context() as patch:  # its certificate is of an authority that nobody trusts
        trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
        patch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
        page = browser().post(LOGIN)
    assert page.status_code == 502
    assert "could not be verified" in page.content.decode()


def test_a_link_alone_does_not_begin_a_login(join: Join, provider: Provider) -> None:
    """A page elsewhere logs nobody in by leading their browser here; the policy names the provider."""
    page = browser().get(LOGIN)
    assert page.status_code == 200
    assert page["Content-Security-Policy"].endswith(f"form-action 'self' {provider.issuer}")
    assert "Our logins" in browser().get("/account/login/").content.decode()


def test_who_comes_by_the_provider_alone_can_set_up_a_second_factor(
    join: Join, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no password to ask for again: a login of this moment stands for it, an old one does not."""
    import time

    from django.conf import settings
    from django.test import override_settings

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        invite("auditor@example.org", "auditor", None, "tests")
    provider.comes("auditor@example.org")
    strict = dataclasses.replace(settings.PARK.access, second_factor=("auditor",))
    with override_settings(PARK=dataclasses.replace(settings.PARK, access=strict)):
        client, late = browser(), browser()
        for one in (client, late):
            comes_back(provider, one)
        assert client.get("/")["Location"] == "/account/2fa/totp/activate/"
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 3600)
        assert late.get("/account/2fa/totp/activate/").status_code == 403
        monkeypatch.undo()
        enrol(client)
        assert client.get("/").status_code == 200


def test_who_comes_by_the_provider_alone_has_no_password_to_change(join: Join, provider: Provider) -> None:
    """The page says so; no way leads to a password that would outlive the account at the provider."""
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        invite("auditor@example.org", "auditor", None, "tests")
    provider.comes("auditor@example.org")
    client = browser()
    comes_back(provider, client)
    for page in ("/account/password/change/", "/account/password/set/"):
        told = client.get(page, follow=True)
        assert "there is no password to change here" in told.content.decode()
    new = {"password1": "four other words here", "password2": "four other words here"}
    client.post("/account/password/set/", new)
    client.post("/account/password/change/", new)
    with whole_park("the tests look on"):
        assert not Person.objects.get().has_usable_password()
