"""The tables of all that was told of several enterprises together."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("park", "0002_footprints"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField(db_index=True)),
                ("made", models.DateTimeField()),
                ("figures", models.JSONField(default=list)),
                (
                    "publication",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="release",
                        to="park.publication",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ReleasedValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("quantity", models.CharField(max_length=40)),
                ("value", models.FloatField()),
                ("source", models.CharField(blank=True, max_length=64)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="park.release"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="releasedvalue",
            index=models.Index(fields=["year", "quantity"], name="park_releas_year_feb7ea_idx"),
        ),
    ]
