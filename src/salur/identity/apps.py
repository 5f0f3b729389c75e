from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "salur.identity"
    label = "identity"
