"""One settings file; what differs between installations comes from the environment.

`RETKOOP_DATA` the folder of database, files, mails and backups (`./var`) ·
`RETKOOP_DATABASE_URL` a PostgreSQL address (SQLite in the data folder when
empty) · `RETKOOP_ENV` `demo`, `local` or `production` · `RETKOOP_TODAY` the
clock's date (demo only) · `RETKOOP_HOSTS`, `RETKOOP_SECRET_KEY`,
`RETKOOP_FIELD_KEY`, `RETKOOP_MAIL_*` production only.
"""

from pathlib import Path

from retkoop.config.env import database_from_url, env_bool, env_list, env_str, kept_secret, sqlite_database

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("RETKOOP_DATA", "var")).resolve()
ENVIRONMENT = env_str("RETKOOP_ENV", "local")
DEMO = ENVIRONMENT == "demo"
PRODUCTION = ENVIRONMENT == "production"
TODAY = env_str("RETKOOP_TODAY") if DEMO else ""

DEBUG = False
SECRET_KEY = env_str("RETKOOP_SECRET_KEY") or kept_secret(DATA_DIR)
FIELD_KEY = env_str("RETKOOP_FIELD_KEY") or kept_secret(DATA_DIR, "field_key")  # never changed: sealed texts need it
ALLOWED_HOSTS = env_list("RETKOOP_HOSTS") or (["127.0.0.1", "localhost", "[::1]", "testserver"] if not PRODUCTION else [])
BASE_URL = env_str("RETKOOP_BASE_URL", f"http://127.0.0.1:{env_str('PORT', '8000')}")

INSTALLED_APPS = [
    "retkoop.core",
    "retkoop.identity",
    "retkoop.documents",
    "retkoop.ledger",
    "retkoop.yearend",
    "retkoop.membership",
    "retkoop.interchange",
    "retkoop.agenda",
    "retkoop.home",
    "retkoop.oversight",
    "retkoop.guide",
    "retkoop.demo",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "retkoop.identity.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "retkoop.identity.middleware.IdentityMiddleware",
]
ROOT_URLCONF = "retkoop.config.urls"
WSGI_APPLICATION = "retkoop.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "retkoop.core.context.site",
                "retkoop.ledger.context.year_in_view",
            ],
            "builtins": [
                "retkoop.core.templatetags.retkoop",
                "retkoop.identity.templatetags.identity",
                "retkoop.core.templatetags.ui",
                "django.templatetags.static",
            ],
        },
    }
]

_database_url = env_str("RETKOOP_DATABASE_URL")
DATABASES = {"default": database_from_url(_database_url) if _database_url else sqlite_database(DATA_DIR / "retkoop.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Person"
PASSWORD_HASHERS = [
    "retkoop.identity.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "retkoop.identity.validators.LocalWordsValidator"},
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/connexion/"
PASSWORD_RESET_TIMEOUT = 30 * 60

SESSION_ENGINE = "retkoop.identity.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrftoken"
CSRF_FAILURE_VIEW = "retkoop.core.errors.csrf_failure"
IDLE_MINUTES = 30
SECOND_FACTOR_COMPULSORY = not DEMO  # for those who act for an AD or the federation; offered to all
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
BEHIND_PROXY = env_bool("RETKOOP_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_GATHERED = env_str("RETKOOP_STATIC") == "gathered"  # set by `retkoop serve`, which gathers them first
WHITENOISE_USE_FINDERS = not STATIC_GATHERED
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MANIFEST_STRICT = False
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_GATHERED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
MAX_DOCUMENT_BYTES = 25 * 2**20

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
MAILS_DIR = DATA_DIR / "mails"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if env_str("RETKOOP_MAIL_HOST") else "retkoop.core.mail.FolderBackend"
)
EMAIL_HOST = env_str("RETKOOP_MAIL_HOST")
EMAIL_PORT = int(env_str("RETKOOP_MAIL_PORT", "587"))
EMAIL_HOST_USER = env_str("RETKOOP_MAIL_USER")
EMAIL_HOST_PASSWORD = env_str("RETKOOP_MAIL_PASSWORD")
EMAIL_USE_TLS = EMAIL_PORT == 587
DEFAULT_FROM_EMAIL = env_str("RETKOOP_MAIL_FROM", "Retkoop <ne-pas-repondre@retkoop.example>")

BACKUP_DIR = Path(env_str("RETKOOP_BACKUPS", str(DATA_DIR / "backups")))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "retkoop.core.logs.WithoutSecrets"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("RETKOOP_LOG", "WARNING")},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["without_secrets"]},  # a 404 is no news
        "django.security.csrf": {"filters": ["without_secrets"]},
        "gunicorn.http.wsgi": {"level": "ERROR"},  # nor the body of a HEAD, which it drops
    },
}
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # covering columns serve PostgreSQL; SQLite ignores them
