from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "salur.places"
    label = "places"
