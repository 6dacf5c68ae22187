"""What the platform keeps: people and enterprises, their reports, and the log of all changes."""

from separatrix.serve.park.models.accounts import (
    AccountLine,
    AccountYear,
    Comparison,
    EnterpriseAccount,
    OfficeTable,
    YearBudget,
)
from separatrix.serve.park.models.answers import Answer
from separatrix.serve.park.models.footprints import (
    FootprintChoice,
    FootprintDelivery,
    FootprintGrant,
    FootprintRequest,
    Partner,
    ProductRollUp,
    PublishedFootprint,
    ReceivedEvent,
    ReceivedFootprint,
    RollUpInput,
    SentEvent,
    SupplyLink,
)
from separatrix.serve.park.models.log import LogEntry, Publication
from separatrix.serve.park.models.people import Enterprise, Invitation, Person
from separatrix.serve.park.models.programs import RepeatableRequest, Token
from separatrix.serve.park.models.releases import Release, ReleasedValue
from separatrix.serve.park.models.reports import Deadline, Evidence, Report, Sharing
from separatrix.serve.park.scope import Role

__all__ = [
    "AccountLine",
    "AccountYear",
    "Answer",
    "Comparison",
    "Deadline",
    "Enterprise",
    "EnterpriseAccount",
    "Evidence",
    "FootprintChoice",
    "FootprintDelivery",
    "FootprintGrant",
    "FootprintRequest",
    "Invitation",
    "LogEntry",
    "OfficeTable",
    "Partner",
    "Person",
    "ProductRollUp",
    "Publication",
    "PublishedFootprint",
    "ReceivedEvent",
    "ReceivedFootprint",
    "Release",
    "ReleasedValue",
    "RepeatableRequest",
    "Report",
    "Role",
    "RollUpInput",
    "SentEvent",
    "Sharing",
    "SupplyLink",
    "Token",
    "YearBudget",
]
