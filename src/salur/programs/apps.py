from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "salur.programs"
    label = "programs"
