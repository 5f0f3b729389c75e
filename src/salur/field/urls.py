"""Where devices call: /api/field/v1/."""

from django.urls import path

from salur.field.api import api

urlpatterns = [path("api/field/v1/", api.urls)]
