"""What park.toml says of how people reach the platform, and what of it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix.errors import InputError
from separatrix_park.access import Access, PartnerNetworks, access_of, partner_networks
from separatrix_park.folder import create_park, open_park

PLACE = Path("park.toml")


def test_a_description_without_a_word_of_it_is_strict() -> None:
    """Nobody's headers are believed, and the office and auditors need a second factor."""
    assert access_of({}, PLACE) == Access()
    assert Access().proxies == ()
    assert Access().second_factor == ("office", "auditor")
    assert not Access().secure


@pytest.mark.parametrize(
    "told",
    [
        {"access": {"second_factors": ["office"]}},
        {"access": {"second_factor": ["offices"]}},
        {"access": {"second_factor": "office"}},
        {"access": {"proxies": ["10.0.0.1"]}},
        {"access": {"address": "https://park.example.cn", "proxies": ["my-proxy"]}},
        {"access": {"address": "https://park.example.cn", "proxies": ["10.0.0.1/8"]}},
        {"access": {"address": "https://park.example.cn", "proxies": [10]}},
        {"access": {"address": "park.example.cn"}},
        {"access": {"address": "ftp://park.example.cn"}},
        {"access": {"address": "https://park.example.cn/park"}},
        {"access": "https://park.example.cn"},
        {"mail": {"host": "mail.example.cn"}},
        {"access": {"address": 5}},
        {"access": {"address": False}},
        {"mail": {"host": 5, "sender": "park@example.cn"}},
        {"mail": {"host": "mail.example.cn", "sender": ["park@example.cn"]}},
        *(
            {"mail": {"host": "mail.example.cn", "sender": "park@example.cn", **wrong}}
            for wrong in (
                {"port": "587"},
                {"port": True},
                {"port": 587.0},
                {"port": 0},
                {"tls": "no"},
                {"tls": 0},
                {"user": 5},
                {"user": False},
            )
        ),
        {"single_sign_on": {"issuer": "http://login.example.cn", "client": "park"}},
        {"single_sign_on": {"issuer": "https://login.example.cn"}},
        {"single_sign_on": {"issuer": ["https://login.example.cn"], "client": "park"}},
        {"single_sign_on": {"issuer": "https://login.example.cn", "client": 5}},
        {"single_sign_on": {"issuer": "https://login.example.cn", "client": "park", "name": True}},
        {"single_sign_on": {"client": "park"}},
    ],
)
def test_what_is_misspelt_or_unsafe_is_refused(told: dict[str, object]) -> None:
    """A word that is not known would leave a door open that somebody thinks is closed."""
    with pytest.raises(InputError, match="W230"):
        access_of(told, PLACE)


def test_a_folder_is_read_with_its_access(tmp_path: Path) -> None:
    """Name, proxies and provider come from the file; the host of the address is one of the park's."""
    assert create_park(tmp_path, "Park of tests").name == "Park of tests"
    file = tmp_path / "park.toml"
    file.write_text(
        file.read_text("utf-8")
        + """
[access]
address = "https://park.example.cn/"
proxies = ["10.0.0.1", "192.168.0.0/16", "fd00::/8"]
second_factor = ["office", "auditor", "approval"]
[mail]
host = "mail.example.cn"
sender = "park@example.cn"
[single_sign_on]
name = "城市登录"
issuer = "https://login.example.cn/realms/city/"
client = "park"
""",
        "utf-8",
    )
    park = open_park(tmp_path)
    assert park.names == ("127.0.0.1", "localhost", "park.example.cn")
    assert park.access.secure
    assert park.access.sign_on is not None
    assert park.access.sign_on.issuer == "https://login.example.cn/realms/city"
    assert park.access.mail is not None
    assert park.access.mail.port == 587
    file.write_text(file.read_text("utf-8").replace("proxies", "proxy"), "utf-8")
    with pytest.raises(InputError, match="W230"):
        open_park(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "name = 5",
        'name = " "',
        'language = "en"',
        'name = "T"\nlanguage = "fr"',
        'name = "T"\nhosts = "localhost"',
        'name = "T"\nhosts = [5]',
        'name = "T"\nhosts = []',
        'name = "T"\nhost = ["park.example.cn"]',
        'name = "T"\ndatabase = 7',
        'name = "T"\ntime_zone = "Mars/Olympus"',
    ],
)
def test_a_description_that_would_be_taken_for_another_is_refused(tmp_path: Path, text: str) -> None:
    """A text for a list would name a host by each letter, and a misspelt word would say nothing."""
    create_park(tmp_path, "T")
    (tmp_path / "park.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match="W230"):
        open_park(tmp_path)


def test_a_description_that_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    """As is one that is no TOML at all."""
    create_park(tmp_path, "T")
    for text in (f"access = {'[' * 5000}{']' * 5000}", "]["):
        (tmp_path / "park.toml").write_text(text, "utf-8")
        with pytest.raises(InputError, match="W202"):
            open_park(tmp_path)


@pytest.mark.parametrize(
    "told",
    [
        {"partners": {"network": ["10.8.0.0/16"]}},
        {"partners": {"networks": "10.8.0.0/16"}},
        {"partners": {"networks": ["10.8.0.1/16"]}},
        {"partners": {"networks": ["partner.example"]}},
        {"partners": {"certificates": ["a.pem"]}},
        {"partners": {"certificates": "nowhere.pem"}},
        {"partners": []},
    ],
)
def test_networks_of_partners_are_refused_where_they_make_no_sense(told: dict[str, object]) -> None:
    """A slip would let nobody be called, or somebody who should not be."""
    with pytest.raises(InputError, match="W230"):
        partner_networks(told, PLACE)


def test_partners_lie_in_public_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    """A file of certificates lies beside the description, wherever the service was started."""
    create_park(tmp_path, "Park of tests")
    assert open_park(tmp_path).partners == PartnerNetworks()
    file = tmp_path / "park.toml"
    told = '[partners]\nnetworks = ["10.8.0.0/16", "fd00::/8"]\ncertificates = "own.pem"\n'
    file.write_text(file.read_text("utf-8") + told, "utf-8")
    (tmp_path / "own.pem").touch()
    partners = open_park(tmp_path).partners
    assert partners.networks == ("10.8.0.0/16", "fd00::/8")
    assert partners.certificates == str(tmp_path / "own.pem")
