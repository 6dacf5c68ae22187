"""The log as each role sees it, and its check on the page."""

from __future__ import annotations

import ast

from park.conftest import Join
from separatrix_park.folder import ParkFolder
from source_files import source_files


def test_each_role_reads_its_own_part_of_the_log(join: Join) -> None:
    """The office and auditors read all; an enterprise what is about it, with its own names."""
    from separatrix_park.scope import whole_park

    office, auditor = join("office@example.org", "office"), join("auditor@example.org", "auditor")
    mine = join("a@e1.example", "entry", "E01", office)
    join("a@e2.example", "entry", "E02", office)
    from separatrix_park.models import LogEntry, Person
    from separatrix_park.models.people import scope_of
    from separatrix_park.scope import scoped

    for email in ("a@e1.example", "a@e2.example"):
        with whole_park("the tests look on"):
            person = Person.objects.get(email=email)
        with scoped(scope_of(person)):
            LogEntry.append(str(person.pk), "saved", "0" * 64)
    for reader in (office, auditor):
        page = reader.get("/log/?action=saved").content.decode()
        assert "a@e1.example" in page and "a@e2.example" in page
        assert "/log/check/" in page
    page = mine.get("/log/").content.decode()
    assert "draft saved" in page and "a@e1.example" in page
    assert "a@e2.example" not in page and "/log/check/" not in page
    assert mine.get("/log/check/").status_code == 403
    number, _, digest = mine.get("/log/head.txt").content.decode().strip().partition(":")
    assert LogEntry.objects.get(number=int(number)).digest == digest


def test_the_office_checks_the_log_and_a_head_from_paper(park: ParkFolder, join: Join) -> None:
    """A head that was printed is found again; another one is told, and so is what is none."""
    office = join("office@example.org", "office")
    head = office.get("/log/head.txt").content.decode().strip()
    join("auditor@example.org", "auditor")

    def page(text: str) -> str:
        return str(office.get("/log/check/", {"head": text}).content.decode())

    assert "the log is intact" in page("") and 'class="notice good"' in page("")
    assert "contains the head you typed" in page(head)
    number = head.partition(":")[0]
    assert f"entry {number} does not have the hash that was printed" in page(f"{number}:{'0' * 64}")
    assert "is not the head of a log" in page("12")
    office.post("/i18n/setlang/", {"language": "zh-hans"})
    assert "日志完整" in page(head)


def test_each_action_has_a_name_that_people_read(park: ParkFolder) -> None:
    """Whatever the program writes into the log is called by words on the page, in both languages."""
    from separatrix_park.records.audit_trail import ACTIONS

    written = set()
    for path in source_files("separatrix_park").values():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("LogEntry.append"):
                action = node.args[1] if len(node.args) > 1 else None
                if isinstance(action, ast.Constant):
                    written.add(action.value)
    assert len(written) > 20
    assert written - set(ACTIONS) == set()
