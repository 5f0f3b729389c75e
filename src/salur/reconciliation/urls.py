"""Paths of the cashier's desk and of the books."""

from django.urls import path

from salur.reconciliation import pages

app_name = "reconciliation"
urlpatterns = [
    path("kas/tutup/", pages.cash_desk, name="cash_desk"),
    path("kas/tutup/<uuid:float_id>/", pages.close_bag, name="close_bag"),
    path("kas/hari/<str:office_code>/", pages.close_day, name="close_day"),
    path("buku/", pages.orders, name="orders"),
]
