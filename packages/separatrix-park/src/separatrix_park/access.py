"""How people reach a park's platform, and whom it may reach: addresses, proxies, partners' networks."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from separatrix.errors import InputError, Place
from separatrix.sentences import say

__all__ = [
    "Access",
    "Mail",
    "PartnerNetworks",
    "Protection",
    "SignOn",
    "access_of",
    "partner_networks",
    "protection_of",
    "requests_of",
    "refused_word",
    "text_of",
    "texts_of",
]

ROLES = ("office", "auditor", "entry", "approval")
MAIL_PASSWORD = "mail-password"
SIGN_ON_SECRET = "single-sign-on-secret"
MOST_COLLUDERS = 3
REQUESTS_A_MINUTE = 600
"""Ten a second, in each minute: what a program needs that sends bills, and little for the service."""


@dataclass(frozen=True)
class Mail:
    """The server that letters go through.

    Attributes
    ----------
    host : str
    port : int
    sender : str
        The address that letters come from.
    user : str
        Empty where the server asks for none; its password is in the file ``mail-password``.
    tls : bool
        Whether the connection is encrypted from the first byte on; else it is by STARTTLS.
    """

    host: str
    sender: str
    port: int = 587
    user: str = ""
    tls: bool = False


@dataclass(frozen=True)
class SignOn:
    """An OpenID Connect provider by which invited people may sign in.

    Attributes
    ----------
    name : str
        What the button says.
    issuer : str
        Where the provider describes itself, over https.
    client : str
        The name of this platform with the provider; its secret is in the file ``single-sign-on-secret``.
    """

    name: str
    issuer: str
    client: str


@dataclass(frozen=True)
class Protection:
    """How well an enterprise's value is protected from readers of figures about several enterprises.

    Attributes
    ----------
    protection : float
        Relative to the value: no one may bound it more closely, on either side.
    colluders : int
        Number of enterprises that may combine their knowledge.
    """

    protection: float = 0.15
    colluders: int = 2


@dataclass(frozen=True)
class Access:
    """How people reach the platform, as ``park.toml`` says.

    Attributes
    ----------
    address : str
        Address that people type, such as ``https://park.example.cn``; empty on a local machine.
    proxies : tuple of str
        Addresses or networks whose forwarded headers are trusted; no others are.
    second_factor : tuple of str
        The roles that require a second factor.
    mail : Mail or None
    sign_on : SignOn or None
    """

    address: str = ""
    proxies: tuple[str, ...] = ()
    second_factor: tuple[str, ...] = ("office", "auditor")
    mail: Mail | None = None
    sign_on: SignOn | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach it over https."""
        return self.address.startswith("https://")

    @property
    def host(self) -> str:
        """The name in the address; empty where there is none."""
        return urlsplit(self.address).hostname or ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The files of the park's folder that hold the passwords which this needs; no backup has them."""
        mail = (MAIL_PASSWORD,) if self.mail is not None and self.mail.user else ()
        return (*mail, *((SIGN_ON_SECRET,) if self.sign_on is not None else ()))

    def without_secrets(self) -> Access:
        """Return it as it works before these files are there: without letters and single sign-on."""
        return replace(self, mail=None, sign_on=None)


@dataclass(frozen=True)
class PartnerNetworks:
    """Where the nodes of partners may lie besides the public Internet, and who vouches for them.

    Attributes
    ----------
    networks : tuple of str
        Networks that are not public, such as a private one that joins two parks; in others no partner is
        called, whatever its name resolves to.
    certificates : str
        A file of certificates of authorities, in the PEM format, that are believed besides the machine's;
        empty for none.
    """

    networks: tuple[str, ...] = ()
    certificates: str = ""


def access_of(told: Mapping[str, Any], path: Path) -> Access:
    """Return what the tables ``access``, ``mail`` and ``single_sign_on`` of a description say.

    Parameters
    ----------
    told : mapping
        The whole description.
    path : Path
        Of its file, for errors.

    Raises
    ------
    InputError
        W230 where a word is not known, or makes no sense.

    Examples
    --------
    >>> told = {"access": {"address": "https://park.example.cn", "proxies": ["10.0.0.0/8"]}}
    >>> access_of(told, Path("park.toml")).proxies
    ('10.0.0.0/8',)
    >>> access_of({}, Path("park.toml")).second_factor
    ('office', 'auditor')
    """
    access = _table(told, "access", ("address", "proxies", "second_factor"), path)
    address = _text_or_empty(access, "address", path).rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
        raise refused_word(path, "address", address, "https://park.example.cn")
    proxies = _networks_of(access, "proxies", path)
    if proxies and not address:  # links, cookies and https hang on what people type, which a proxy hides
        raise refused_word(path, "address", address, "https://park.example.cn")
    second_factor = texts_of(access, "second_factor", Access.second_factor, path)
    for role in second_factor:
        if role not in ROLES:
            raise refused_word(path, "second_factor", role, ", ".join(ROLES))
    return Access(address, proxies, second_factor, _mail(told, path), _sign_on(told, path))


def partner_networks(told: Mapping[str, Any], path: Path) -> PartnerNetworks:
    """Return what the table ``partners`` of a description says.

    Raises
    ------
    InputError
        W230 where a word is not known, or makes no sense.

    Examples
    --------
    >>> partner_networks({"partners": {"networks": ["10.8.0.0/16"]}}, Path("park.toml")).networks
    ('10.8.0.0/16',)
    """
    partners = _table(told, "partners", ("networks", "certificates"), path)
    networks = _networks_of(partners, "networks", path)
    certificates = _text_or_empty(partners, "certificates", path)
    if certificates:
        # A relative name is one beside the description, wherever the service was started.
        file = path.parent / certificates
        if not file.is_file():
            raise refused_word(path, "certificates", certificates, say("a file that is there"))
        certificates = str(file)
    return PartnerNetworks(networks, certificates)


def protection_of(told: Mapping[str, Any], path: Path) -> Protection:
    """Return what the table ``publication`` of a description says.

    Raises
    ------
    InputError
        W230 where a word is not known, or makes no sense.

    Examples
    --------
    >>> protection_of({"publication": {"protection": 0.2}}, Path("park.toml"))
    Protection(protection=0.2, colluders=2)
    """
    given = _table(told, "publication", ("protection", "colluders"), path)
    protection = given.get("protection", Protection.protection)
    colluders = given.get("colluders", Protection.colluders)
    if isinstance(protection, bool) or not isinstance(protection, int | float) or not 0 < protection < 1:
        raise refused_word(path, "protection", str(protection), "0.15")
    if isinstance(colluders, bool) or not isinstance(colluders, int) or not 1 <= colluders <= MOST_COLLUDERS:
        raise refused_word(path, "colluders", str(colluders), "1, 2, 3")
    return Protection(float(protection), colluders)


def requests_of(told: Mapping[str, Any], path: Path) -> int:
    """Return how many requests in a minute the table ``api`` of a description gives each token.

    Raises
    ------
    InputError
        W230 where a word is not known, or makes no sense.

    Examples
    --------
    >>> requests_of({"api": {"requests_a_minute": 60}}, Path("park.toml")), requests_of({}, Path("park.toml"))
    (60, 600)
    """
    given = _table(told, "api", ("requests_a_minute",), path)
    most = given.get("requests_a_minute", REQUESTS_A_MINUTE)
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise refused_word(path, "requests_a_minute", str(most), str(REQUESTS_A_MINUTE))
    return most


def _mail(told: Mapping[str, Any], path: Path) -> Mail | None:
    if "mail" not in told:
        return None
    mail = _table(told, "mail", ("host", "port", "sender", "user", "tls"), path)
    host, sender = text_of(mail, "host", "", path), text_of(mail, "sender", "", path)
    port, tls = mail.get("port", Mail.port), mail.get("tls", Mail.tls)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65_536:
        raise refused_word(path, "port", str(port), "587")
    if not isinstance(tls, bool):  # "no" would count as true
        raise refused_word(path, "tls", str(tls), "true, false")
    return Mail(host, sender, port, _text_or_empty(mail, "user", path), tls)


def _sign_on(told: Mapping[str, Any], path: Path) -> SignOn | None:
    if "single_sign_on" not in told:
        return None
    given = _table(told, "single_sign_on", ("name", "issuer", "client"), path)
    issuer, client = text_of(given, "issuer", "", path), text_of(given, "client", "", path)
    # The signature of what the provider says over its own encrypted connection need not be verified again;
    # over a connection that anybody may change, nothing that it says is worth anything.
    if urlsplit(issuer).scheme != "https" or not urlsplit(issuer).hostname:
        raise refused_word(path, "issuer", issuer, "https://login.example.cn")
    return SignOn(text_of(given, "name", "OpenID Connect", path), issuer.rstrip("/"), client)


def _table(told: Mapping[str, Any], name: str, words: tuple[str, ...], path: Path) -> Mapping[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, Mapping):
        raise refused_word(path, name, str(table), f"[{name}]")
    for word in table:
        if word not in words:  # a misspelt word would quietly leave a door open
            raise refused_word(path, name, word, ", ".join(words))
    return table


def text_of(
    table: Mapping[str, Any],
    name: str,
    otherwise: str,
    path: Path,
    among: Collection[str] = (),
    like: str = "",
) -> str:
    """Return a text of a description.

    Raises
    ------
    InputError
        W230 where it is none, empty, or not among those that it may be.
    """
    found = table.get(name, otherwise)
    if not isinstance(found, str) or not found.strip() or (among and found not in among):
        raise refused_word(path, name, str(found), like or ", ".join(among) or '"…"')
    return found


def texts_of(table: Mapping[str, Any], name: str, otherwise: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """Return a list of texts of a description.

    Raises
    ------
    InputError
        W230 where it is none.
    """
    found = table.get(name, otherwise)
    if not isinstance(found, (list, tuple)) or not all(isinstance(one, str) for one in found):
        raise refused_word(path, name, str(found), '["…"]')
    return tuple(found)


def _text_or_empty(table: Mapping[str, Any], name: str, path: Path) -> str:
    return "" if table.get(name, "") == "" else text_of(table, name, "", path)


def _networks_of(table: Mapping[str, Any], name: str, path: Path) -> tuple[str, ...]:
    networks = texts_of(table, name, (), path)
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise refused_word(path, name, network, "10.0.0.1, 10.0.0.0/24") from None
    return networks


def refused_word(path: Path, name: str, found: str, expected: str) -> InputError:
    """Return the error of a word of a description that makes no sense."""
    return InputError(
        "W230",
        say(
            "`{name}` cannot be `{found}`; expected: {expected}",
            name=name,
            found=found,
            expected=expected,
        ),
        where=Place(str(path)),
    )
