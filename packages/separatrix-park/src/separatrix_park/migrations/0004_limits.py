"""Sharings under the name that was typed, whoever is called so; how often a token was used in a minute."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("park", "0003_releases"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="sharing", name="one_sharing_a_table_and_recipient"),
        migrations.AddField(
            model_name="sharing",
            name="called",
            field=models.CharField(default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="sharing",
            name="recipient",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="park.enterprise",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("called", ""), _negated=True),
                fields=("enterprise", "called", "table"),
                name="one_sharing_a_table_and_name",
            ),
        ),
        migrations.AddField(
            model_name="token",
            name="minute",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="token",
            name="requests",
            field=models.IntegerField(default=0),
        ),
    ]
