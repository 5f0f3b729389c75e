"""Where devices call, /api/field/v1/, and where the office brings in what they could not send."""

from django.urls import include, path

from salur.field import pages
from salur.field.api import api

OFFICE = [
    path("kiriman/", pages.import_outbox, name="import_outbox"),
    path("ditahan/", pages.quarantine, name="quarantine"),
]
urlpatterns = [
    path("api/field/v1/", api.urls),
    path("perangkat/", include((OFFICE, "field"))),
]
