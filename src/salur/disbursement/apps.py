from django.apps import AppConfig


class DisbursementConfig(AppConfig):
    name = "salur.disbursement"
    label = "disbursement"
