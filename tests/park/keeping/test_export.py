"""Export: all that an enterprise entered and nothing of anybody else, as other programs read it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from park.conftest import PASSWORD, Join
from park.keeping.filled_park import fill
from separatrix_park.folder import ParkFolder


def exported(client: Any, enterprise: Any) -> dict[str, bytes]:
    """Return the files of an export."""
    answer = client.post(f"/data/{enterprise.pk}/export/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def signed_in(email: str) -> Any:
    """Return a browser of somebody who is there already."""
    from django.test import Client

    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    client = Client(SERVER_NAME="localhost")
    with whole_park("the tests sign somebody in"):
        person = Person.objects.get(email=email)
        person.set_password(PASSWORD)
        person.save()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_file_that_is_exported_is_read_by_nobody_else(park: ParkFolder, tmp_path: Path) -> None:
    """All that an enterprise entered is in it: other accounts of the machine may not open it."""
    from separatrix_park.records.export import export
    from separatrix_park.scope import whole_park

    first, *_ = fill(park.path)
    with whole_park("the tests export what one enterprise entered"):
        export(park, first, tmp_path / "export.zip", "tests")
    assert os.name == "nt" or (tmp_path / "export.zip").stat().st_mode & 0o077 == 0


def test_an_enterprise_takes_all_that_it_entered_along(park: ParkFolder, tmp_path: Path) -> None:
    """Tables that `separatrix cluster check` reads, every version with its proof, evidence, and its log."""
    from separatrix_park.models import LogEntry

    first, second, *_ = fill(park.path)
    client = signed_in("a0@e.example")
    files = exported(client, first)
    whole = b"".join(files.values()).decode("utf-8", "replace")
    assert "secret-0" in whole and "bill 0 500" in whole
    for other in ("secret-1", "bill 1", "a1@e.example", str(second.pk)):
        assert other not in whole
    proof = json.loads(files["reports/energy-2025-v1.json"])
    content = json.dumps([proof["table"], proof["year"], proof["version"], proof["rows"]], sort_keys=True)
    digest = hashlib.sha256(bytes.fromhex(proof["salt"]) + content.encode()).hexdigest()
    assert digest == proof["hash"] and LogEntry.objects.filter(subject=digest).exists()
    assert digest in files["log.csv"].decode()
    for line in files["checksums.txt"].decode().splitlines():
        expected, _, name = line.partition("  ")
        assert hashlib.sha256(files[name]).hexdigest() == expected
    assert set(files) == {
        line.partition("  ")[2] for line in files["checksums.txt"].decode().splitlines()
    } | {"checksums.txt"}
    for name in [n for n in files if n.startswith("cluster/")]:
        (tmp_path / name.removeprefix("cluster/")).write_bytes(files[name])
    done = subprocess.run(
        [sys.executable, "-m", "separatrix", "cluster", "check", tmp_path, "--format", "json"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "钢铁" in files["README.txt"].decode() and "录入的全部内容" in files["README.txt"].decode()
    assert LogEntry.objects.order_by("-number").first().action == "exported"


def test_nobody_takes_what_is_another_s(park: ParkFolder, join: Join) -> None:
    """A neighbour finds nothing, an auditor may not, the office may; entry deletes nothing."""
    first, second, *_ = fill(park.path)
    neighbour, own = signed_in("b1@e.example"), signed_in("a0@e.example")
    deletion = {"table": "energy", "year": "2025", "why": "x"}
    for place, given in (("export", {}), ("delete-report", deletion), ("delete", {"key": "E0"})):
        assert neighbour.post(f"/data/{first.pk}/{place}/", given).status_code == 404
    assert neighbour.get(f"/data/{first.pk}/").status_code == 404
    assert own.post(f"/data/{first.pk}/delete-report/", deletion).status_code == 403
    assert own.get("/data/").status_code == 200
    auditor = join("auditor@example.org", "auditor")
    assert auditor.post(f"/data/{first.pk}/export/").status_code == 403
    office = join("office@example.org", "office")
    assert "secret-1" in b"".join(exported(office, second).values()).decode("utf-8", "replace")
    assert str(first.pk) in office.get("/data/").content.decode()


def test_an_enterprise_deletes_a_report_and_leaves(park: ParkFolder) -> None:
    """With a reason, the id and the password typed again; then its people are gone and cannot come back."""
    from allauth.mfa.models import Authenticator

    from separatrix_park.models import Enterprise, Person, Report
    from separatrix_park.scope import whole_park

    first, *_ = fill(park.path)
    client = signed_in("b0@e.example")
    with whole_park("the tests look on"):
        Authenticator.objects.create(
            user=Person.objects.get(email="b0@e.example"), type=Authenticator.Type.TOTP, data={"secret": "x"}
        )
    page = client.post(
        f"/data/{first.pk}/delete-report/", {"table": "energy", "year": "2025", "why": "x"}, follow=True
    )
    assert "Deleted: 1 versions, 1 files" in page.content.decode()
    with whole_park("the tests look at the report"):
        assert Report.objects.get(enterprise=first).rows == []
    asked = client.post(f"/data/{first.pk}/delete/", {"key": "E1"})
    assert "/reauthenticate/" in asked["Location"]
    page = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert "Nothing was deleted" in page.content.decode()
    assert client.post(f"/data/{first.pk}/delete/", {"key": "E0"}).status_code == 302
    assert client.get("/").status_code == 302
    with whole_park("the tests look for the enterprise"):
        assert not Enterprise.objects.filter(pk=first.pk).exists()


def test_what_partners_sent_and_got_is_taken_along_without_secrets(park: ParkFolder) -> None:
    """Records as they are, who sees and has which, what was asked for; nothing that signs anybody in."""
    from separatrix_park import models as kept
    from separatrix_park.scope import whole_park

    first, second, *_ = fill(park.path)
    record, sent = {"id": "own", "pcf": {"x": "1.5"}}, {"id": "theirs", "comment": "=1+1"}
    with whole_park("the tests fill a park"):
        for enterprise, name in ((first, "Steel"), (second, "neighbours-partner")):
            own: dict[str, Any] = {"enterprise": enterprise}
            partner = kept.Partner.objects.create(
                name=name,
                state="approved",
                client_id=f"client-{name}",
                secret_hash="5ec4e7" + "0" * 58,
                remote_client="we",
                remote_secret="s3cret",
                pending={"secret": "s3cret"},
                **own,
            )
            between = {"partner": partner, **own}
            footprint = kept.PublishedFootprint.objects.create(
                product_id="urn:p", product="Coil", record=record, state="published", **own
            )
            kept.FootprintGrant.objects.create(footprint=footprint, **between)
            kept.FootprintDelivery.objects.create(footprint=footprint, **between)
            kept.ReceivedFootprint.objects.create(
                pf_id=partner.pk,
                product_ids=["urn:q"],
                product="=Ore",
                record=sent,
                digest="d",
                way="list",
                **between,
            )
            kept.FootprintRequest.objects.create(
                ours=True, event_id="e1", product_ids=["urn:q"], comment=f"please, {name}", **between
            )
            kept.SupplyLink.objects.create(input="ore", product_id="urn:q", partner=partner, **own)
            kept.FootprintChoice.objects.create(
                allocation="mass", products_for_park=[f"coil for {name}"], **own
            )
    files = exported(signed_in("a0@e.example"), first)
    whole = b"".join(files.values()).decode("utf-8", "replace")
    for absent in ("5ec4e7", "s3cret", "neighbours-partner"):
        assert absent not in whole
    with whole_park("the tests look at a record"):
        (number,) = kept.PublishedFootprint.objects.filter(enterprise=first).values_list("pk", flat=True)
    assert json.loads(files[f"footprints/{number}.json"]) == record
    (received,) = [name for name in files if name.startswith("footprints/received/")]
    assert json.loads(files[received]) == sent
    tables = {name: files[name].decode().splitlines() for name in files if name.endswith(".csv")}
    assert "Steel" in tables["partners.csv"][1] and "client-Steel" in tables["partners.csv"][1]
    assert tables["footprints.csv"][1].count("Steel") == 2
    assert "'=Ore" in tables["received.csv"][1] and received in tables["received.csv"][1]
    assert "please, Steel" in tables["requests.csv"][1] and "Steel" in tables["supplies.csv"][1]
    assert tables["choices.csv"][1].startswith("mass,") and "coil for Steel" in tables["choices.csv"][1]
