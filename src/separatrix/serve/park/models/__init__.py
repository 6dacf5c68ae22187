"""What the platform keeps: people and enterprises, their reports, and the log of all changes."""

from separatrix.serve.park.models.answers import Answer
from separatrix.serve.park.models.log import LogEntry, Publication, PublishedValue
from separatrix.serve.park.models.people import Enterprise, Invitation, Person
from separatrix.serve.park.models.programs import RepeatableRequest, Token
from separatrix.serve.park.models.reports import Deadline, Evidence, Report, Sharing
from separatrix.serve.park.scope import Role

__all__ = [
    "Answer",
    "Deadline",
    "Enterprise",
    "Evidence",
    "Invitation",
    "LogEntry",
    "Person",
    "Publication",
    "PublishedValue",
    "RepeatableRequest",
    "Report",
    "Role",
    "Sharing",
    "Token",
]
