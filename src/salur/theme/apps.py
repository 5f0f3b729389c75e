from django.apps import AppConfig


class ThemeConfig(AppConfig):
    name = "salur.theme"
    label = "theme"
