"""``separatrix park serve``: the platform over HTTP.

``separatrix park init``: a new park in a folder.

``separatrix park admin migrate``: the tables of a park in the shape of this version.

``separatrix park admin seed``: a park filled with an example.

``separatrix park admin link``: a link to join the park office.

``separatrix park work``: those who work out long answers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.sentences import say
from separatrix_park.cli.opened import bring_forward, first_link, opened

__all__ = ["init", "link", "migrate", "seed", "serve", "work"]

COUNTRIES = {"zh": "CN"}
"""Where a language has one that nearly all its parks share."""


def init(
    folder: Path,
    /,
    *,
    name: str,
    email: str,
    country: str = "",
    money_unit: str = "",
    database: str = "sqlite",
    database_owner: str | None = None,
    lang: Lang = "en",
) -> int:
    """Create a park in a folder, and print the invitation link for the first member of the park office.

    Parameters
    ----------
    name : str
        The name of the park.
    email : str
        The email address of the first member of the park office.
    country : str, optional
        The two-letter country code, which determines the emission factors; CN if the pages are in
        Chinese.
    money_unit : str, optional
        The money unit of reports, such as 10k CNY.
    database : str
        ``sqlite``, or postgresql://ROLE@HOST/NAME with the role of the service.
    database_owner : str, optional
        The address of the same database with the role that owns the tables.
    """
    from separatrix_park.folder import create_park, take_back
    from separatrix_park.reporting.description import describe_park, first_description

    country = country.upper() or COUNTRIES.get(lang, "")
    if not name.strip():
        raise InputError("U901", say("a park has a name"))
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise InputError(
            "U901", say("a country is written with two letters, such as CN, not {found}", found=country)
        )
    described = first_description(name, country, money_unit) if country or money_unit else ""
    park = create_park(folder, name, lang, database)
    try:
        if described:
            describe_park(park, described)
        return first_link(park, email, database_owner, new=True)
    except BaseException:  # so that the same command may be given again
        take_back(folder)
        raise


def migrate(folder: Path, /, *, database_owner: str | None = None, lang: Lang = "en") -> int:
    """Migrate the database of a park to this version; make a backup first.

    Parameters
    ----------
    database_owner : str
        On PostgreSQL, the address of the database with the role that owns the tables.
    """
    park = opened(folder)
    bring_forward(park, database_owner)
    print(language_of(lang).tell(say("the tables are those of this version")), file=sys.stderr)
    return 0


def seed(folder: Path, /) -> int:
    """Fill an empty park with example data, and print links to view it.

    Adds 28 fictitious enterprises with five years of reports in all states, deadlines and data shared
    between enterprises.
    """
    from separatrix.languages import language_of

    park = opened(folder)
    from separatrix_park.park import fill_with_example

    words = language_of(park.language)
    filled = fill_with_example(park)
    told = (
        say(
            "{count} fictitious enterprises. Reports: {approved} approved, {submitted} awaiting approval, "
            "{returned} returned, {draft} drafts.",
            count=filled.enterprises,
            **filled.reports,
        ),
        say(
            "Start the server with `separatrix park serve {folder}`, then open a link. Each link works once:",
            folder=folder,
        ),
    )
    print(*map(words.tell, told), sep="\n")
    width = max(len(guest.email) for guest in filled.guests)
    for guest in filled.guests:
        print(f"  {guest.email:{width}}  http://{park.hosts[0]}:8000/join/{guest.token}/")
    return 0


def link(folder: Path, /, *, email: str, database_owner: str | None = None, lang: Lang = "en") -> int:
    """Print a single-use invitation link for a member of the park office.

    Parameters
    ----------
    email : str
        The email address of that person.
    database_owner : str, optional
        The address of the database with the role that owns the tables.
    """
    return first_link(opened(folder), email, database_owner)


def serve(
    folder: Path,
    /,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    certificate: Path | None = None,
    key: Path | None = None,
    work: bool = True,
    lang: Lang = "en",
) -> int:
    """Serve a park's platform.

    Parameters
    ----------
    host : str
        The address to listen on; by default only this machine can connect.
    port : int
        The port to listen on.
    certificate : Path
        The certificate chain of this machine in PEM format, for https.
    key : Path
        The private key of the certificate, in PEM format.
    work : bool
        Also process background jobs; otherwise run `park work` separately.
    """
    if (certificate is None) != (key is None):
        raise InputError("W236", say("a certificate and its key come together"))
    park = opened(folder, secure=certificate is not None)
    if "*" in park.names:
        told = say("warning: `hosts` in park.toml names `*`, so that links may lead to any host")
        print(language_of(lang).tell(told), file=sys.stderr)
    from django.db import connection

    from separatrix.studio.server import listening, server_of
    from separatrix_park.asgi import application, behind, require_guarded
    from separatrix_park.database import QueueProcess, check_database, pool_connections
    from separatrix_park.records.health import require_schema

    require_guarded(park.access, host, certificate is not None)
    require_schema()
    check_database(park)
    connection.close()  # what was asked until now came by a connection that waits for no other one
    pool_connections()
    pair = (certificate, key) if certificate is not None and key is not None else None
    with listening(host, port) as socket:
        server = server_of(behind(park.access, application()), pair)
        scheme = "https" if pair else "http"
        print(f"{scheme}://{host}:{socket.getsockname()[1]}/", file=sys.stdout, flush=True)
        queue = QueueProcess(folder)
        if work:
            queue.start()
        try:
            server.run(sockets=[socket])
        finally:
            queue.close()
    return 0


def work(folder: Path, /, *, lang: Lang = "en") -> int:
    """Process the background jobs of a park's platform until stopped.

    `park serve` starts one worker by default. With PostgreSQL, several workers may run, also on other
    machines.
    """
    park = opened(folder)
    from separatrix_park.database import check_database, run_queue
    from separatrix_park.records.health import require_schema

    require_schema()
    check_database(park)
    run_queue(str(folder))
    return 0
