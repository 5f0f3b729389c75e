from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "salur.monitoring"
    label = "monitoring"
