"""The database becomes the accountant: totals by trigger, transfers that never change."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(
            (SQL / "transfers_move_totals.sql").read_text(),
            (SQL / "transfers_move_totals.reverse.sql").read_text(),
        )
    ]
