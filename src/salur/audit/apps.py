from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "salur.audit"
    label = "audit"
