"""Key rotation: data encrypted under the old key are re-encrypted, and all sessions end.

The file first holds both keys, so that the power may go at any moment: whatever is in the database by then
can be read, and the command is run again.
"""

from __future__ import annotations

import secrets

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction

from separatrix_park.accounts.second_factor import USE
from separatrix_park.accounts.settings import PARTNERS, KeyFile
from separatrix_park.folder import ParkFolder, write_key
from separatrix_park.models.footprints import Partner
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import whole_park

__all__ = ["change_key"]

ENCRYPTED = ("secret", "seed")
"""What of a second factor is encrypted: the secret of codes by time, and that of recovery codes."""


def change_key(park: ParkFolder, by: str) -> int:
    """Give a park a new key, and return the number of re-encrypted second factors.

    Parameters
    ----------
    park : ParkFolder
    by : str
        Whom the log shall name.
    """
    file = KeyFile(park.key_file)
    held = file.keys()
    if len(held) == 1:  # two where a change before did not come to its end
        write_key(park.key_file, secrets.token_urlsafe(48), *held)
    with whole_park("second factors and partners' secrets are re-encrypted"), transaction.atomic():
        found = list(Authenticator.objects.select_for_update().order_by("pk"))
        for authenticator in found:
            data = authenticator.data
            authenticator.data = {
                name: file.reencrypt(value, USE) if name in ENCRYPTED else value
                for name, value in data.items()
            }
            authenticator.save(update_fields=["data"])
        _encrypt_partners(file)
        Session.objects.all().delete()
        LogEntry.append(by, "key changed", "key")
    write_key(park.key_file, file.keys()[0])
    return len(found)


def _encrypt_partners(file: KeyFile) -> None:
    for row in Partner.objects.select_for_update().order_by("pk"):
        if row.remote_secret:
            row.remote_secret = file.reencrypt(row.remote_secret, PARTNERS)
        if row.pending.get("remote_secret"):
            row.pending["remote_secret"] = file.reencrypt(row.pending["remote_secret"], PARTNERS)
        row.save(update_fields=["remote_secret", "pending"])
