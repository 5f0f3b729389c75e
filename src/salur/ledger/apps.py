from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "salur.ledger"
    label = "ledger"
