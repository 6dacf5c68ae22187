"""What is fetched from partners: the list of what they published for us, or what a notice of theirs named.

Jobs in a separate queue do it. A node that fails or is slow delays only its own jobs: its other jobs wait
as long as the failed one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult, get_date_max

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix_park.footprints.https_client import wrong_answer
from separatrix_park.footprints.outbox import pause_after
from separatrix_park.footprints.partner_client import PartnerNode, node_of, require_callable
from separatrix_park.footprints.problem_text import text_of, text_of_all
from separatrix_park.footprints.received_footprints import LIST, NOTICE, end, receive_all
from separatrix_park.models.footprints import Partner
from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person, require_for
from separatrix_park.scope import SPEAK_FOR_ONE, whole_park

__all__ = ["QUEUE", "ask_for_list", "collect", "take_published"]

QUEUE = "partners"
"""The queue of what waits for partners' nodes."""

A_JOB = 100
"""Footprints of a notice that one job fetches."""

MOST_WAITING = 100
"""Notices of one partner that wait."""

MOST_TRIES = 20
"""Tries to fetch what a notice named, by which about three days have gone."""

SECONDS = 300.0
"""How long the list of one partner may take as a whole."""

SECONDS_OF_NOTICE = 60.0
"""How long a notice's footprints may take; the rest of them are fetched later."""

WHY = "what partners published is fetched for the enterprises that they are partners of"


def ask_for_list(partner: Partner, by: Person) -> None:
    """Have the list of a partner's footprints fetched, in a moment.

    Raises
    ------
    InputError
        W316 where the partner may not be called.
    """
    require_for(partner.enterprise_id, by, *SPEAK_FOR_ONE)
    require_callable(partner)
    with transaction.atomic():
        if not _waiting(partner).filter(args_kwargs__args__1=[]).exists():
            collect.enqueue(str(partner.pk), [], 0)
        LogEntry.append(str(by.pk), "footprints fetched", str(partner.pk), partner.enterprise_id)


def take_published(partner: Partner, _: str, data: Mapping[str, Any]) -> str:
    """Queue the download of footprints that a partner has announced, from the partner's own address.

    Parameters
    ----------
    partner : Partner
    _ : str
        The id of the event.
    data : mapping
        The ids of the footprints.

    Returns
    -------
    str
        Empty: whatever is wrong with them shows when they are fetched.

    Raises
    ------
    PermissionDenied
        Where the scope is another enterprise's or another partner's.
    InputError
        W319 where too many notices of this partner wait.
    """
    partner.require_own_scope()
    named = [str(uuid.UUID(one)) for one in dict.fromkeys(data["pfIds"])]
    if named and partner.address:
        if _waiting(partner).count() >= MOST_WAITING:
            raise InputError("W319", say("{count} notices of this partner wait already", count=MOST_WAITING))
        with transaction.atomic():
            for k in range(0, len(named), A_JOB):
                collect.enqueue(str(partner.pk), named[k : k + A_JOB], 0)
    return ""


def _waiting(partner: Partner) -> QuerySet[DBTaskResult]:
    waiting = DBTaskResult.objects.filter(queue_name=QUEUE, status=TaskResultStatus.READY)
    return waiting.filter(args_kwargs__args__0=str(partner.pk))


@task(queue_name=QUEUE)
def collect(partner_id: str, pf_ids: list[str], tries: int) -> None:
    """Fetch a partner's list, or the footprints of some ids; what fails is noted, and tried again.

    A list requested by a person is not fetched again: they see the error and can repeat the request.
    """
    try:
        with whole_park(WHY):
            partner = Partner.objects.get(pk=partner_id)
            node = node_of(partner)
        node.sign_in()
        refused, rest = _ids(partner, node, pf_ids) if pf_ids else (_list(partner, node), [])
    except Partner.DoesNotExist:  # deleted with its enterprise
        return
    except SeparatrixError as problem:
        _note(partner_id, text_of(problem), answered=False)
        if problem.code != "W316":
            _later(partner, pf_ids, tries)
        return
    _note(partner_id, text_of_all(refused), answered=True)
    _later(partner, rest, tries)


def _later(partner: Partner, pf_ids: list[str], tries: int) -> None:
    """Have footprints fetched after a pause, and what else waits of the partner's notices not before them."""
    if not pf_ids or tries + 1 >= MOST_TRIES:
        return
    later = timezone.now() + pause_after(tries + 1)
    with transaction.atomic():
        others = _waiting(partner).exclude(args_kwargs__args__1=[])
        others.filter(Q(run_after=get_date_max()) | Q(run_after__lt=later)).update(run_after=later)
        collect.using(run_after=later).enqueue(str(partner.pk), pf_ids, tries + 1)


def _list(partner: Partner, node: PartnerNode) -> list[SeparatrixError]:
    """Import the list page by page; return the reasons for rejected records."""
    until, refused = time.monotonic() + SECONDS, list[SeparatrixError]()
    for page in node.footprints():
        with whole_park(WHY):
            refused += receive_all(partner, page, LIST).refused
        if time.monotonic() > until:
            raise wrong_answer(say("its list takes longer than {seconds} seconds", seconds=int(SECONDS)))
    return refused


def _ids(partner: Partner, node: PartnerNode, pf_ids: list[str]) -> tuple[list[SeparatrixError], list[str]]:
    """Import footprints by their ids; return the reasons for rejected ones, and the ids left for lack of
    time."""
    until, refused = time.monotonic() + SECONDS_OF_NOTICE, list[SeparatrixError]()
    for place, one in enumerate(pf_ids):
        if time.monotonic() > until:
            return refused, pf_ids[place:]
        try:
            record = node.footprint(uuid.UUID(one))
        except InputError as problem:
            if problem.code != "W313":  # this one is not for us; the others may be
                raise
            refused.append(problem)
            continue
        if record is None:
            with whole_park(WHY):
                if not end(partner, uuid.UUID(one)):
                    refused.append(_none_of(one))
            continue
        if str(record.get("id", "")).lower() != one:
            refused.append(wrong_answer(say("it returns a footprint other than the requested one")))
            continue
        with whole_park(WHY):
            refused += receive_all(partner, [record], NOTICE).refused
    return refused, []


def _none_of(identifier: str) -> InputError:
    return InputError(
        "W313",
        say(
            "the partner announced the footprint {id}, but its node has no such footprint for us",
            id=identifier,
        ),
        hint=say("ask the partner whether it let us see this"),
    )


def _note(partner_id: str, trouble: str, *, answered: bool) -> None:
    """Note that the node answered, and what was wrong."""
    with whole_park(WHY), transaction.atomic():
        mine = Partner.objects.filter(pk=partner_id)
        mine.update(trouble=trouble)
        if answered:
            mine.update(heard=timezone.now())
