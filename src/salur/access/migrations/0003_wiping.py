"""A phone can be told to give up what it holds about families."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_lean_indexes")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="wipe_asked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
