"""Is it alive, is it ready, how is it doing: for the machines that watch."""

import shutil

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

LOOPBACK = {"127.0.0.1", "::1", ""}
FREE_BYTES_NEEDED = 500 * 1024 * 1024

LAG_SECONDS_ALLOWED = 300
LAGS = {
    # How long the oldest news waits for its position, and the oldest due job for a worker.
    "audit": "SELECT min(at) FROM audit_entry WHERE position IS NULL",
    "journal": "SELECT min(at) FROM disbursement_journal WHERE position IS NULL",
    "queue": "SELECT greatest(min(e.at), min(j.scheduled_at)) FROM procrastinate_jobs j"
    " JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
    " WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at < now())",
}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Nothing else is looked at, so that a slow database restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 with the reasons while this machine should get no work."""
    checks = {
        "database": _database_writes(),
        "migrations": _migrated(),
        "disk": shutil.disk_usage(settings.SALUR_DATA_DIR).free > FREE_BYTES_NEEDED,
    }
    lags: dict[str, float] = {}
    if checks["database"] and checks["migrations"]:
        lags = {f"{name}_lag_seconds": _seconds(query) for name, query in LAGS.items()}
        checks["tasks"] = max(lags.values()) < LAG_SECONDS_ALLOWED
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks, **lags}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures, for a collector on this machine only."""
    if (
        request.META.get("REMOTE_ADDR", "") not in LOOPBACK
        or "HTTP_X_FORWARDED_FOR" in request.META
    ):
        return HttpResponseNotFound()
    response: HttpResponse = ExportToDjangoView(request)
    return response


def _database_writes() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS ready (at timestamptz)")
            cursor.execute("DROP TABLE ready")
            cursor.execute("SELECT NOT pg_is_in_recovery()")
            return bool(cursor.fetchone()[0])
    except Exception:
        return False


def _migrated() -> bool:
    try:
        executor = MigrationExecutor(connections["default"])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:
        return False


def _seconds(oldest: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT extract(epoch FROM now() - ({oldest}))")  # noqa: S608 - ours, above
        (seconds,) = cursor.fetchone()
    return round(max(float(seconds or 0), 0.0), 1)
