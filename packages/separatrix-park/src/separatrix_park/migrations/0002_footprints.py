"""The tables of footprints that are passed on, and of the partners they go to and come from."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("park", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                ("company_ids", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "waiting for a second person"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                            ("removed", "removed"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("client_id", models.CharField(max_length=64, null=True, unique=True)),
                ("secret_hash", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=500)),
                ("token_address", models.CharField(blank=True, max_length=500)),
                ("remote_client", models.CharField(blank=True, max_length=200)),
                ("remote_secret", models.TextField(blank=True)),
                ("pending", models.JSONField(default=dict)),
                ("proposed", models.DateTimeField(auto_now_add=True)),
                ("judged", models.DateTimeField(null=True)),
                ("why", models.TextField(blank=True)),
                ("heard", models.DateTimeField(null=True)),
                ("trouble", models.TextField(blank=True)),
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
                    "proposer",
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
            name="ProductRollUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("product_id", models.CharField(max_length=300)),
                ("product", models.CharField(max_length=300)),
                ("version", models.IntegerField()),
                ("basis", models.CharField(max_length=64)),
                ("whole", models.BooleanField()),
                ("result", models.JSONField(default=dict)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("outdated", models.DateTimeField(null=True)),
                ("why_outdated", models.TextField(blank=True)),
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
            name="PublishedFootprint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("product_id", models.CharField(max_length=300)),
                ("product", models.CharField(max_length=300)),
                ("record", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("deprecated", "replaced by a newer one"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("replaces", models.UUIDField(null=True)),
                ("for_all", models.BooleanField(default=False)),
                ("why", models.TextField(blank=True)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("published", models.DateTimeField(null=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "publisher",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roll_up",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="park.productrollup",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FootprintGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.partner"
                    ),
                ),
                (
                    "footprint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="park.publishedfootprint",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FootprintDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.partner"
                    ),
                ),
                (
                    "footprint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="park.publishedfootprint",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ReceivedEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=300)),
                ("kind", models.CharField(max_length=100)),
                ("source", models.CharField(max_length=500)),
                ("content", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("received", models.DateTimeField(auto_now_add=True)),
                ("outcome", models.TextField(blank=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ReceivedFootprint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pf_id", models.UUIDField()),
                ("product_ids", models.JSONField(default=list)),
                ("product", models.CharField(max_length=300)),
                ("record", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("way", models.CharField(max_length=20)),
                ("deprecated", models.DateTimeField(null=True)),
                ("replaced_by", models.UUIDField(null=True)),
                ("received", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RollUpInput",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pf_id", models.UUIDField(null=True)),
                ("supplier", models.CharField(max_length=200)),
                ("product_id", models.CharField(max_length=300)),
                ("product", models.CharField(max_length=300)),
                ("amount", models.FloatField()),
                ("unit", models.CharField(max_length=40)),
                ("carbon", models.FloatField()),
                ("primary_share", models.FloatField(null=True)),
                ("created", models.CharField(blank=True, max_length=40)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="park.partner",
                    ),
                ),
                (
                    "roll_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inputs",
                        to="park.productrollup",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SentEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("kind", models.CharField(max_length=100)),
                ("content", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("given up", "given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.IntegerField(default=0)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("next_try", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("trouble", models.TextField(blank=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SupplyLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("input", models.CharField(max_length=200)),
                ("supplier", models.CharField(blank=True, max_length=200)),
                ("product_id", models.CharField(max_length=300)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="park.enterprise",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="park.partner",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FootprintChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("allocation", models.CharField(blank=True, max_length=10)),
                ("for_park", models.BooleanField(default=False)),
                ("products_for_park", models.JSONField(default=list)),
                ("changed", models.DateTimeField(auto_now=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("enterprise",), name="one_choice_an_enterprise")
                ],
            },
        ),
        migrations.CreateModel(
            name="FootprintRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ours", models.BooleanField()),
                ("event_id", models.CharField(max_length=300)),
                ("product_ids", models.JSONField(default=list)),
                ("content", models.JSONField(default=dict)),
                ("comment", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("fulfilled", "fulfilled"), ("rejected", "rejected")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.JSONField(default=dict)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("answered", models.DateTimeField(null=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="park.enterprise"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="park.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "ours", "event_id"), name="one_request_an_event"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="productrollup",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "product_id", "year", "version"), name="one_roll_up_a_version"
            ),
        ),
        migrations.AddIndex(
            model_name="publishedfootprint",
            index=models.Index(
                fields=["enterprise", "state", "published"], name="park_publis_enterpr_133a8e_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="footprintgrant",
            constraint=models.UniqueConstraint(fields=("footprint", "partner"), name="one_grant_a_partner"),
        ),
        migrations.AddConstraint(
            model_name="footprintdelivery",
            constraint=models.UniqueConstraint(
                fields=("footprint", "partner"), name="one_delivery_a_partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedevent",
            constraint=models.UniqueConstraint(fields=("partner", "event_id"), name="one_event_an_id"),
        ),
        migrations.AddConstraint(
            model_name="receivedfootprint",
            constraint=models.UniqueConstraint(fields=("partner", "pf_id"), name="one_record_an_id"),
        ),
        migrations.AddIndex(
            model_name="sentevent",
            index=models.Index(fields=["state", "next_try"], name="park_sentev_state_4721c4_idx"),
        ),
        migrations.AddConstraint(
            model_name="supplylink",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "input", "supplier"), name="one_link_an_input"
            ),
        ),
    ]
