from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "salur.access"
    label = "access"
