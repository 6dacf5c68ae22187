"""The park's key: what hangs on it, how it is changed, and what happens without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from park.accounts.conftest import enrol, log_in
from park.conftest import Join
from separatrix.errors import InputError
from separatrix_park.accounts.settings import KeyFile, derived
from separatrix_park.folder import ParkFolder


def test_uses_have_keys_of_their_own() -> None:
    """What is known of one use tells nothing of another, nor of the key."""
    key = "k" * 64
    found = {derived(key, use) for use in ("signatures", "sessions", "second factor")}
    assert len(found) == 3
    assert not any(key.encode() in one for one in found)


@pytest.mark.parametrize("content", [None, "", "short\n", "\n\n"])
def test_without_a_key_nothing_is_read(tmp_path: Path, content: str | None) -> None:
    """A missing, empty or short key is an error that says what to do, and never a weak key."""
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(InputError, match="W231"):
        KeyFile(path).encrypt("secret", "sessions")


def test_only_its_owner_reads_the_key(park: ParkFolder) -> None:
    """Other accounts of the machine do not."""
    assert park.key_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_changed_key_keeps_second_factors_and_ends_sessions(join: Join, interrupted: bool) -> None:
    """Also where the first attempt ended midway: nothing is lost, and the old key opens nothing."""
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.test import Client

    from separatrix_park.accounts.keys import change_key
    from separatrix_park.accounts.second_factor import USE
    from separatrix_park.folder import write_key
    from separatrix_park.scope import whole_park

    park = settings.PARK
    office = join("office@example.org", "office")
    phone, codes = enrol(office)
    (old,) = KeyFile(park.key_file).keys()
    if interrupted:
        write_key(park.key_file, "n" * 64, old)
        assert office.get("/").status_code == 200  # the service goes on meanwhile
    assert change_key(park, "tests") == 2
    (new,) = KeyFile(park.key_file).keys()
    assert new != old
    assert office.get("/").status_code == 302
    other = Client(SERVER_NAME="localhost")
    log_in(other, "office@example.org")
    assert other.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 302
    log_in(other := Client(SERVER_NAME="localhost"), "office@example.org")
    assert other.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    with whole_park("the tests look on"):
        kept: Any = Authenticator.objects.get(type="totp").data["secret"]
    write_key(park.key_file, old)
    with pytest.raises(InputError, match="W232"):
        KeyFile(park.key_file).decrypt(kept, USE)
