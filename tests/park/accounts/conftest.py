"""People with a second factor, and a clock of their own for its codes."""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from park.conftest import PASSWORD
from separatrix_park.folder import ParkFolder


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests() -> Iterator[None]:
    """Forget how often earlier tests tried."""
    yield
    from django.conf import settings
    from django.core.cache import cache

    if settings.configured:
        cache.clear()


@pytest.fixture
def strict(park: ParkFolder) -> Iterator[ParkFolder]:
    """Ask the office and auditors for a second factor, as a park does by itself."""
    from django.conf import settings

    from separatrix_park.access import Access

    settings.PARK = dataclasses.replace(park, access=Access())
    yield settings.PARK
    settings.PARK = park


@dataclass
class Authenticator:
    """What somebody has on their phone: the secret, and the step of time of the last code it showed."""

    secret: str
    step: int = 0

    def code(self) -> str:
        """Return the next code, which was not used yet; the clock may be a step ahead."""
        from allauth.mfa.totp.internal import auth

        self.step = max(self.step + 1, int(auth.time.time()) // 30 - 1)
        return auth.format_hotp_value(auth.hotp_value(self.secret, self.step))


def enrol(client: Any) -> tuple[Authenticator, list[str]]:
    """Set up a second factor as somebody does in the browser; return it and the recovery codes."""
    page = client.get("/account/2fa/totp/activate/")
    if page.status_code == 302:
        page = client.post(page["Location"], {"password": PASSWORD}, follow=True)
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page.content.decode())
    assert found is not None
    phone = Authenticator(found[1])
    codes = client.post("/account/2fa/totp/activate/", {"code": phone.code()}, follow=True)
    return phone, re.findall(r"\b\d{8}\b", codes.content.decode())


def log_in(client: Any, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    """Give the password, and return what comes next."""
    return client.post("/account/login/", {"login": email, "password": password}, **extra)


def read_addresses_again() -> None:
    """Gather the addresses of pages for what the park's description says now."""
    from django.urls import clear_url_caches

    import separatrix_park.accounts.urls as own
    import separatrix_park.urls as whole

    importlib.reload(own)
    importlib.reload(whole)
    clear_url_caches()
