"""Requests that may be sent twice: after a lost answer the same key comes again, and is not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from ninja import Header

from separatrix_park.api.errors import Refused
from separatrix_park.models.people import Person, RepeatableRequest

__all__ = ["RepeatKey", "done_once"]

RepeatKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=80, description="One a request, such as a random UUID."),
]
"""The header by which a program says which request this is."""

KEPT_FOR = timedelta(days=2)


def done_once(
    person: Person, key: str | None, content: str, work: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Do something unless the same request was done before; return its answer, and whether it was.

    Only what succeeded is kept: after a refusal the same key may come again with a corrected request.

    Parameters
    ----------
    person : Person
    key : str or None
        Chosen by the program; without a key the work is done each time.
    content : str
        The whole request, or hashes of it.
    work : callable
        Returns the response: numbers and ids, never reported values.

    Raises
    ------
    Refused
        W285 where the key came with another request before.
    """
    if key is None:
        with transaction.atomic():
            return work(), False
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    _forget(person)
    try:
        with transaction.atomic():
            # Who writes the key first does the work; who comes meanwhile waits here for the end of that.
            with transaction.atomic():
                kept = RepeatableRequest.objects.create(
                    person=person, key=key, fingerprint=fingerprint, made=timezone.now()
                )
            kept.answer = work()
            kept.save(update_fields=["answer"])
            return kept.answer, False
    except IntegrityError:
        before = RepeatableRequest.objects.filter(person=person, key=key).first()
        if before is None:  # it was the work that broke a rule of the database, and not the key
            raise
    if before.fingerprint != fingerprint or before.answer is None:
        raise Refused(409)
    return before.answer, True


def _forget(person: Person) -> None:
    RepeatableRequest.objects.filter(person=person, made__lt=timezone.now() - KEPT_FOR).delete()
