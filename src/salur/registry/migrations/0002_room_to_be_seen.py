from django.db import migrations


class Migration(migrations.Migration):
    """Room on each page, so that seeing a person alive moves no index entry."""

    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE registry_person SET (fillfactor = 85)",
            "ALTER TABLE registry_person RESET (fillfactor)",
        ),
    ]
