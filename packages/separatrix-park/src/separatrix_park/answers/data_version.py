"""On which version of the data rests what somebody reads; it is brought up to date before."""

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
    """What is read rests on this.

    Attributes
    ----------
    version : str or None
        Of the approved data, of the whole park or of the one enterprise that may be read; None for none.
    until : datetime or None
        When the newest approval was given.
    late : int
        Of how many enterprises the accounts are still being worked out.
    """

    version: str | None
    until: datetime | None
    late: int


def data_version_for(person: Person) -> DataVersion:
    """Bring the accounts up to date that somebody may read, and return on what they rest."""
    if str(person.role) in SEE_ALL:
        data, late = bring_up_to_date()
        if late:
            jobs.ask_for_accounts(data.version)
        return DataVersion(data.version, data.until, late)
    account = bring_one_up_to_date(person.enterprise_id) if person.enterprise_id else None
    return DataVersion(None if account is None else account.basis[:16], None, 0)
