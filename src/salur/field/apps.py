from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "salur.field"
    label = "field"
