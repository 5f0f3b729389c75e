"""The first texts that families read; later versions are data of the house."""

from django.db import migrations

from salur.messaging.rules import FIRST_TEMPLATES


def write_templates(apps, schema_editor):
    Template = apps.get_model("messaging", "Template")
    Template.objects.using(schema_editor.connection.alias).bulk_create(
        [
            Template(code=code, text_id=indonesian, text_en=english)
            for code, (indonesian, english) in FIRST_TEMPLATES.items()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]
    operations = [migrations.RunPython(write_templates, migrations.RunPython.noop)]
