"""The tables of the platform."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("sector", models.CharField(blank=True, max_length=40)),
                ("joined", models.DateTimeField(auto_now_add=True)),
                ("left", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                ("action", models.CharField(db_index=True, max_length=40)),
                ("subject", models.CharField(db_index=True, max_length=64)),
                ("about", models.UUIDField(db_index=True, null=True)),
                ("before", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=40)),
                ("year", models.IntegerField()),
                ("due", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("table", "year"), name="one_deadline_a_table")
                ],
            },
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("data_version", models.CharField(max_length=64)),
                ("year", models.IntegerField()),
                ("measure", models.CharField(max_length=40)),
                ("unit", models.CharField(max_length=40)),
                ("own", models.FloatField(null=True)),
                ("average", models.FloatField(null=True)),
                ("others", models.IntegerField()),
                ("sectors", models.JSONField(default=list)),
                ("place", models.CharField(blank=True, max_length=20)),
                ("why", models.JSONField(default=dict)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("office", "Park office"),
                            ("entry", "Data entry"),
                            ("approval", "Approval"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("epoch", models.PositiveIntegerField(default=0)),
                ("code_counter", models.BigIntegerField(default=0)),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="park.enterprise",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="EnterpriseAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("basis", models.CharField(max_length=64)),
                ("component", models.JSONField(default=list)),
                ("told", models.JSONField(default=dict)),
                ("made", models.DateTimeField(auto_now=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("office", "Park office"),
                            ("entry", "Data entry"),
                            ("approval", "Approval"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=10,
                    ),
                ),
                ("expires", models.DateTimeField()),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("by", models.CharField(blank=True, max_length=64)),
                ("used", models.DateTimeField(blank=True, null=True)),
                ("withdrawn", models.DateTimeField(blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="park.enterprise",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OfficeTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("version", models.IntegerField()),
                ("rows", models.JSONField(default=list)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="park.enterprise",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField(unique=True)),
                ("title", models.CharField(max_length=200)),
                ("year", models.IntegerField(default=0)),
                ("content", models.JSONField(default=dict)),
                ("data_version", models.CharField(max_length=64)),
                ("chain_number", models.BigIntegerField()),
                ("chain_head", models.CharField(max_length=64)),
                ("made", models.DateTimeField()),
                ("deleted", models.IntegerField(default=0)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn", models.DateTimeField(blank=True, null=True)),
                ("why_withdrawn", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RepeatableRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("fingerprint", models.CharField(max_length=64)),
                ("answer", models.JSONField(null=True)),
                ("made", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=40)),
                ("year", models.IntegerField()),
                ("version", models.IntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "waiting for approval"),
                            ("approved", "approved"),
                            ("returned", "returned"),
                            ("deleted", "deleted"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("rows", models.JSONField(default=list)),
                ("nothing", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=dict)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("form", "form"),
                            ("spreadsheet", "spreadsheet"),
                            ("office", "taken in by the office"),
                            ("history", "history taken in by the office"),
                            ("program", "program"),
                        ],
                        default="form",
                        max_length=12,
                    ),
                ),
                ("revision", models.IntegerField(default=1)),
                ("hands", models.JSONField(default=list)),
                ("edited", models.DateTimeField(default=django.utils.timezone.now)),
                ("submitted", models.DateTimeField(null=True)),
                ("salt", models.BinaryField(max_length=32)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("why", models.TextField(blank=True)),
                ("judged", models.DateTimeField(null=True)),
                ("judgement", models.TextField(blank=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "editor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "judge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("salt", models.BinaryField(max_length=32)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.report")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Sharing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=40)),
                ("since", models.IntegerField()),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.enterprise"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("beginning", models.CharField(max_length=16)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("reads_only", models.BooleanField(default=True)),
                ("stands_for", models.CharField(max_length=64)),
                ("made", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("used_on", models.DateField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="YearBudget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField(unique=True)),
                ("carbon", models.FloatField(null=True)),
                ("energy", models.FloatField(null=True)),
                ("why", models.TextField(blank=True)),
                ("made", models.DateTimeField(auto_now=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="park.enterprise",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=10)),
                ("data_version", models.CharField(max_length=64)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("progress", models.FloatField(default=0.0)),
                ("cancel", models.BooleanField(default=False)),
                ("result", models.JSONField(null=True)),
                ("asked", models.DateTimeField(auto_now_add=True)),
                ("started", models.DateTimeField(null=True)),
                ("seen", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(default=0)),
                ("ended", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="park.enterprise",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["kind", "data_version"], name="park_answer_kind_6faba5_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("energy", models.FloatField(null=True)),
                ("scope_1", models.FloatField(null=True)),
                ("scope_2", models.FloatField(null=True)),
                ("scope_2_market", models.FloatField(null=True)),
                ("inside", models.FloatField(default=0.0)),
                ("energy_inside", models.FloatField(default=0.0)),
                ("value_added", models.FloatField(null=True)),
                ("output", models.FloatField(null=True)),
                ("staff", models.FloatField(null=True)),
                ("whole", models.BooleanField(default=False)),
                ("energy_whole", models.BooleanField(default=False)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("months", models.JSONField(default=list)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["year"], name="park_accoun_year_3f7302_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("enterprise", "year"), name="one_account_a_year")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("carrier", models.CharField(blank=True, max_length=60)),
                ("kind", models.CharField(max_length=40)),
                ("scope", models.IntegerField()),
                ("inside", models.BooleanField(default=False)),
                ("energy", models.FloatField(null=True)),
                ("carbon", models.FloatField()),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["year", "carrier"], name="park_accoun_year_251a66_idx")],
            },
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", False), ("role__in", ["entry", "approval"])),
                    models.Q(("enterprise__isnull", True), ("role__in", ["office", "auditor"])),
                    _connector="OR",
                ),
                name="enterprise_of_its_people_alone",
            ),
        ),
        migrations.AddConstraint(
            model_name="enterpriseaccount",
            constraint=models.UniqueConstraint(fields=("enterprise",), name="one_account_an_enterprise"),
        ),
        migrations.AddConstraint(
            model_name="officetable",
            constraint=models.UniqueConstraint(fields=("name", "version"), name="one_office_table_a_version"),
        ),
        migrations.AddConstraint(
            model_name="repeatablerequest",
            constraint=models.UniqueConstraint(fields=("person", "key"), name="one_request_a_key"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["state", "table", "year"], name="park_report_state_1b2948_idx"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "table", "year", "version"), name="one_report_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharing",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "recipient", "table"), name="one_sharing_a_table_and_recipient"
            ),
        ),
    ]
