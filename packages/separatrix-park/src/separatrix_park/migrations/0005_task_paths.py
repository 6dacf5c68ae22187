"""Jobs that wait name their function by its module, which has moved."""

from django.db import migrations

MOVED = {
    "separatrix.serve.park.answers.jobs.": "separatrix_park.answers.jobs.",
    "separatrix.serve.park.footprints.collection.": "separatrix_park.footprints.node.",
    "separatrix_park.footprints.collection.": "separatrix_park.footprints.node.",
    "separatrix.serve.park.footprints.product_roll_up.": "separatrix_park.footprints.product_roll_up.",
}


def rename(apps, schema_editor):
    """Name the functions of all jobs, those done as well, where they are now."""
    model = apps.get_model("django_tasks_database", "DBTaskResult")
    jobs = model.objects.using(schema_editor.connection.alias)
    for old, new in MOVED.items():
        for job in jobs.filter(task_path__startswith=old).only("task_path"):
            job.task_path = new + job.task_path.removeprefix(old)
            job.save(update_fields=["task_path"])


class Migration(migrations.Migration):
    dependencies = [
        ("park", "0004_limits"),
        ("django_tasks_database", "0001_initial"),
    ]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
