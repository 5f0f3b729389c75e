from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "salur.intake"
    label = "intake"
