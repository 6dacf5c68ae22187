"""Jobs that waited when the platform was brought up to date are found where their functions are now."""

from __future__ import annotations

from importlib import import_module

import pytest

from separatrix_park.folder import ParkFolder

MIGRATION = "separatrix_park.migrations.0005_task_paths"


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("separatrix.serve.park.answers.jobs.work_out", "answers.jobs.work_out"),
        ("separatrix.serve.park.footprints.collection.collect", "footprints.node.collect"),
        ("separatrix_park.footprints.collection.collect", "footprints.node.collect"),
    ],
)
def test_a_job_that_waits_names_its_function_where_it_is(park: ParkFolder, before: str, now: str) -> None:
    """The path of before leads to the same function; that of another application is left alone."""
    from django.apps import apps
    from django.db import connection
    from django.utils.module_loading import import_string
    from django_tasks_db.models import DBTaskResult, get_date_max

    from separatrix_park.scope import whole_park

    with whole_park("a test looks at the queue"):
        common = {
            "args_kwargs": {"args": [], "kwargs": {}},
            "backend_name": "default",
            "run_after": get_date_max(),
        }
        mine = DBTaskResult.objects.create(task_path=before, **common)
        other = DBTaskResult.objects.create(task_path="elsewhere.jobs.work_out", **common)
        with connection.schema_editor() as editor:
            import_module(MIGRATION).rename(apps, editor)
        mine.refresh_from_db()
        other.refresh_from_db()
        assert mine.task_path == f"separatrix_park.{now}"
        assert other.task_path == "elsewhere.jobs.work_out"
        assert import_string(mine.task_path).module_path == mine.task_path
        mine.delete()
        other.delete()
