"""Paths of companions and cases."""

from django.urls import path

from salur.casework import pages

app_name = "casework"
urlpatterns = [
    path("keluarga/", pages.families, name="families"),
    path("keluarga/undangan/", pages.hand_out, name="hand_out"),
    path("keluarga/gagal/", pages.failures, name="failures"),
    path("keluarga/<uuid:household_id>/", pages.family, name="family"),
    path("keluarga/<uuid:household_id>/usul/", pages.propose, name="propose"),
    path("usulan/", pages.proposals, name="proposals"),
    path("pendamping/", pages.companions, name="companions"),
    path("kasus/", pages.cases, name="cases"),
    path("kasus/keluhan/", pages.grievance, name="grievance"),
    path("kasus/<uuid:case_id>/selesai/", pages.settle, name="settle"),
]
