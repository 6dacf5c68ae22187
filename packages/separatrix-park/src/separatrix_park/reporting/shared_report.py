"""What an enterprise lets another one read: a table, from a year on, until it ends it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from django.db import transaction

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.tables.members import plain_name_of
from separatrix_park.members import current_members
from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.reports import Sharing
from separatrix_park.reporting.reported_table import ReportedTable
from separatrix_park.scope import current, whole_park

__all__ = ["end_sharing", "enterprise_names", "recipient_of", "share_table", "subject_of_sharing"]


def share_table(person: Person, recipient: str, table: ReportedTable, since: int) -> Sharing:
    """Let another enterprise read the approved reports of a table, from a year on.

    Parameters
    ----------
    person : Person
        Approver of the enterprise that shares.
    recipient : str
        The id or name of the other enterprise. For an unknown name the response is the same, so that it does
        not reveal the park's members or their names.
    table : ReportedTable
    since : int

    Raises
    ------
    InputError
        W252 where it is one's own enterprise.
    """
    other, called = _enterprise_id(recipient), " ".join(recipient.split())
    if other == person.enterprise_id:
        raise InputError("W252", say("`{name}` is your own enterprise", name=recipient))
    with transaction.atomic():
        made: Sharing
        made, _ = Sharing.objects.update_or_create(
            enterprise_id=person.enterprise_id,
            called=called,
            table=table.name,
            defaults={"since": since, "recipient_id": other},
        )
        LogEntry.append(str(person.pk), "shared", subject_of_sharing(made))
    return made


def end_sharing(person: Person, sharing: Sharing) -> None:
    """Stop sharing; nothing happens if another person has already stopped it."""
    with transaction.atomic():
        if not Sharing.objects.select_for_update().filter(pk=sharing.pk):
            return
        LogEntry.append(str(person.pk), "sharing ended", subject_of_sharing(sharing))
        sharing.delete()


def recipient_of(sharing: Sharing, names: Mapping[UUID, str]) -> str:
    """Return the name of the recipient: the text typed for the sharing enterprise, the real name for
    others."""
    scope = current()
    # What was shared before names were kept as they were typed has none.
    typed = bool(sharing.called) and scope.enterprise == sharing.enterprise_id
    return sharing.called if typed else names.get(sharing.recipient_id, sharing.called)


def enterprise_names(sharings: Iterable[Sharing]) -> dict[UUID, str]:
    """Return what the two sides of each sharing are called, of those that there are."""
    wanted = {pk for sharing in sharings for pk in (sharing.enterprise_id, sharing.recipient_id) if pk}
    if not wanted:
        return {}
    with whole_park("what the two sides of a sharing are called; nothing else of them is read"):
        known = Enterprise.objects.filter(pk__in=wanted).values_list("pk", "name")
        return {pk: str(name) for pk, name in known}


def _enterprise_id(text: str) -> UUID | None:
    """Return the enterprise of an id or a full name."""
    plain = plain_name_of(text)
    with whole_park("which enterprise is called so, for another one to share with it"):
        known = current_members().values_list("pk", "key", "name")
        found = [pk for pk, key, name in known if plain in (plain_name_of(key), plain_name_of(name))]
    return found[0] if len(found) == 1 else None


def subject_of_sharing(sharing: Sharing) -> str:
    """Return the subject of a sharing in the log."""
    # Without a recipient, a random id: a hash that the enterprise can compute would reveal this.
    other = sharing.recipient_id or uuid4()
    told = f"{sharing.enterprise_id}\n{other}\n{sharing.table}\n{sharing.since}"
    return hashlib.sha256(told.encode()).hexdigest()
