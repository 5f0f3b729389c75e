"""Django's settings. What differs between machines comes from `environment`."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from .embedded import APPLICATION_ROLE, OWNER_ROLE
from .embedded.placing import socket_dir
from .environment import (
    ROOT,
    DatabaseAddress,
    addresses,
    data_dir,
    flag,
    keys_dir,
    outside_database,
    port,
    regions_dir,
)
from .secret import secret_key

ROOMS = (
    "audit",
    "places",
    "access",
    "intake",
    "messaging",
    "ledger",
    "registry",
    "identity",
    "programs",
    "disbursement",
    "reconciliation",
    "casework",
    "field",
    "monitoring",
)

# --- folders ---------------------------------------------------------------------------------

BASE_DIR = ROOT
TESTING = "pytest" in sys.modules
SALUR_DATA_DIR = data_dir()
SALUR_KEYS_DIR = keys_dir()
if TESTING:  # a server, keys and evidence of their own, so that no test meets real data
    SALUR_DATA_DIR = SALUR_DATA_DIR.parent / "pytest" / "data"
    SALUR_KEYS_DIR = SALUR_DATA_DIR.parent / "keys"
SALUR_EVIDENCE_DIR = SALUR_DATA_DIR / "evidence"
if TESTING:
    SALUR_EVIDENCE_DIR = SALUR_DATA_DIR.parent / f"evidence-{os.getpid()}"
SALUR_REGIONS_DIR = regions_dir()
SALUR_FIELD_APP_DIR = ROOT / "field-app" / "dist"
# How many hand-overs an officer practises on a phone before it shows the first real list.
SALUR_PRACTICE_PAYOUTS = int(os.environ.get("SALUR_PRACTICE_PAYOUTS") or (0 if TESTING else 5))
# For how long after its end a lease may still be read on a phone.
SALUR_LEASE_GRACE_HOURS = int(os.environ.get("SALUR_LEASE_GRACE_HOURS") or 24)

# --- who may reach us ------------------------------------------------------------------------

DEBUG = flag("SALUR_DEBUG")
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = port()
TLS = flag("TLS")
SALUR_WEB_THREADS = int(os.environ.get("SALUR_WEB_THREADS") or 2 * min(os.cpu_count() or 2, 4))
if TESTING:
    SALUR_WEB_THREADS = 64  # tests bring threads of their own
# Printed into letters: where all addresses are served, a phone needs one that leads here.
_called = addresses(HOST)[0] if HOST in {"0.0.0.0", "::"} else HOST  # noqa: S104 - compared
PUBLIC_URL = os.environ.get("PUBLIC_URL") or f"{'https' if TLS else 'http'}://{_called}:{PORT}"
SECRET_KEY = secret_key(SALUR_KEYS_DIR)

_public = urlsplit(PUBLIC_URL)
_secure = TLS or _public.scheme == "https"
ALLOWED_HOSTS = sorted(
    {"127.0.0.1", "localhost", "[::1]", HOST, _public.hostname or HOST}
    | set(filter(None, os.environ.get("SALUR_ALLOWED_HOSTS", "").split(",")))
)
if HOST in {"0.0.0.0", "::"}:  # noqa: S104 - asked for by HOST=; every name of this machine then
    ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _secure else []

# --- applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    *(f"salur.{room}" for room in ROOMS),
    "salur.theme",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "django_prometheus",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "salur.config.request_log.RequestLogMiddleware",
    "salur.field.admission.AdmissionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "salur.config.urls"
WSGI_APPLICATION = "salur.config.wsgi.application"
ASGI_APPLICATION = "salur.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_context_processors = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
if find_spec("salur.theme.context") is not None:
    _context_processors.append("salur.theme.context.page")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context_processors},
    }
]

# --- databases: an owner that migrates, an application that owns nothing --------------------

_outside = outside_database()
SALUR_EMBEDDED = _outside is None


def _database(address: DatabaseAddress, *, pooled: bool, options: str) -> dict[str, Any]:
    settings: dict[str, Any] = {**dict(address.options), "options": options}
    # Only statements that ask for it are prepared: a kept plan must suit every size of its tables.
    settings["prepare_threshold"] = sys.maxsize
    if pooled:
        settings["pool"] = {"min_size": 1, "max_size": 16, "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "OPTIONS": settings,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "TEST": {"MIGRATE": False},
    }


def _embedded(role: str) -> DatabaseAddress:
    return DatabaseAddress("salur", role, str(socket_dir(SALUR_DATA_DIR)), 5432)


_application, _owner = _outside or (_embedded(APPLICATION_ROLE), _embedded(OWNER_ROLE))
DATABASES = {
    "default": _database(
        _application,
        # Tests throw their database away between tests, which a pool would hold on to.
        pooled=not TESTING,
        options="-c timezone=UTC -c idle_in_transaction_session_timeout=600s",
    ),
    "owner": _database(
        _owner,
        pooled=False,
        # A migration that waits for a lock makes everybody behind it wait: give up soon, try again.
        options="-c timezone=UTC -c lock_timeout=5s",
    ),
}
DATABASE_ROUTERS = ["salur.config.routing.OwnerMigrates"]

PROCRASTINATE_IMPORT_PATHS = ["salur.config.tasks"]
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}  # the audit log remembers, not it

# --- signing in ------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "salur.config.signing_in.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts, in the database
SALUR_REQUIRE_SECOND_FACTOR = flag("SALUR_REQUIRE_SECOND_FACTOR")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "salur"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "salur.config.signing_in.name_tried"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login", "username", "password"]
AXES_ENABLED = not TESTING or flag("SALUR_TEST_LOCKOUT")
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "access/locked.html"
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- cookies, headers, uploads ---------------------------------------------------------------

SESSION_COOKIE_NAME = "salur_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "salur_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
if _secure:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-salur_session", "__Host-salur_csrf"
    SECURE_HSTS_SECONDS = 0 if TLS else 365 * 24 * 60 * 60  # self-signed: no promise to browsers
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not TLS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024  # an evidence photo (5 MB) and its envelope
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # what is larger goes to a file of mode 0600
FILE_UPLOAD_PERMISSIONS = 0o600
SALUR_LIST_FILE_MAX_BYTES = 512 * 1024 * 1024

# --- languages and times ---------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("Bahasa Inggris"))]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = False
LOCALE_PATHS = [Path(__file__).parent / "locale"]

# --- static files ----------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
_collected = "collectstatic" in sys.argv or (
    (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG and not TESTING
)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": SALUR_EVIDENCE_DIR},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _collected
WHITENOISE_AUTOREFRESH = DEBUG

# --- logs and figures ------------------------------------------------------------------------

PROMETHEUS_EXPORT_MIGRATIONS = False
LOGGING_CONFIG = "salur.kernel.logging.configure"
LOGGING = {"json": not DEBUG and not sys.stderr.isatty(), "level": "INFO"}
