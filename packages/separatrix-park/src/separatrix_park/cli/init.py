"""``separatrix park init``: a new park in a folder."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.cli.opened import first_link

__all__ = ["init"]

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
