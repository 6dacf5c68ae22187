"""The page's own computing, asked on Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

__all__ = ["asked"]

PARITY = Path(__file__).parents[4] / "web" / "parity"


def asked(program: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return what a program of `web/parity` answers; skip the test where there is no Node."""
    beside = Path(sys.executable).parent / "node"
    node = str(beside) if beside.exists() else shutil.which("node")
    if node is None:
        pytest.skip("no node here: the page's own computing cannot be asked")
    done = subprocess.run(
        [node, str(PARITY / program)],
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
