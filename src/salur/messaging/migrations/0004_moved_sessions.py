"""What families read when their day changes."""

from django.db import migrations

from salur.messaging.rules import FIRST_TEMPLATES


def write_template(apps, schema_editor):
    Template = apps.get_model("messaging", "Template")
    indonesian, english = FIRST_TEMPLATES["moved"]
    Template.objects.using(schema_editor.connection.alias).bulk_create(
        [Template(code="moved", text_id=indonesian, text_en=english)], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_lean_indexes")]
    operations = [migrations.RunPython(write_template, migrations.RunPython.noop)]
