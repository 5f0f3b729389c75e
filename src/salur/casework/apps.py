from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "salur.casework"
    label = "casework"
