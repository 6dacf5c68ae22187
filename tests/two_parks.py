"""Two parks that run at the same time, each with processes of its own, and reach each other over https.

Both are on this machine alone.  One authority vouches for both; each park trusts it, and may call nobody but
addresses of this machine, as its park.toml says.  Run as a program this file puts members into a park.
"""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from served_park import ServedPark, park_made, served

__all__ = ["CHAIN_YEAR", "Member", "TwoParks", "maker", "product_id", "two_parks"]

LOOPBACK = "127.0.0.0/8"
CHAIN_YEAR = 2024


@dataclass(frozen=True)
class Member:
    """An enterprise of a park: id, name and sector, and its approved rows of the chain's year by table."""

    key: str
    name: str
    sector: str
    tables: Mapping[str, Sequence[Mapping[str, str]]]


def product_id(product: str) -> str:
    """Return the id by which a product is known everywhere."""
    return f"urn:pact:example.com:product:{product}"


def maker(
    key: str,
    name: str,
    product: str,
    emits: float,
    *,
    sector: str = "C30",
    **takes: tuple[float, float],
) -> Member:
    """Return a member that makes 1,000 t of one product.

    Parameters
    ----------
    key, name, product : str
    emits : float
        Tonnes of CO2 for all of it.
    sector : str
    **takes : tuple of float
        Tonnes of each product that it takes in, and what a database says of one tonne, t CO2e.

    Examples
    --------
    >>> cement = maker("E01", "River Cement", "cement", 3000, lime=(100, 1.2))
    >>> cement.tables["purchases"][0]["factor"]
    '1.2'
    """
    made = {"product": product, "product_id": product_id(product), "amount": "1000", "unit": "t"}
    taken = [
        {"input": name, "amount": f"{much:g}", "unit": "t", "factor": f"{factor:g}", "source": "a database"}
        for name, (much, factor) in takes.items()
    ]
    return Member(
        key,
        name,
        sector,
        {
            "products": [made | {"fossil_carbon": "0", "biogenic_carbon": "0"}],
            "emissions": [{"kind": "process", "amount": f"{emits:g}", "unit": "t", "gas": "CO2"}],
            "energy": [{"carrier": "electricity", "amount": "0", "unit": "MWh"}],
            "purchases": taken or [{"input": "nothing", "amount": "0", "unit": "t"}],
        },
    )


@dataclass(frozen=True)
class TwoParks:
    """Two running parks, and the file of the authority that vouches for both."""

    one: ServedPark
    two: ServedPark
    authority: Path

    def trust(self) -> ssl.SSLContext:
        """Return what a client trusts that is to reach them."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextmanager
def two_parks(folder: Path, one: Sequence[Member], two: Sequence[Member]) -> Iterator[TwoParks]:
    """Make two parks with members, and serve both for the length of a block.

    The links of people stand under their addresses: ``entry@e01.example`` and ``approval@e01.example``.
    """
    import trustme

    folder.mkdir(parents=True, exist_ok=True)
    authority, issued = folder / "authority.pem", trustme.CA()
    issued.cert_pem.write_to_path(authority)
    own = issued.issue_cert("127.0.0.1", "localhost")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    for k, blob in enumerate(own.cert_chain_pems):
        blob.write_to_path(certificate, append=k > 0)
    own.private_key_pem.write_to_path(key)
    with ExitStack() as running:
        parks = []
        for name, members in (("one", one), ("two", two)):
            place = folder / name
            links = park_made(place, f"Park {name}") | _fill(place, members)
            port = _free_port()
            _describe(place, f"https://127.0.0.1:{port}", authority)
            options = ("--certificate", str(certificate), "--key", str(key))
            address = running.enter_context(served(place, *options, port=port))
            parks.append(ServedPark(place, address, links))
        yield TwoParks(*parks, authority)


def _describe(park: Path, address: str, authority: Path) -> None:
    """Say how a park is reached, and whom it may call."""
    said = {
        "access": {"address": address, "second_factor": []},
        "partners": {"networks": [LOOPBACK], "certificates": str(authority)},
    }
    with (park / "park.toml").open("a", encoding="utf-8") as file:
        for table, words in said.items():
            lines = [f"{word} = {json.dumps(value)}\n" for word, value in words.items()]
            file.write(f"\n[{table}]\n{''.join(lines)}")


def _free_port() -> int:
    """Return a port that is free now; the address of a park has to be known before it is served."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _fill(park: Path, members: Sequence[Member]) -> dict[str, str]:
    """Put members into a park by a process of its own, since Django is of one park a process."""
    done = subprocess.run(
        [sys.executable, __file__, str(park)],
        input=json.dumps([asdict(member) for member in members]),
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    return {str(email): str(link) for email, link in json.loads(done.stdout).items()}


def _put(folder: Path, members: Sequence[Member]) -> dict[str, str]:
    """Put members with approved reports into a park; return links for two people of each."""
    from separatrix_park.database import configure
    from separatrix_park.folder import open_park

    configure(open_park(folder))
    from park_reports import approve
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    links = {}
    with whole_park("the tests admit members"):
        for member in members:
            enterprise = Enterprise.objects.create(key=member.key, name=member.name, sector=member.sector)
            for table, rows in member.tables.items():
                approve(member.key, table, CHAIN_YEAR, rows)
            for role in ("entry", "approval"):
                email = f"{role}@{member.key.lower()}.example"
                links[email] = f"/join/{invite(email, role, enterprise, 'tests')}/"
    return links


if __name__ == "__main__":
    put = _put(Path(sys.argv[1]), [Member(**member) for member in json.load(sys.stdin)])
    json.dump(put, sys.stdout)
