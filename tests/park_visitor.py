"""Somebody at a served park without a browser: opens pages, and sends the forms that stand on them."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

__all__ = ["PagePart", "Visitor", "text_of"]

PASSWORD = "a horse that counts batteries"
PATIENCE = 60.0


@dataclass
class PagePart:
    """A form as it stands on a page: where it goes, what it sends by itself, and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Gathers the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[PagePart] = []
        self._open: PagePart | None = None
        self._text = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, or what it sends."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PagePart(told.get("action", ""))
            self.found.append(self._open)
        if self._open is None or tag not in ("input", "button", "select", "option", "textarea"):
            return
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "button":
            self._open.buttons.append((name, value))
        elif tag in ("select", "textarea"):
            self._select = name
            self._open.fields.setdefault(name, "")
        elif tag == "option":
            if "selected" in told:
                self._open.fields[self._select] = value
        elif name and (told.get("type") not in ("checkbox", "radio", "submit") or "checked" in told):
            self._open.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._open = None


def text_of(page: str) -> str:
    """Return what a page says, without its marks.

    Examples
    --------
    >>> text_of("<main>one <b>two</b><script>three</script></main>")
    'one two'
    """
    bare = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]*>", " ", page)
    return " ".join(bare.split())


class Visitor:
    """A person, or a program, at one park.

    Parameters
    ----------
    home : str
        The address of the park.
    trust : ssl.SSLContext
    """

    def __init__(self, home: str, trust: ssl.SSLContext) -> None:
        self._client = httpx.Client(base_url=home, verify=trust, follow_redirects=True, timeout=PATIENCE)

    def open(self, path: str, status: int = 200) -> str:
        """Return a page."""
        answer = self._client.get(path)
        assert answer.status_code == status, (path, answer.status_code, text_of(answer.text)[:500])
        return answer.text

    def send(self, path: str, to: str = "", status: int = 200, **given: Any) -> str:
        """Open a page, fill one of its forms in, and return the page that follows.

        Parameters
        ----------
        path : str
            Of the page.
        to : str
            What the form's address has to hold; without it the first form of which all fields are known.
        status : int
            Of the answer.
        """
        page = self._client.get(path)
        asked = [
            form
            for form in _Forms(page.text).found
            if to in form.action and set(given) <= {*form.fields, *(name for name, _ in form.buttons)}
        ]
        assert asked, (path, to, given, text_of(page.text)[:2000])
        address = urljoin(str(page.url), asked[0].action or str(page.url))
        answer = self._client.post(address, data=asked[0].fields | given, headers={"Referer": str(page.url)})
        assert answer.status_code == status, (path, answer.status_code, text_of(answer.text)[:2000])
        return answer.text

    def join(self, link: str) -> Visitor:
        """Make an account by a link."""
        self.send(link, password=PASSWORD)
        return self
