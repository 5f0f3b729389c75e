from django.urls import path

from salur.programs.api import api
from salur.programs.pages import lists, orders

app_name = "programs"
urlpatterns = [
    path("tahap/", orders.tranches, name="tranches"),
    path("tahap/baru", orders.new_tranche, name="new_tranche"),
    path("tahap/<uuid:tranche_id>/", orders.tranche, name="tranche"),
    path("tahap/<uuid:tranche_id>/perintah", orders.new_order, name="new_order"),
    path("perintah/<uuid:order_id>/dana", orders.confirm_funds, name="confirm_funds"),
    path("daftar/", lists.lists, name="lists"),
    path("daftar/unggah", lists.upload, name="upload"),
    path("daftar/<uuid:list_id>/", lists.show, name="list"),
    path("daftar/<uuid:list_id>/baris", lists.rows, name="rows"),
    path("daftar/<uuid:list_id>/kolom", lists.mapping, name="mapping"),
    path("daftar/<uuid:list_id>/ditahan.xlsx", lists.held_report, name="held_report"),
    path("daftar/<uuid:list_id>/selisih.xlsx", lists.difference_report, name="difference_report"),
    path("daftar/<uuid:list_id>/setujui", lists.approve, name="approve"),
    path("daftar/<uuid:list_id>/kembalikan", lists.give_back, name="give_back"),
    path("daftar/<uuid:list_id>/periksa-ulang", lists.check_again, name="check_again"),
    path("api/programs/v1/", api.urls),
]
