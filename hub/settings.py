"""Every setting, read once from the environment, typed, with a safe default or a refusal."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from hub import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)


def secret(name: str, default: str | None = None) -> str:
    """A secret from NAME, or from the file that NAME_FILE names (that file must exist)."""
    path = env.str(f"{name}_FILE", "")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            message = f"{name}_FILE names a file that cannot be read: {error.strerror}."
            raise ImproperlyConfigured(message) from None
    value: str | None = env.str(name, "") or default
    if not value:
        message = f"Set {name} or {name}_FILE."
        raise ImproperlyConfigured(message)
    return value


# What kind of run this is. The demo and the tests need no configuration at all.
DEBUG = env.bool("ACCORD_DEBUG", False)
EMBEDDED = not env.str("DATABASE_URL", "") and not env.str("DATABASE_URL_FILE", "")
# One person on one machine: secrets, key file and static files are those of the checkout.
LOCAL = env.bool("ACCORD_LOCAL", EMBEDDED)
if DEBUG and not LOCAL:
    message = (
        "ACCORD_DEBUG shows partners' values in logs and pages: not on a real hub."
    )
    raise ImproperlyConfigured(message)

SECRET_KEY = secret(
    "ACCORD_SECRET_KEY", embedded.local_secret("secret_key") if LOCAL else None
)
ALLOWED_HOSTS = env.list(
    "ACCORD_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if LOCAL else []
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("ACCORD_TRUSTED_ORIGINS", [])
# The address partners use; links in e-mails and the documentation start with it.
PUBLIC_URL = env.str("ACCORD_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
# The reverse proxy ends TLS; it must set X-Forwarded-Proto and X-Forwarded-For itself.
BEHIND_PROXY = env.bool("ACCORD_BEHIND_PROXY", False)
HTTPS = env.bool("ACCORD_HTTPS", not LOCAL)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "django_structlog",
    "hub",
    "orgs",
    "sharing",
]

MIDDLEWARE = [
    "hub.health.HealthMiddleware",  # before any redirect to https
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "hub.api.middleware.ApiMiddleware",
    "hub.middleware.ActorMiddleware",
    "hub.tabular.TablesMiddleware",
    "hub.pages.ProblemMiddleware",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.pages.context",
            ],
        },
    }
]

# Servers: PostgreSQL and Redis everywhere; by default those of hub/embedded.py.
_database_url, _redis_url = embedded.urls()
DATABASE_URL = secret("DATABASE_URL", _database_url if EMBEDDED else None)
REDIS_URL = secret("REDIS_URL", _redis_url if EMBEDDED else None)


# For whom row-level security holds this process: web or worker. Whoever migrates, and
# staff at the command line, stay who they connected as.
OWNER, APP, WORKER = "owner", "accord_app", "accord_worker"
DB_ROLE = env.str("ACCORD_DB_ROLE", "") or APP
if DB_ROLE not in {OWNER, APP, WORKER}:
    message = f"ACCORD_DB_ROLE must be {APP}, {WORKER} or {OWNER}."
    raise ImproperlyConfigured(message)


def database(url: str) -> dict[str, Any]:
    """Django's description of the PostgreSQL at `url`, with a native pool."""
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    if "postgresql" not in found["ENGINE"]:
        message = "DATABASE_URL must name a PostgreSQL server."
        raise ImproperlyConfigured(message)
    found["CONN_MAX_AGE"] = 0
    found["ATOMIC_REQUESTS"] = False
    found["OPTIONS"] = {
        **found.get("OPTIONS", {}),
        "pool": {
            "min_size": 0,
            "max_size": env.int("ACCORD_DB_POOL", 10),
            "timeout": 10,
            "reset": embedded.reset_scope,
        },
    }
    if DB_ROLE != OWNER:
        assume(found["OPTIONS"], DB_ROLE)
    return found


def assume(options: dict[str, Any], role: str) -> None:
    """Let every connection begin in a role, and RESET ROLE lead back to it.

    Django's own `assume_role` asks its pool for a connection in order to make one.
    """
    given = options.get("options", "")
    options["options"] = f"{given} -c role={role}".strip()


DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Keys: from a file provider outside the repository (docs/operations.md).
KEYS_FILE = env.path(
    "ACCORD_KEYS_FILE", embedded.home() / "keys" / "hub.json" if LOCAL else None
)
# What wraps the keys in that file, from another place: a credential of the service
# manager, a mount of a key service. Without it the file holds them clear.
KEK_FILE = env.path("ACCORD_KEK_FILE", None)

# Warninglists added to those of the package: a folder in MISP's format.
WARNINGLISTS_DIR = env.path("ACCORD_WARNINGLISTS_DIR", None)

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["orgs.accounts.backends.EmailBackend"]
ANONYMOUS_USER_NAME = None  # guardian: no user stands for "nobody"
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # only orgs.access asks guardian
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "landing"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 4

SESSION_ENGINE = "orgs.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True
# Uploads hold clear values: they stay in memory, never in a temporary file.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # ten thousand URLs to look up, pasted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a draft has some sixty a clause
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
CSRF_FAILURE_VIEW = "hub.pages.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

EMAIL_BACKEND = env.str(
    "ACCORD_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.str("ACCORD_EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("ACCORD_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("ACCORD_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = secret("ACCORD_EMAIL_PASSWORD", " ").strip()
EMAIL_USE_TLS = env.bool("ACCORD_EMAIL_TLS", False)
DEFAULT_FROM_EMAIL = env.str("ACCORD_EMAIL_FROM", "Accord <accord@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # one that is translated is added here
LOCALE_PATHS = [BASE_DIR / "hub" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
# Only an image collects files; WhiteNoise complains about a folder that is not there.
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# A checkout serves its files as they lie; an image collects them first.
WHITENOISE_USE_FINDERS = LOCAL

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "orgs.credentials.authentication.CredentialAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "hub.api.negotiation.Negotiation",
    "DEFAULT_RENDERER_CLASSES": ["hub.api.answers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["hub.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "hub.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # no query parameter chooses the media type
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Accord",
    "DESCRIPTION": "Exchange of hashed scam indicators under data-sharing agreements.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": PUBLIC_URL}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    # Not the library's own hook: enumerations stay where they are used.
    "POSTPROCESSING_HOOKS": ["hub.api.introduction.add"],
}

# The doorbell: PostgreSQL is the queue, Celery only says "drain" (notes in docs/operations.md).
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Bells ring every second: a thousand of them would restart children all day.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 20_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "health_check_interval": 10,
    "retry_on_timeout": True,
    # A bell is not worth waiting for: with Redis down, say so at once.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}

# Between claiming a piece of work and starting it; the work itself holds a row lock.
OUTBOX_LEASE_SECONDS = env.int("ACCORD_OUTBOX_LEASE_SECONDS", 5)
OUTBOX_MAX_ATTEMPTS = env.int("ACCORD_OUTBOX_MAX_ATTEMPTS", 8)
OUTBOX_SHARDS = 4

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "hub.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("ACCORD_LOG_LEVEL", "INFO")},
    # A bell a second is no news; what goes wrong with one is.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy")
    },
}
