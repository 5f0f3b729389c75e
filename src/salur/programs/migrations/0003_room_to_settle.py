from django.db import migrations


class Migration(migrations.Migration):
    """Room on each page, so that claiming and settling an entitlement move no index entry."""

    dependencies = [("programs", "0002_lean_indexes")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE programs_entitlement SET (fillfactor = 75)",
            "ALTER TABLE programs_entitlement RESET (fillfactor)",
        ),
    ]
