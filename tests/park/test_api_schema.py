"""The API against its own description: requests made from it, as each role, end without a server error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from park.footprints.makers import bought, described, link, maker, received, record, worked_out
from park.footprints.nodes import record_of
from park.programs import ENERGY, ROWS, Program, program
from park_set_up import KINDS, park_on, postgresql
from separatrix_park.folder import ParkFolder

ROLES = ("office", "auditor", "entry", "approval")
FIRST = "00000000-0000-4000-8000-000000000001"
"""The id of what has no number, such as a partner."""

EXAMPLES = 1
"""Requests of each operation that every role sends in the usual run."""


@pytest.fixture
def on_postgresql() -> Iterator[ParkFolder]:
    """Give an empty park on PostgreSQL, where a value that the database does not take ends in an error."""
    with park_on("postgresql") as folder, described(folder):
        yield folder


def programs_of_each_role() -> dict[str, Program]:
    """Return a program of each role, in a park with a report, evidence, a deadline and footprints."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from park.programs import bearer, stranger
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit a member"):
        member = Enterprise.objects.create(key="E01", name="Smelter")
    found = {
        role: program(f"{role}@example.org", role, member if role in ("entry", "approval") else None)
        for role in ROLES
    }
    number = found["entry"].ask("put", ENERGY, {"rows": ROWS}).json()["id"]
    stranger().post(
        f"/api/v1/reports/{number}/evidence",
        {"file": SimpleUploadedFile("bill.pdf", b"%PDF-1.7")},
        headers=bearer(found["entry"].secret),
    )
    found["office"].ask("put", "deadlines/energy/2025", {"due": "2026-03-31T23:59:59Z"})
    plant_footprints(member)
    return found


def plant_footprints(member: Any) -> None:
    """Give an enterprise a product, a purchase, a partner, and footprints that went to and fro."""
    from separatrix_park.models import FootprintRequest, Partner, PublishedFootprint
    from separatrix_park.scope import whole_park

    maker("E01", "steel", 3000, [bought("ore", 500)])
    with whole_park("the tests make a partner with an id that is known"):
        mine = Partner.objects.create(pk=FIRST, enterprise=member, name="Mine", state="approved")
        FootprintRequest.objects.create(enterprise=member, partner=mine, ours=False, event_id="1")
        kept = {"product_id": "urn:gtin:4712345060507", "product": "cement", "record": record_of()}
        PublishedFootprint.objects.create(pk=FIRST, enterprise=member, **kept)
    ore = received(mine, record("ore", 2.0))
    link(member, "ore", partner=mine, product_id=ore.product_ids[0])
    worked_out(member)


def known(path: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of an address with values that lead to something."""
    there = {"number": 1, "key": "E01", "table": "energy", "name": "energy", "year": 2025}
    there["identifier"] = FIRST
    return {name: there.get(name, value) for name, value in path.items()}


def test_no_request_made_from_the_description_ends_in_a_server_error(on_postgresql: ParkFolder) -> None:
    """What each role is answered has the status, the type and the form that the description tells."""
    import schemathesis
    from django.core.wsgi import get_wsgi_application
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    from park.programs import bearer

    roles = programs_of_each_role()
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), headers={"Host": "localhost"}
    )
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    sent = 0

    def hold(operation: Any) -> None:
        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            nonlocal sent
            for own in roles.values():
                case.path_parameters = known(case.path_parameters or {})
                headers = bearer(own.secret) | {"Host": "localhost", "If-Match": "*"}
                case.call_and_validate(headers=headers, checks=checks)
                sent += 1

        asked()

    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] != "revoke_token":  # of the tokens that ask
            hold(operation)
    assert sent > 200


SECONDS = 75
"""Of each role on each database: ten minutes in all."""


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_ten_minutes_of_requests_find_no_server_error(kind: str, tmp_path: Path) -> None:
    """Schemathesis in all its phases, as each role, against a served park that is full of reports."""
    command = [sys.executable, "-m", "separatrix", "park"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    folder = tmp_path / "park"
    owner, service = postgresql() if kind == "postgresql" else ("", "")
    where = ["--database", service, "--database-owner", owner] if service else []
    for more in (
        ["init", str(folder), "--name", "Soak", "--email", "a@example.org", "--country", "CN", *where],
        ["admin", "seed", str(folder)],
    ):
        subprocess.run([*command, *more], env=environment, check=True, stdout=subprocess.DEVNULL)
    with (folder / "park.toml").open("a", encoding="utf-8") as description:
        description.write("\n[access]\nsecond_factor = []\n")
    tokens = subprocess.run(
        [sys.executable, "-c", TOKENS, str(folder)],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout.split()
    tool = shutil.which("st", path=str(Path(sys.executable).parent))
    assert tool is not None and len(tokens) == len(ROLES)
    served = subprocess.Popen(
        [*command, "serve", str(folder), "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert served.stdout is not None
        base = served.stdout.readline().strip()
        for token in tokens:
            done = subprocess.run(
                [tool, "run", f"{base}api/v1/openapi.json", "-H", f"Authorization: Bearer {token}",
                 "--exclude-operation-id", "revoke_token", "--checks", "all",
                 "--exclude-checks", "positive_data_acceptance", "--max-time", str(SECONDS), "--no-color"],
                cwd=tmp_path, env=environment, encoding="utf-8",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout[-6000:]
    finally:
        served.terminate()
        served.wait(30)


TOKENS = """
import sys
from pathlib import Path
from separatrix_park.database import configure
from separatrix_park.folder import open_park
configure(open_park(Path(sys.argv[1])))
from separatrix_park.models import Enterprise, Person
from separatrix_park.scope import whole_park
from separatrix_park.tokens import issue
with whole_park("the tests make a program of each role"):
    member = Enterprise.objects.order_by("key").first()
    for role in ("office", "auditor", "entry", "approval"):
        own = member.pk if role in ("entry", "approval") else None
        person = Person.objects.create_user(f"{role}@soak.example", role, own)
        print(issue(person, "soak", 1, reads_only=False)[1])
"""
"""Makes a token of each role in the folder of a park, in a process of its own."""
