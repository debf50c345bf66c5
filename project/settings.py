"""One settings file; every value comes from the environment and has a default that runs on a laptop."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from project.env import database, env_bool, env_folder, env_int, env_list, env_secret, env_secret_text, env_str

BASE_DIR = Path(__file__).resolve().parent.parent
GALLEY_DATA = env_folder("GALLEY_DATA", BASE_DIR / "data")
GALLEY_BASE_URL = env_str("GALLEY_BASE_URL").rstrip("/")
if GALLEY_BASE_URL and urlsplit(GALLEY_BASE_URL).scheme not in ("http", "https"):
    raise ImproperlyConfigured(f"GALLEY_BASE_URL is an http or https address, not {GALLEY_BASE_URL!r}")
HTTPS = GALLEY_BASE_URL.startswith("https:")

# 200 MB, 300 pages: SoMark's published limits; ours are the same, so that its callers can switch
GALLEY_MAX_UPLOAD_MB = env_int("GALLEY_MAX_UPLOAD_MB", 200, least=1)
GALLEY_MAX_PAGES = env_int("GALLEY_MAX_PAGES", 300, least=1)
# a field below this confidence is shown as doubtful
GALLEY_SURE_PERCENT = env_int("GALLEY_SURE_PERCENT", 85)
GALLEY_LOCK_MINUTES = env_int("GALLEY_LOCK_MINUTES", 15, least=1)
GALLEY_LEASE_SECONDS = env_int("GALLEY_LEASE_SECONDS", 8, least=2)
# of each of the web server's two processes; half of them may wait for results of the interfaces' synchronous calls
GALLEY_WEB_THREADS = env_int("GALLEY_WEB_THREADS", 16, least=4)
GALLEY_DEBUG = env_bool("GALLEY_DEBUG")
# an interface's key is looked up again after so long: what is revoked opens nothing from then on
KEY_MEMORY_SECONDS = 1.0
# providers at private addresses (a model on this machine, a SoMark of one's own) are called only if allowed
GALLEY_ALLOW_PRIVATE_PROVIDERS = env_bool("GALLEY_ALLOW_PRIVATE_PROVIDERS")
# the longest pause between two tries of a provider that is down
GALLEY_BACKOFF_SECONDS = env_int("GALLEY_BACKOFF_SECONDS", 60, least=1)
GALLEY_REMOTE_THREADS = env_int("GALLEY_REMOTE_THREADS", 16, least=1)
# what the keys of provider accounts are encrypted with; the old one is for rotating
GALLEY_PROVIDER_KEY = env_secret("GALLEY_PROVIDER_KEY", GALLEY_DATA / "provider_key")
GALLEY_PROVIDER_KEY_OLD = env_secret_text("GALLEY_PROVIDER_KEY_OLD")
# the slug of the team whose documents those are that come to SoMark's interface without a key; none is taken without it
GALLEY_KEYLESS_TEAM = env_str("GALLEY_KEYLESS_TEAM").strip()

DEBUG = GALLEY_DEBUG
SECRET_KEY = env_secret("GALLEY_SECRET_KEY", GALLEY_DATA / "secret_key")
ALLOWED_HOSTS = env_list("GALLEY_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]
if GALLEY_BASE_URL:
    ALLOWED_HOSTS.append(urlsplit(GALLEY_BASE_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [GALLEY_BASE_URL] if GALLEY_BASE_URL else []

INSTALLED_APPS = [
    "extraction.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "extraction.apps.ExtractionConfig",
]
MIDDLEWARE = [
    "extraction.api.middleware.InterfaceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "extraction.web.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
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
                "django.template.context_processors.i18n",
                "extraction.web.context.shell",
            ],
        },
    }
]

# workers ask for NORMAL: their work is done again after a power cut, an upload is not
DATABASES = {
    "default": database(
        env_str("DATABASE_URL"), folder=GALLEY_DATA, synchronous=env_str("GALLEY_SQLITE_SYNCHRONOUS", "FULL")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "extraction.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = GALLEY_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": GALLEY_DATA / "files"},
    },
    "staticfiles": {"BACKEND": "project.static.ModuleManifestStorage"},
}
FILE_UPLOAD_TEMP_DIR = GALLEY_DATA / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # DocMap's 15 MiB of JSON fit

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env_int("GALLEY_HSTS_SECONDS", 0)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "galley": {"level": env_str("GALLEY_LOG_LEVEL", "INFO")},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},  # a refused page (403, 404) is no news
        # they would tell every address that is called, and with it the signatures of files to fetch
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
