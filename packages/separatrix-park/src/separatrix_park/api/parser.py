"""How a body is read: JSON without what its readers disagree on, and text that every database can hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from separatrix_park.api.errors import Refused
from separatrix_park.folder import holdable, strict_json

__all__ = ["StrictParser"]


class StrictParser(Parser):
    """Reads what a program sends, and refuses what could be understood in two ways."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the JSON of a body."""
        if request.content_type != "application/json":
            raise Refused(415)
        try:
            return strict_json(request.body)
        except ValueError:
            raise Refused(400) from None

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the fields of a query or a form, each given once."""
        for name, values in data.lists():
            if isinstance(data, QueryDict) and not all(map(holdable, (name, *values))):
                raise Refused(400)
            if name not in list_fields and len(values) > 1:
                raise Refused(400)
        return super().parse_querydict(data, list_fields, request)
