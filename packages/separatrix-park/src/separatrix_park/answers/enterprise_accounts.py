"""The stored accounts of enterprises: which of them are outdated, and how they are recalculated.

An enterprise's accounts are outdated when one of its reports, or of an enterprise whose energy it is linked
to, was approved, corrected or deleted, or when the office changed a common table. Changes need not be
announced: `EnterpriseAccount.basis` is compared with the approved data whenever sums are read.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from separatrix import __version__
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster
from separatrix_park.answers.approved_data import ApprovedData, Member, approved, cluster_files
from separatrix_park.answers.enterprise_books import NO_BOOK, book_of, suppliers_of
from separatrix_park.models.people import (
    AccountLine,
    AccountYear,
    Answer,
    Comparison,
    Enterprise,
    EnterpriseAccount,
)
from separatrix_park.scope import current_scope, whole_park

__all__ = [
    "AT_ONCE",
    "Links",
    "bring_one_up_to_date",
    "bring_up_to_date",
    "forget",
    "never_counted",
    "outdated",
    "rework",
]

AT_ONCE = 6
"""Maximum number of enterprises calculated while a page waits; a job calculates more."""

MOST_READ = 200
"""So many enterprises' own tables are held at the same time."""

WHY = "accounts of enterprises are calculated from their approved reports, and kept"


def outdated(data: ApprovedData) -> frozenset[UUID]:
    """Return the enterprises whose kept accounts are not those of the approved data."""
    own = {m.key: data.version_of(m.id) for m in data.members}
    keys = {m.id: m.key for m in data.members}
    kept: dict[UUID, str] = {}
    for enterprise, basis, component in EnterpriseAccount.objects.values_list(
        "enterprise_id", "basis", "component"
    ):
        kept[enterprise] = basis if basis == _basis(data.shared, component, own) else ""
    return frozenset(e for e, key in keys.items() if (own[key] or e in kept) and not kept.get(e))


def _basis(shared: str, component: Iterable[str], own: Mapping[str, str]) -> str:
    told = [__version__, shared, [[key, own.get(key, "")] for key in sorted(component)]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def bring_up_to_date(data: ApprovedData | None = None) -> tuple[ApprovedData, int]:
    """Work out what is out of date, where that is soon done.

    Returns
    -------
    tuple of (ApprovedData, int)
        What is approved, and how many accounts are still out of date: too many to wait for.
    """
    with whole_park(WHY):
        found = approved() if data is None else data
        late = outdated(found)
        if late and len(late) <= AT_ONCE:
            rework(found, late)
            late = frozenset()
    return found, len(late)


def never_counted(data: ApprovedData) -> int:
    """Return how many enterprises with approved reports have no accounts yet, not even former ones.

    Sums lack all of these, although they reported: a page that shows a sum says so, or waits.
    """
    kept = set(EnterpriseAccount.objects.values_list("enterprise_id", flat=True))
    return sum(m.id not in kept and bool(data.of.get(m.id)) for m in data.members)


def bring_one_up_to_date(enterprise: UUID) -> EnterpriseAccount | None:
    """Return the stored accounts of one enterprise, recalculated if they are outdated.

    Only its own reports and those of linked enterprises are read: the time for a page must not depend on
    the number of other enterprises.
    """
    kept_alone = None if current_scope() is None else _kept_alone(enterprise)
    if kept_alone is not None:
        return kept_alone
    with whole_park(WHY):
        kept: EnterpriseAccount | None = EnterpriseAccount.objects.filter(enterprise_id=enterprise).first()
        those = {enterprise}
        if kept is not None:
            those |= set(Enterprise.objects.filter(key__in=kept.component).values_list("pk", flat=True))
            data = approved(those)
            own = {m.key: data.version_of(m.id) for m in data.members}
            if kept.basis == _basis(data.shared, kept.component, own):
                return kept
        data = approved(those, all_listed=True)
        if not Links(data).group(enterprise) <= those:  # it names somebody new
            data = approved()
        if kept is None and not data.of.get(enterprise):
            return None
        rework(data, {enterprise})
        found: EnterpriseAccount | None = EnterpriseAccount.objects.filter(enterprise_id=enterprise).first()
        return found


def _kept_alone(enterprise: UUID) -> EnterpriseAccount | None:
    """Return the stored accounts of an enterprise without links, if they are up to date.

    It is read in the scope of the reader, who sees all of its reports or none of its accounts: most
    requests end here.
    """
    rows = EnterpriseAccount.objects.select_related("enterprise").filter(enterprise_id=enterprise)
    kept: EnterpriseAccount | None = rows.first()
    if kept is None or kept.component != [kept.enterprise.key]:
        return None
    data = approved({enterprise}, members=())
    own = {kept.enterprise.key: data.version_of(enterprise)}
    return kept if kept.basis == _basis(data.shared, kept.component, own) else None


def rework(data: ApprovedData, late: Collection[UUID], links: Links | None = None) -> set[UUID]:
    """Work out the accounts of some enterprises, and of those that they are linked to.

    Parameters
    ----------
    data : ApprovedData
    late : collection of UUID
    links : Links, optional
        Of the same data, if many enterprises are processed in batches.

    Returns
    -------
    set of UUID
        Enterprises whose accounts were calculated.
    """
    links = links or Links(data)
    books: dict[str, Mapping[str, Any]] = {}
    done: set[UUID] = set()
    for member in data.listed(late):
        if member.id in done:
            continue
        group = links.group(member.id)
        together = None
        if len(group) > 1:
            with _cluster(data, group) as cluster:
                together = carbon_accounts(cluster)
        members = data.listed(group)
        component = sorted(m.key for m in members)
        for one in members:
            books[one.key] = {**links.book(one, together), "component": component}
        done |= group
    if books:
        _keep(data, books, {m.key: m.id for m in data.listed(done)})
    return done


@contextmanager
def _cluster(data: ApprovedData, group: Collection[UUID]) -> Iterator[Cluster]:
    """Give the cluster of the reports of some enterprises, whose files are gone after it."""
    with tempfile.TemporaryDirectory(prefix="separatrix-") as folder:
        for name, content in cluster_files(data, group):
            (Path(folder) / name).write_bytes(content)
        yield load_cluster(folder)


class Links:
    """Enterprises linked by energy transfers: from the rows read here, and from stored links."""

    def __init__(self, data: ApprovedData) -> None:
        self._data = data
        self._ids = {m.key: m.id for m in data.members}
        self._own: dict[UUID, Cluster | None] = {}
        self._kept: dict[UUID, set[UUID]] = {}
        kept = EnterpriseAccount.objects.values_list("enterprise_id", "component")
        for enterprise, component in kept:
            others = {self._ids[k] for k in component if k in self._ids} - {enterprise}
            if others:
                self._kept[enterprise] = others

    def group(self, enterprise: UUID) -> set[UUID]:
        """Return with whom an enterprise is linked, itself among them."""
        found, open_ones = {enterprise}, [enterprise]
        while open_ones:
            one = open_ones.pop()
            more = self._supplier_ids(one) | self._kept.get(one, set())
            open_ones += more - found
            found |= more
        return found

    def _supplier_ids(self, enterprise: UUID) -> set[UUID]:
        own = self._read(enterprise)
        if own is None:
            return set()
        return {self._ids[key] for key in suppliers_of(own) if key in self._ids} - {enterprise}

    def _read(self, enterprise: UUID) -> Cluster | None:
        if enterprise not in self._own:
            if len(self._own) > MOST_READ:
                self._own.clear()
            if self._data.of.get(enterprise):
                with _cluster(self._data, {enterprise}) as own:
                    self._own[enterprise] = own
            else:
                self._own[enterprise] = None
        return self._own[enterprise]

    def book(self, member: Member, together: CarbonAccounts | None) -> Mapping[str, Any]:
        """Return the accounts of an enterprise."""
        own = self._read(member.id)
        return NO_BOOK if own is None else book_of(own, member.key, together)


def _keep(data: ApprovedData, told: Mapping[str, Any], ids: Mapping[str, UUID]) -> None:
    own = {key: data.version_of(ids[key]) for key in told}
    chosen = list(ids.values())
    with transaction.atomic():
        _hold(chosen)
        for model in (EnterpriseAccount, AccountYear, AccountLine):
            model.objects.filter(enterprise_id__in=chosen).delete()
        EnterpriseAccount.objects.bulk_create(
            EnterpriseAccount(
                enterprise_id=ids[key],
                basis=_basis(data.shared, one["component"], own),
                component=one["component"],
                told=one["told"],
            )
            for key, one in told.items()
        )
        AccountYear.objects.bulk_create(
            AccountYear(enterprise_id=ids[key], **year) for key, one in told.items() for year in one["years"]
        )
        columns = ("year", "carrier", "kind", "scope", "inside", "energy", "carbon")
        AccountLine.objects.bulk_create(
            AccountLine(enterprise_id=ids[key], **dict(zip(columns, row, strict=True)))
            for key, one in told.items()
            for row in one["lines"]
        )


def _hold(chosen: Collection[UUID]) -> None:
    """Let others who keep accounts of the same enterprises wait until this transaction is over.

    The last stored result wins: if it is based on earlier reports, the next check finds it outdated.
    """
    held = Enterprise.objects.select_for_update(no_key=True).filter(pk__in=chosen)
    list(held.order_by("pk").values_list("pk"))


def forget(enterprise: UUID) -> None:
    """Destroy results calculated from an enterprise's values, in the transaction that deletes these.

    Answers for the office are based on all reports: every one of them is deleted and recalculated.
    """
    for model in (EnterpriseAccount, AccountYear, AccountLine):
        model.objects.filter(enterprise_id=enterprise).delete()
    Comparison.objects.all().delete()
    Answer.objects.all().delete()
