from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("park", "0005_sessions_and_codes"),
    ]

    operations = [
        migrations.RemoveField(model_name="token", name="role"),
        migrations.RemoveField(model_name="token", name="speaks_for"),
        migrations.AddField(
            model_name="token",
            name="stands_for",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
    ]
