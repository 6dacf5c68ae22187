from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("park", "0004_publications_and_deletion")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="code_counter",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="person",
            name="epoch",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
