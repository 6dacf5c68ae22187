"""What can be reported: the tables, their columns, and what each means."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Router, Schema

from separatrix.cluster.tables.layout import FieldLayout, TableLayout, layouts
from separatrix.serve.park.api.guard import EVERYBODY, for_roles

__all__ = ["router"]

router = Router(tags=["tables"])


class ColumnTold(Schema):
    """A column of a table."""

    name: str
    kind: str = Field(description="What its cells hold, such as number or text.")
    meaning: str
    required: bool
    choices: list[str] = Field(description="What a cell may say; empty where that is free.")
    low: float | None
    high: float | None
    example: str


class TableTold(Schema):
    """A table that enterprises may report."""

    name: str
    meaning: str
    key: list[str] = Field(description="The columns that together name a row once.")
    columns: list[ColumnTold]


def _meaning(told: TableLayout | FieldLayout) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (told.meaning_zh if chinese else "") or told.meaning


def _table(layout: TableLayout) -> TableTold:
    return TableTold(
        name=layout.name,
        meaning=_meaning(layout),
        key=list(layout.key),
        columns=[
            ColumnTold(
                name=c.name,
                kind=c.kind,
                meaning=_meaning(c),
                required=c.required,
                choices=list(c.choices),
                low=c.low,
                high=c.high,
                example=c.example,
            )
            for c in layout.columns.values()
        ],
    )


@router.get(
    "/tables",
    response=list[TableTold],
    summary=_("The tables that can be reported"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_tables(request: HttpRequest) -> list[TableTold]:
    """Tell every table that an enterprise can report, with its columns and what they mean."""
    return [_table(layout) for layout in layouts().values() if "enterprise" in layout.columns]


@router.get(
    "/tables/{name}",
    response=TableTold,
    summary=_("One table"),
    openapi_extra=for_roles(*EVERYBODY),
)
def get_table(request: HttpRequest, name: Path[str]) -> TableTold:
    """Tell one table."""
    if name not in layouts():
        raise Http404
    return _table(layouts()[name])
