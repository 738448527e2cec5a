"""Django's settings. What an installation may choose comes from the environment; docs/reference.md lists it."""

import os
import socket
from pathlib import Path

from sipingtai.config.database import databases
from sipingtai.ops.secret_files import read_or_create

SIPINGTAI_HOME = Path(os.environ.get("SIPINGTAI_HOME", "data")).resolve()
KEYS = SIPINGTAI_HOME / "keys"
# The folder of the journal's anchors: best on another disk or host than the database.
SIPINGTAI_ANCHORS = Path(os.environ.get("SIPINGTAI_ANCHORS") or SIPINGTAI_HOME / "anchors").resolve()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = read_or_create(KEYS / "django.key")
ALLOWED_HOSTS = [
    host
    for host in os.environ.get("SIPINGTAI_HOSTS", f"localhost,127.0.0.1,[::1],{socket.gethostname()}").split(",")
    if host
]
# `serve` sets these for its workers.
TRUSTED_PROXY = os.environ.get("SIPINGTAI_TRUSTED_PROXY", "")
SECURE_COOKIES = bool(os.environ.get("SIPINGTAI_SECURE_COOKIES"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "sipingtai.access",
    "sipingtai.org",
    "sipingtai.cases",
    "sipingtai.mechanisms.duty",
    "sipingtai.mechanisms.oversight",
    "sipingtai.faces",
    "sipingtai.desk",
    "sipingtai.field",
    "sipingtai.villager",
    "sipingtai.api",
    "sipingtai.ops",
]

MIDDLEWARE = [
    "sipingtai.config.proxy.TrustedProxyMiddleware",
    "sipingtai.config.security.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sipingtai.api.straight.StraightMiddleware",
    "sipingtai.faces.bounded.BoundedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sipingtai.faces.asker.AskerMiddleware",
    "sipingtai.access.gate.GateMiddleware",
]

ROOT_URLCONF = "sipingtai.config.urls"
WSGI_APPLICATION = "sipingtai.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sipingtai.ops.demo.doorway.on_pages",
            ],
        },
    },
]

# The database
DATABASES = databases(SIPINGTAI_HOME)
DATABASE_ROUTERS = ["sipingtai.access.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # One cache for all processes, so that a lockout counts every worker's failures.
    "default": {
        "BACKEND": "sipingtai.access.shared_cache.SharedCache",
        "LOCATION": "access_cache",
        "VERSION": 2,  # 1 held pickles
    },
}

# Who comes in
AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # nobody needs an e-mail address to work here
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "sipingtai.access.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"change_password": "sipingtai.access.forms.NewPasswordForm"}
ACCOUNT_RATE_LIMITS = False  # access.lockout counts instead: per account, exactly, and fair to an office on one address
ACCOUNT_PRESERVE_USERNAME_CASING = False  # names are kept in lower case and found by their index
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
MFA_ADAPTER = "sipingtai.access.sign_in.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "sipingtai.access.forms.SecondFactorForm",
    "reauthenticate": "sipingtai.access.forms.SecondFactorAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp"]
MFA_TOTP_TOLERANCE = 1  # periods of 30 s before and after: phones and servers off the Internet drift
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]
SESSION_ENGINE = "sipingtai.config.sessions"
SESSION_COOKIE_AGE = 30 * 60  # seconds without a request
SESSION_SAVE_EVERY_REQUEST = True  # sliding
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "sipingtai.faces.signed_out.stale_form"
CSRF_COOKIE_SAMESITE = "Lax"

# Transport
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if os.environ.get("SIPINGTAI_HSTS") else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Time and language
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = SIPINGTAI_HOME / "static"
STATICFILES_DIRS = [folder] if (folder := PACKAGE / "static").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Limits of one request
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # bytes, files not counted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; larger ones go to a temporary file
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

PROCRASTINATE_DATABASE_ALIAS = "default"
PROCRASTINATE_IMPORT_PATHS = ["sipingtai.jobs.schedule"]
# A worker that was away makes up for each task's last time of the past day: once, however many it missed.
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 24 * 3600}  # seconds

# What is logged names addresses and errors, never what people wrote: no request bodies, no SQL parameters, no visitors.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "sipingtai.config.log_lines.WithoutWords",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "filters": {"one-line": {"()": "sipingtai.config.lost_database.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one-line"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners send any name; they got their 400
        "django.db.backends": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},  # at INFO it writes the arguments of tasks
        "psycopg": {"level": "ERROR"},  # every attempt at a database that is away; the worker says so once
    },
}
