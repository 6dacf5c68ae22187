"""Sessions in the database, without their name and content in clear text.

A row is found by the hash of the browser's cookie, and its content is encrypted under the park's key: a
copy of the database does not allow a login.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends import db

from separatrix.errors import InputError
from separatrix_park.accounts.settings import KeyFile

__all__ = ["SessionStore"]

USE = "sessions"


def _row_of(session_key: str | None) -> str:
    """Return under which name a session is kept; 160 bits of a hash of 165 random ones."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Django's sessions in the database, hashed and encrypted."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the content of a session as the database keeps it."""
        return KeyFile(settings.PARK.key_file).encrypt(json.dumps(session_dict), USE)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Return the content of a session; nothing where the key was changed since."""
        text = session_data.decode() if isinstance(session_data, bytes) else session_data
        try:
            found: dict[str, Any] = json.loads(KeyFile(settings.PARK.key_file).decrypt(text, USE))
        except InputError:
            return {}
        return found

    def _get_session_from_db(self) -> Any:
        own = self.session_key
        self._session_key = _row_of(own)
        found = super()._get_session_from_db()
        if found is not None:
            self._session_key = own
        return found

    async def _aget_session_from_db(self) -> Any:
        return await sync_to_async(self._get_session_from_db)()

    def exists(self, session_key: str) -> bool:
        """Return whether there is such a session."""
        return super().exists(_row_of(session_key))

    async def aexists(self, session_key: str) -> bool:
        """Return whether there is such a session."""
        return await sync_to_async(self.exists)(session_key)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this session."""
        made = super().create_model_instance(data)
        made.session_key = _row_of(made.session_key)
        return made

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this session."""
        return await sync_to_async(self.create_model_instance)(data)

    def delete(self, session_key: str | None = None) -> None:
        """End a session."""
        named = session_key or self.session_key
        if named is not None:
            super().delete(_row_of(named))

    async def adelete(self, session_key: str | None = None) -> None:
        """End a session."""
        await sync_to_async(self.delete)(session_key)
