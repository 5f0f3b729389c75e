"""Paths of the cashier's desk and of the books."""

from django.urls import path

from salur.reconciliation.pages import desk, matters

app_name = "reconciliation"
urlpatterns = [
    path("kas/tutup/", desk.cash_desk, name="cash_desk"),
    path("kas/tutup/<uuid:float_id>/", desk.close_bag, name="close_bag"),
    path("kas/tutup/<uuid:float_id>/kepala/", matters.close_anyway, name="close_anyway"),
    path("kas/hari/<str:office_code>/", desk.close_day, name="close_day"),
    path("kas/belum-jelas/", matters.matters, name="matters"),
    path("kas/belum-jelas/penyerahan/<uuid:begun_id>/", matters.propose, name="propose_doubt"),
    path(
        "kas/belum-jelas/penyerahan/<uuid:begun_id>/putusan/", matters.decide, name="decide_doubt"
    ),
    path(
        "kas/belum-jelas/antarpetugas/<uuid:passing_id>/", matters.settle_cash, name="settle_cash"
    ),
    path(
        "kas/belum-jelas/selisih/<uuid:float_id>/", matters.give_up_waiting, name="give_up_waiting"
    ),
    path("buku/", desk.orders, name="orders"),
]
