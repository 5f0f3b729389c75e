from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "salur.registry"
    label = "registry"
