"""E-mail is sent outside the response: the response time does not reveal whether an e-mail was sent."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from threading import Thread
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext

__all__ = ["LetterBox", "post_link"]

_log = logging.getLogger("separatrix.park")


class LetterBox(EmailBackend):
    """SMTP in a separate thread; delivery failures are logged by the service.

    Parameters
    ----------
    wait : bool
        Whether the sender waits for the mail server and learns of its refusal.
    """

    def __init__(self, *arguments: Any, wait: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.wait = wait

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Take letters, and return how many."""
        if self.wait:
            return int(super().send_messages(email_messages) or 0)
        Thread(target=self._deliver, args=(tuple(email_messages),), daemon=True).start()
        return len(email_messages)

    def _deliver(self, letters: tuple[EmailMessage, ...]) -> None:
        try:
            super().send_messages(list(letters))
        except (OSError, smtplib.SMTPException) as problem:  # no address in it: logs are read by many
            _log.warning("a letter could not be sent: %s", type(problem).__name__)


def post_link(request: HttpRequest, address: str, link: str, kind: str) -> bool:
    """Send a person a link to join or to set a password; False if the park has no mail server.

    The sender's next page shows whether the mail server accepted the message. It is sent after the
    transaction: while the server is slow, no other request may wait for locks of this one.

    Parameters
    ----------
    request : HttpRequest
    address : str
        The e-mail address of the person.
    link : str
        The whole address of the page.
    kind : str
        ``invitation`` or ``password``: what the letter says.
    """
    if settings.PARK.access.mail is None:
        return False
    told = render_to_string(f"letters/{kind}.txt", {"park": settings.PARK, "link": link})
    subject, _, body = told.partition("\n")
    letter = EmailMessage(f"[{settings.PARK.name}] {subject}", body.strip() + "\n", to=[address])

    def send() -> None:
        try:
            get_connection(wait=True).send_messages([letter])
        except (OSError, smtplib.SMTPException) as problem:
            _log.warning("a letter could not be sent: %s", type(problem).__name__)
            messages.error(
                request, gettext("The mail server did not accept the message; create a new link later.")
            )
        else:
            messages.success(request, gettext("The link was sent by e-mail."))

    transaction.on_commit(send)
    return True
