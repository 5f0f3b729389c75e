from django.urls import path

from salur.monitoring import pages

app_name = "monitoring"
urlpatterns = [
    path("penyaluran/", pages.show_dashboard, name="dashboard"),
    path("penyaluran/peta.json", pages.show_shapes, name="shapes"),
    path("penyaluran/daftar", pages.show_payments, name="payments"),
    path("pembayaran/<str:number>", pages.show_story, name="story"),
    path("pembayaran/<str:number>/foto", pages.reveal_photos, name="photos"),
    path("pembayaran/<str:number>/foto/<str:sha256>", pages.show_photo, name="photo"),
]
