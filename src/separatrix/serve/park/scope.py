"""What a person may see: the one place where reports and enterprises are looked up on somebody's behalf."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from separatrix.serve.park.models.people import Enterprise, Person, Role
from separatrix.serve.park.models.reports import Report

__all__ = ["enterprises_of", "reports_of", "require"]

SEES_ALL = (Role.OFFICE, Role.AUDITOR)


def reports_of(person: Person) -> QuerySet[Report]:
    """Return the reports that a person may read."""
    if person.role in SEES_ALL:
        return Report.objects.all()
    if person.enterprise_id is None:
        return Report.objects.none()
    return Report.objects.filter(enterprise_id=person.enterprise_id)


def enterprises_of(person: Person) -> QuerySet[Enterprise]:
    """Return the enterprises that a person may read of."""
    if person.role in SEES_ALL:
        return Enterprise.objects.all()
    return Enterprise.objects.filter(pk=person.enterprise_id)


def require(person: object, *roles: str) -> Person:
    """Return the person if they have one of the roles; refuse everybody else."""
    if not isinstance(person, Person) or not person.is_active or person.role not in roles:
        raise PermissionDenied
    return person
