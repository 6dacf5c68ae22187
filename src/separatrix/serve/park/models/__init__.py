"""What the platform keeps: people and enterprises, their reports, and the log of all changes."""

from separatrix.serve.park.models.log import LogEntry
from separatrix.serve.park.models.people import Enterprise, Invitation, Person, Role
from separatrix.serve.park.models.reports import Report

__all__ = ["Enterprise", "Invitation", "LogEntry", "Person", "Report", "Role"]
