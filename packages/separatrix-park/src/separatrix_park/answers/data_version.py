"""The data version behind a page; it is brought up to date first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from separatrix_park.answers import jobs
from separatrix_park.answers.accounts import bring_one_up_to_date, bring_up_to_date
from separatrix_park.models import Person
from separatrix_park.scope import SEE_ALL

__all__ = ["DataVersion", "data_version_for"]


@dataclass(frozen=True)
class DataVersion:
    """The data version behind a page.

    Attributes
    ----------
    version : str or None
        Of the approved data, of the whole park or of the one visible enterprise; None without data.
    until : datetime or None
        Time of the latest approval.
    late : int
        Number of enterprises whose accounts are still being calculated.
    """

    version: str | None
    until: datetime | None
    late: int


def data_version_for(person: Person) -> DataVersion:
    """Bring the visible accounts up to date, and return their data version."""
    if str(person.role) in SEE_ALL:
        data, late = bring_up_to_date()
        if late:
            jobs.ask_for_accounts(data.version)
        return DataVersion(data.version, data.until, late)
    account = bring_one_up_to_date(person.enterprise_id) if person.enterprise_id else None
    return DataVersion(None if account is None else account.basis[:16], None, 0)
