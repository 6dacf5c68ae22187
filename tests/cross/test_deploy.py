"""What the administrator of a park installs: units of systemd and a container file."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ROOT = DEPLOY.parent
UNITS = sorted(p.name for p in DEPLOY.glob("*.service")) + sorted(p.name for p in DEPLOY.glob("*.timer"))
PROGRAM = "/opt/separatrix/bin/separatrix"

INSTRUCTIONS = set("FROM COPY RUN ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split())


def unit(name: str) -> configparser.RawConfigParser:
    """Return a unit; of settings that are given twice the last one."""
    found = configparser.RawConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(DEPLOY / name, "utf-8")
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say, and the service is exposed to little."""
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace(PROGRAM, sys.executable)
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", tmp_path / "separatrix-park.service"],
        capture_output=True,
        encoding="utf-8",
    ).stdout
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert level is not None and float(level[1]) < 2.0


@pytest.mark.parametrize("name", [n for n in UNITS if n.endswith(".service")])
def test_services_may_write_to_one_folder_and_are_nobody_else(name: str) -> None:
    """A user of their own, no privileges, the whole file system read-only but their own folder."""
    service = unit(name)["Service"]
    assert service["User"] == service["Group"] == "separatrix-park"
    for setting in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictNamespaces"):
        assert service[setting] == "yes", setting
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"
    assert service["StateDirectory"] == "separatrix-park"


@pytest.mark.parametrize("name", [n for n in UNITS if n.endswith(".service")])
def test_services_call_verbs_that_there_are(name: str) -> None:
    """What a unit starts is a command of this program, with options that it knows."""
    command = unit(name)["Service"]["ExecStart"].split()
    assert command[0] == PROGRAM
    verb = [word for word in command[1:] if not word.startswith(("-", "/")) and not word.isdecimal()]
    options = [word for word in command if word.startswith("--")]
    done = subprocess.run(
        [sys.executable, "-m", "separatrix", *verb, "--help"], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0
    assert options and [o for o in options if o not in done.stdout] == []


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file with their arguments."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in lines.splitlines() if line.strip()]  # type: ignore[misc]


def test_the_container_file_is_as_it_should_be() -> None:
    """Named versions, a number for a user that is nobody, no secrets, and commands as lists."""
    found = instructions()
    assert {name for name, _ in found} <= INSTRUCTIONS
    images = [told.split()[0] for name, told in found if name == "FROM"]
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-\w+", image) for image in images)
    users = [told for name, told in found if name == "USER"]
    assert users and re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[-1])
    after = found[[name for name, _ in found].index("USER") :]
    assert not any(name in ("RUN", "COPY") for name, _ in after)
    for name, told in found:
        if name in ("CMD", "ENTRYPOINT"):
            assert told.startswith("[") and told.endswith("]")
        assert not re.search(r"(?i)password|secret|token", told)
    image_version = re.search(r"python:3\.(\d+)", images[0])
    assert image_version is not None
    assert f"constraints/py3{image_version[1]}.txt" in (DEPLOY / "Containerfile").read_text("utf-8")
    assert (ROOT / "constraints" / f"py3{image_version[1]}.txt").exists()


def test_the_page_on_running_a_park_names_what_there_is() -> None:
    """Each file that it speaks of is in the repository, and each unit is spoken of."""
    page = (ROOT / "docs" / "how-to" / "run-a-park.md").read_text("utf-8")
    assert all((ROOT / path).exists() for path in re.findall(r"deploy/[\w.-]+\w", page) if "*" not in path)
    assert "separatrix-park-backup.timer" in page and "deploy/Containerfile" in page
