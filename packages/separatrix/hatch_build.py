"""Metadata that pyproject.toml cannot hold: the README with absolute links, and the addresses of the project.

Both come from one setting, `repository` under `[tool.hatch.metadata.hooks.custom]`.  While it is empty the
links stay as they are and no address is claimed; `make release-check` refuses to go on then.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(?P<picture>!?)(?P<text>\[[^\]]*\])\((?![a-z]+:|#)(?P<path>[^)\s]+)\)")


class CustomMetadataHook(MetadataHookInterface):
    """Fill in `readme` and `urls`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add both to the metadata that are written into the distributions."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        repository = str(self.config.get("repository", "")).rstrip("/")
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(text, repository)}
        metadata["urls"] = addresses(repository)


def addresses(repository: str) -> dict[str, str]:
    """Return the addresses that an index shows; none where the repository is not known."""
    if not repository:
        return {}
    return {
        "Source": repository,
        "Documentation": f"{repository}/tree/main/docs",
        "Changelog": f"{repository}/blob/main/CHANGELOG.md",
        "Issues": f"{repository}/issues",
    }


def absolute(text: str, repository: str) -> str:
    """Return Markdown in which links to files lead to the repository, where that is known."""
    if not repository:
        return text

    def link(found: re.Match[str]) -> str:
        kind = "raw" if found["picture"] else "blob"
        return f"{found['picture']}{found['text']}({repository}/{kind}/main/{found['path']})"

    return LINK.sub(link, text)
