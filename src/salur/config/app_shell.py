"""Serving the officers' app: files as the build made them, its page for every path inside it."""

import gzip
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, re_path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
CONTENT_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".onnx": "application/octet-stream",
    ".woff2": "font/woff2",
}
# WebAssembly for the scanner and the face model, and nothing else, may be compiled in the app.
WASM = "'wasm-unsafe-eval'"


@require_safe
@csp_update({"script-src": [SELF, WASM], "worker-src": [SELF, "blob:"]})
def app_file(request: HttpRequest, name: str = "") -> HttpResponseBase:
    """One file of the built app; a path without a file is a screen, so the page itself."""
    root = Path(settings.SALUR_FIELD_APP_DIR)
    file = (root / name).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        if Path(name).suffix:
            raise Http404
        file = root / "index.html"
        if not file.is_file():
            raise Http404("field-app/dist: make setup")
    content_type = CONTENT_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    response = _packed(request, file, content_type)
    if "assets" in file.relative_to(root).parts and HASHED.search(file.name):
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response["Cache-Control"] = "no-cache"
    return response


PACKED = {".html", ".js", ".mjs", ".css", ".svg", ".json", ".webmanifest", ".wasm"}
"""What shrinks. Nothing in these files is secret, so compressing them tells nobody anything."""


def _packed(request: HttpRequest, file: Path, content_type: str | None) -> HttpResponseBase:
    """The file, half its size where the phone takes gzip: the network in the village is slow."""
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    if file.suffix not in PACKED or not accepts:
        return FileResponse(file.open("rb"), content_type=content_type)
    response = HttpResponse(_gzipped(file, file.stat().st_mtime_ns), content_type=content_type)
    response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@lru_cache(maxsize=64)
def _gzipped(file: Path, changed_ns: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9)


urlpatterns = [
    path("app/", app_file, name="field-app"),
    re_path(r"^app/(?P<name>.+)$", app_file),
]
