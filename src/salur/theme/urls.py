from django.urls import path

from salur.theme.pages import style_guide

urlpatterns = [path("gaya", style_guide, name="style_guide")]
