"""What can be reported: the tables, their columns, and what each means."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Router, Schema

from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.reporting.tables import ReportedTable, column_name, meaning_in, reported_tables
from separatrix_park.scope import library_language

__all__ = ["router"]

router = Router(tags=["tables"])


class ColumnTold(Schema):
    """A column of a table."""

    name: str
    title: str = Field(description="What people call it.")
    kind: str = Field(description="What its cells hold, such as number or text.")
    meaning: str
    required: bool
    choices: list[str] = Field(description="What a cell may say; empty where that is free.")
    low: float | None
    high: float | None
    example: str


class TableTold(Schema):
    """A table that enterprises report."""

    name: str
    meaning: str
    dated: bool = Field(description="Whether each year has a report of its own; else the year is 0.")
    single: bool = Field(description="Whether a report has one row.")
    key: list[str] = Field(description="The columns that together name a row once.")
    columns: list[ColumnTold]


def _table_schema(table: ReportedTable) -> TableTold:
    language = library_language()
    return TableTold(
        name=table.name,
        meaning=meaning_in(table.layout, language),
        dated=table.dated,
        single=table.single,
        key=list(table.key),
        columns=[
            ColumnTold(
                name=c.name,
                title=column_name(c, language),
                kind=c.kind,
                meaning=meaning_in(c, language),
                required=c.required,
                choices=list(c.choices),
                low=c.low,
                high=c.high,
                example=c.example,
            )
            for c in table.columns
        ],
    )


@router.get(
    "/tables",
    response=list[TableTold],
    summary=_("The tables that can be reported"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_tables(request: HttpRequest) -> list[TableTold]:
    """Return every table that enterprises report, with its columns and their meaning."""
    return [_table_schema(table) for table in reported_tables().values()]


@router.get(
    "/tables/{name}",
    response=TableTold,
    summary=_("One table"),
    openapi_extra=for_roles(*EVERYBODY),
)
def get_table(request: HttpRequest, name: Path[str]) -> TableTold:
    """Return one table."""
    if name not in reported_tables():
        raise Http404
    return _table_schema(reported_tables()[name])
