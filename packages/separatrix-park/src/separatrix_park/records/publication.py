"""Publications: sums of a year over the enterprises of the park, for everybody, with the head of the log.

`releases.publication_table` decides what may be published: an audit together with all figures released for
the year. Figures that fail are not published. A withdrawn publication still counts: others have seen it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.disclosure.released_figure import ReleasedFigure
from separatrix_park.answers.approved_data import ApprovedData, approved
from separatrix_park.answers.enterprise_accounts import bring_up_to_date
from separatrix_park.answers.jobs import ask_for_accounts, ask_for_audit
from separatrix_park.answers.park_totals import (
    DOUBTED,
    LEAST,
    ParkYear,
    carbon_sign,
    energy_sign,
    park_sums,
    sum_sign,
)
from separatrix_park.folder import same_number
from separatrix_park.models import AccountYear, Answer, Enterprise, LogEntry, Person, Publication
from separatrix_park.releases.ledger import Ledger
from separatrix_park.releases.publication_table import (
    ALL,
    QUANTITIES,
    Checked,
    Wish,
    YearAmounts,
    check,
    draft_table,
    source_of,
)
from separatrix_park.scope import whole_park

__all__ = ["Figures", "figures", "publish", "wish_like_the_last", "withdraw", "years"]

AT_ONCE = 30
"""Maximum number of enterprises audited while the page waits; a job audits larger tables."""

Group = tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """What is meant to be published of a year, and whether it may be.

    Attributes
    ----------
    content : dict
        As it would be published.
    checked : Checked
        Result of the audit.
    data_version : str
        Of the approved data.
    ledger : Ledger
        Figures released earlier for the year.
    """

    content: dict[str, Any]
    checked: Checked
    data_version: str
    ledger: Ledger


@dataclass(frozen=True)
class _Year:
    """The figures of a year by enterprise, the sectors of all members, and the park's sums of the year.

    Of each enterprise ``signs`` has that of its carbon and that of its energy, as `ParkYear` marks sums.
    """

    source: YearAmounts
    signs: Mapping[UUID, tuple[str, str]]
    sectors: Mapping[UUID, str]
    sums: ParkYear | None


def years() -> list[int]:
    """Return the years with approved data.

    Raises
    ------
    InputError
        W265 while accounts are being recalculated.
    """
    _fresh()
    with whole_park("which years there are figures of"):
        return sorted(AccountYear.objects.values_list("year", flat=True).distinct(), reverse=True)


def wish_like_the_last(year: int) -> Wish:
    """Return a wish for a year with the groups of its last publication, in which the next one stands best."""
    with whole_park("how the last publication of a year was grouped"):
        last = Publication.objects.filter(year=year).order_by("-number").first()
        known = _sectors()
    parts = [] if last is None else last.content["groups"]
    groups = [tuple(s for s in part.get("sectors", ()) if s in known) for part in parts]
    return Wish(year, tuple(sorted(g for g in groups if len(g) > 1)))


def figures(wish: Wish) -> Figures:
    """Return what would be published of a year, and whether it may be.

    Raises
    ------
    InputError
        W265 where there is nothing to look at, or the audit failed; no enterprise is named in it.
    """
    data = _fresh()
    with whole_park("the sums of a year, and whether they give an enterprise away"):
        now = _year(wish.year, data)
        ledger = Ledger(wish.year)
    if now.sums is None or not now.source.amounts:
        raise _publication_error(say("no enterprise has approved figures for {year}", year=wish.year))
    if ledger.gone:
        raise _publication_error(
            say(
                "data behind an earlier publication of this year have been deleted; the "
                "difference from a new publication would reveal them"
            )
        )
    if len(now.source.amounts) <= AT_ONCE:
        checked = check(wish, now.source, ledger, settings.PARK.publication)
    else:
        checked = draft_table(wish, now.source, ledger)
        job = ask_for_audit(wish, ledger.last, data.version)
        with whole_park("what an audit found"):
            if job.state == Answer.State.FAILED:
                raise InputError(
                    "W265",
                    say("the audit of this table failed ({code})", code=job.result["error"]["code"]),
                    hint=say("merge sectors, or try again in a quarter of an hour"),
                )
            if job.state == Answer.State.DONE:
                checked = checked.with_told(job.result["value"])
    return Figures(_content(now, checked), checked, data.version, ledger)


def publish(wish: Wish, title: str, by: Person, seen: str = "") -> Publication:
    """Publish the figures of a year.

    Parameters
    ----------
    wish : Wish
    title : str
    by : Person
        Of the office.
    seen : str
        Data version of the reviewed figures; '' if not given.

    Raises
    ------
    InputError
        W265 if there is nothing to publish, or the table lacks what is to be merged or withheld; W330 if the
        figures would reveal an enterprise's data, or data were released, approved or deleted meanwhile.
    """
    found = figures(wish)
    if seen and seen != found.data_version:
        raise _meanwhile(say("the approved data have changed in the meantime"))
    _require_lines(wish, found.checked.groups)
    if not found.checked.audited:
        raise InputError("W330", say("this table is being audited"), hint=say("try again in a moment"))
    if not found.checked.passes:
        raise InputError(
            "W330",
            say("these figures would reveal an enterprise's data"),
            hint=say("merge sectors or withhold figures, as the page of the publication proposes"),
        )
    with whole_park("sums are published, and what each has in them is kept apart"), transaction.atomic():
        LogEntry.hold()  # else two publications at once would not see each other, nor a deletion
        if Ledger(wish.year).last != found.ledger.last:
            raise _meanwhile(say("other figures of this year were published in the meantime"))
        if approved().version != found.data_version:
            raise _meanwhile(say("the approved data have changed in the meantime"))
        number = 1 + (Publication.objects.aggregate(last=Max("number"))["last"] or 0)
        made = Publication(
            number=number,
            title=title.strip(),
            year=wish.year,
            content=json.loads(json.dumps(found.content), parse_float=same_number),
            data_version=found.data_version,
            made=timezone.now(),
            by=by,
        )
        entry = LogEntry.append(str(by.pk), "published", made.digest())
        made.chain_number, made.chain_head = entry.number, entry.digest
        made.save(force_insert=True)
        found.ledger.keep(found.checked.published_figures(number), str(by.pk), made)
    return made


def _require_lines(wish: Wish, groups: Sequence[Group]) -> None:
    """Refuse a wish that would be passed over in part: what was to be withheld would be published."""
    with whole_park("the sectors of the members"):
        sectors = _sectors()
    lines = {ALL, *groups} if len(groups) > 1 else {ALL}
    missing = [sector for group in wish.merged for sector in group if sector not in sectors]
    missing += [
        f"{' + '.join(group)}, {quantity}"
        for group, quantity in sorted(wish.withheld)
        if group not in lines or quantity not in QUANTITIES
    ]
    if missing:
        raise _publication_error(
            say("the table of {year} has no line `{line}`", year=wish.year, line=missing[0])
        )


def _sectors() -> set[str]:
    return set(Enterprise.objects.values_list("sector", flat=True))


def withdraw(publication: Publication, why: str, by: Person) -> None:
    """Withdraw a publication: it stays, says so, and still counts, since others have seen it.

    Raises
    ------
    InputError
        W265 where no reason is given, or it was withdrawn before.
    """
    with transaction.atomic():
        # Of two who withdraw it at once the first says why.
        before = Publication.objects.select_for_update().filter(pk=publication.pk, withdrawn=None)
        if not why.strip() or not list(before.values_list("pk")):
            raise _publication_error(say("a publication is withdrawn once, with a reason"))
        publication.withdrawn, publication.why_withdrawn = timezone.now(), why.strip()
        publication.save(update_fields=["withdrawn", "why_withdrawn"])
        LogEntry.append(str(by.pk), "publication withdrawn", publication.digest())


def _fresh() -> ApprovedData:
    """Return what is approved, with the accounts of all enterprises up to date."""
    data, waiting = bring_up_to_date()
    if waiting:
        ask_for_accounts(data.version)
        raise InputError(
            "W265",
            say("the accounts of {count} enterprises are being recomputed", count=waiting),
            hint=say("try again in a moment"),
        )
    return data


def _year(year: int, data: ApprovedData) -> _Year:
    sectors = {m.id: m.sector for m in data.members}
    source = source_of(year, sectors, {m.id: data.version_of(m.id) for m in data.members})
    rows = AccountYear.objects.filter(year=year, enterprise_id__in=source.amounts)
    signs = {row.enterprise_id: (carbon_sign(row), energy_sign(row)) for row in rows}
    return _Year(source, signs, sectors, park_sums(data, year).year)


def _content(now: _Year, checked: Checked) -> dict[str, Any]:
    quantities = [q for q in QUANTITIES if any(quantity == q for _, quantity in checked.shown)]

    def group_completeness(group: Group, those: Collection[UUID]) -> dict[str, Any]:
        signs = [now.signs.get(e, (LEAST, LEAST)) for e in those]
        carbon, energy = ([pair[k] for pair in signs] for k in (0, 1))
        return {
            "told": sum(e in now.signs for e in those),
            "whole": carbon.count(""),
            "doubted": carbon.count(DOUBTED),
            "signs": [sum_sign(carbon), sum_sign(energy)],
            "amounts": {q: _amount(checked.shown.get((group, q))) for q in quantities},
        }

    def part(group: Group) -> dict[str, Any]:
        those = [e for e, sector in now.sectors.items() if sector in group]
        name = " + ".join(s for s in group if s)
        return {
            "sector": name,
            "sectors": list(group),
            "members": len(those),
            **group_completeness(group, those),
        }

    groups = checked.groups if len(checked.groups) > 1 else ()
    return {
        "year": checked.wish.year,
        "quantities": quantities,
        "members": len(now.sectors),
        **group_completeness(ALL, now.sectors),
        **_whole_park(now.sums),
        "groups": [part(group) for group in groups],
    }


def _whole_park(sums: ParkYear | None) -> dict[str, Any]:
    """Return how complete the sums are, as page one shows it.

    Which reports contradict those of others is known for the whole park alone, not by sector.
    """
    if sums is None:
        return {}
    return {"whole": sums.whole, "doubted": sums.doubted, "signs": [sums.sign, sums.energy_sign]}


def _amount(figure: ReleasedFigure | None) -> int | None:
    """Return the value of a figure: in whole units, or None if it is withheld."""
    return None if figure is None else round((figure.low + figure.high) / 2)


def _meanwhile(what: str) -> InputError:
    return InputError("W330", what, hint=say("look at it again"))


def _publication_error(why: str) -> InputError:
    return InputError("W265", why)
