"""Letters go out beside the answer: the time that a page takes does not tell whether there was one."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from threading import Thread

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string

__all__ = ["LetterBox", "send_link"]

_log = logging.getLogger("separatrix.park")


class LetterBox(EmailBackend):
    """SMTP in a thread of its own; what cannot be delivered is told in the log of the service."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Take letters, and return how many."""
        Thread(target=self._deliver, args=(tuple(email_messages),), daemon=True).start()
        return len(email_messages)

    def _deliver(self, letters: tuple[EmailMessage, ...]) -> None:
        try:
            super().send_messages(list(letters))
        except (OSError, smtplib.SMTPException) as problem:  # no address in it: logs are read by many
            _log.warning("a letter could not be sent: %s", type(problem).__name__)


def send_link(address: str, link: str, kind: str) -> bool:
    """Send somebody a link by which they join or set a password; False where the park has no mail server.

    Parameters
    ----------
    address : str
        The e-mail address of the person.
    link : str
        The whole address of the page.
    kind : str
        ``invitation`` or ``password``: what the letter says.
    """
    if settings.PARK.access.mail is None:
        return False
    subject, _, body = render_to_string(
        f"letters/{kind}.txt", {"park": settings.PARK, "link": link}
    ).partition("\n")
    EmailMessage(f"[{settings.PARK.name}] {subject}", body.strip() + "\n", to=[address]).send()
    return True
