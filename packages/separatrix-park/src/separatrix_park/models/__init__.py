"""What the platform keeps: people and enterprises, their reports, and the log of all changes."""

from separatrix_park.models.accounts import (
    AccountLine,
    AccountYear,
    Comparison,
    EnterpriseAccount,
    OfficeTable,
    YearBudget,
)
from separatrix_park.models.answers import Answer
from separatrix_park.models.footprints import (
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
from separatrix_park.models.log import LogEntry, Publication
from separatrix_park.models.people import Enterprise, Invitation, Person
from separatrix_park.models.programs import RepeatableRequest, Token
from separatrix_park.models.releases import Release, ReleasedValue
from separatrix_park.models.reports import Deadline, Evidence, Report, Sharing
from separatrix_park.scope import Role

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
