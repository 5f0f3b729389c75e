"""Where the doors of all rooms hang. A room's `urls.py` holds its own paths from the root."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from . import app_shell, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("akun/", include("allauth.urls")),
    path("bahasa/", include("django.conf.urls.i18n")),
    *app_shell.urlpatterns,
    *(
        path("", include(f"salur.{room}.urls"))
        for room in settings.ROOMS
        if find_spec(f"salur.{room}.urls") is not None
    ),
]
if settings.DEBUG:
    urlpatterns.append(path("", include("salur.theme.urls")))
