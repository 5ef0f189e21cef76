"""Settings. Every value that differs between installations comes from an environment variable.

``docs/settings.md`` documents each variable read here; a test keeps the two equal.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from psycopg import IsolationLevel

from config.database import database_url
from config.evidence import evidence_storage

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.str("YONGKE_VAR", default=str(BASE_DIR / "var"))).resolve()
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("YONGKE_DEBUG", default=False)
# Demo accounts and their printed password exist only where this is on; never in production.
DEMO = env.bool("YONGKE_DEMO", default=False)


def _secret_key() -> str:
    """Return ``YONGKE_SECRET_KEY``, or a key made once and kept under ``var/``."""
    if key := env.str("YONGKE_SECRET_KEY", default=""):
        return key
    kept = VAR / "secret_key"
    if not kept.exists():
        kept.write_text(secrets.token_urlsafe(50))
        kept.chmod(0o600)
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("YONGKE_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_FAILURE_VIEW = "apps.accounts.again.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("YONGKE_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("YONGKE_SITE_URL", default="http://127.0.0.1:8000")
# Fonts for Chinese in PDFs, the best first; the first that is installed is used.
PDF_FONTS = env.list(
    "YONGKE_PDF_FONTS",
    default=[
        "Noto Serif CJK SC",
        "Source Han Serif SC",
        "SimSun",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "WenQuanYi Zen Hei",
    ],
)
PACK = Path(env.str("YONGKE_PACK", default=str(BASE_DIR / "data" / "ningbo-2023")))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.admin",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "corsheaders",
    "apps.accounts",
    "apps.registry",
    "apps.cases",
    "apps.awards",
    "apps.platforms",
    "apps.enterprises",
    "apps.districts",
    "apps.gazette",
    "apps.audit",
    "apps.intake",
    "apps.checks",
    "apps.reports",
    "apps.publications",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside of what makes a page: a kept one costs little more than asking whether it is valid.
    "apps.publications.kept.KeptPages",
    "corsheaders.middleware.CorsMiddleware",
    # Django's own hides the length of what is compressed, so that a token in it cannot be guessed.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "apps.accounts.middleware.IdleTimeout",
    "apps.accounts.middleware.SetUpFirst",
    "axes.middleware.AxesMiddleware",
    "config.replicas.ReadFromReplica",
    "config.text.RefuseNul",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context.session",
                "apps.cases.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": {
        **env.db_url_config(database_url(VAR)),
        # One kept connection a process: no connection handshake per request.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
# Streaming replicas that the public pages may be read from (config/replicas.py).
for _number, _url in enumerate(env.list("YONGKE_REPLICA_URLS", default=[]), start=1):
    _replica = env.db_url_config(_url)
    DATABASES[f"replica{_number}"] = {
        **_replica,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_replica.get("OPTIONS", {}),
            # A page that makes several queries sees one state of the data.
            "isolation_level": IsolationLevel.REPEATABLE_READ,
            "connect_timeout": 2,
        },
        # A replica has no test database of its own.
        "TEST": {"MIRROR": "default"},
    }
DATABASE_ROUTERS = ["config.replicas.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("YONGKE_TIME_ZONE", default="Asia/Shanghai")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR / "files"
# Where the chain of the audit is anchored, outside the database (docs/audit.md).
AUDIT_ANCHORS = Path(env.str("YONGKE_AUDIT_ANCHORS", default=str(VAR / "anchors")))
# Evidence: under YONGKE_VAR, or in a bucket of an S3-compatible store where one is named.
EVIDENCE_MEGABYTES = env.int("YONGKE_EVIDENCE_MEGABYTES", default=20)
STORAGES["evidence"] = evidence_storage(
    VAR,
    bucket=env.str("YONGKE_EVIDENCE_S3_BUCKET", default=""),
    endpoint=env.str("YONGKE_EVIDENCE_S3_ENDPOINT", default=""),
    region=env.str("YONGKE_EVIDENCE_S3_REGION", default=""),
    access_key=env.str("YONGKE_EVIDENCE_S3_ACCESS_KEY", default=""),
    secret_key=env.str("YONGKE_EVIDENCE_S3_SECRET_KEY", default=""),
)

EMAIL_BACKEND = env.str(
    "YONGKE_EMAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = env.str("YONGKE_SMTP_HOST", default="127.0.0.1")
EMAIL_PORT = env.int("YONGKE_SMTP_PORT", default=25)
EMAIL_HOST_USER = env.str("YONGKE_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.str("YONGKE_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("YONGKE_SMTP_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("YONGKE_FROM_EMAIL", default="yongke@localhost")

TABLE_ROWS_PER_PAGE = 50

# From this hour of the day (local time) reminders of what is due go out.
REMINDER_HOUR = min(max(env.int("YONGKE_REMINDER_HOUR", default=8), 0), 23)
# Correction requests from the public: so many an hour from one address; a contact is deleted so
# many days after the answer.
REQUESTS_PER_HOUR = env.int("YONGKE_REQUESTS_PER_HOUR", default=5)
# Through the intake's interface, by token: requests within a minute, files within an hour.
INTAKE_CALLS_PER_MINUTE = env.int("YONGKE_INTAKE_CALLS_PER_MINUTE", default=120)
INTAKE_FILES_PER_HOUR = env.int("YONGKE_INTAKE_FILES_PER_HOUR", default=60)
CONTACT_DAYS = env.int("YONGKE_CONTACT_DAYS", default=30)
# Working days that a bureau has to answer an explanation that was refused.
ANSWER_DAYS = env.int("YONGKE_ANSWER_DAYS", default=5)

# Sign-in, lock-out, idle time-out, second factor: GB/T 22239-2019 level 3 (docs/security.md).
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
REQUIRE_SECOND_FACTOR = env.bool("YONGKE_REQUIRE_SECOND_FACTOR", default=not DEMO)
# Is the site reached by https, and how many of our own proxies stand before it?
HTTPS = env.bool("YONGKE_HTTPS", default=SITE_URL.startswith("https://"))
PROXY_COUNT = env.int("YONGKE_PROXY_COUNT", default=0)

ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Failures are counted by axes, in the database and for all processes together.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "120/m/ip"}
MFA_ADAPTER = "apps.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "apps.accounts.second_factor.CodeForm",
    "authenticate_webauthn": "apps.accounts.second_factor.KeyForm",
    "reauthenticate": "apps.accounts.second_factor.ConfirmCodeForm",
    "reauthenticate_webauthn": "apps.accounts.second_factor.ConfirmKeyForm",
    "add_webauthn": "apps.accounts.second_factor.AddKeyForm",
}
MFA_TOTP_ISSUER = "Yongke"
# The clock of a telephone may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers allow security keys over plain http on localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

AXES_HANDLER = "apps.accounts.lockout.LockoutHandler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_COOLOFF_TIME = timedelta(minutes=30)
# The lock ends when its page says; somebody else's attempts cannot prolong it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "apps.accounts.addresses.client_address"
AXES_LOCKOUT_CALLABLE = "apps.accounts.lockout.locked_response"
AXES_USERNAME_FORM_FIELD = "username"
# What axes keeps of a failed request holds no secret, not even a mistyped one.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential", "csrfmiddlewaretoken"]
# The security log is ours, and nobody can change it.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "apps.accounts.passwords.CharacterClassesValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name", "name_in_pinyin", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "apps.accounts.passwords.FormerPasswordsValidator", "OPTIONS": {"count": 5}},
]
# After so many days a notice asks for a new password.
PASSWORD_DAYS = env.int("YONGKE_PASSWORD_DAYS", default=90)

# Signed out after so many idle minutes; the standard allows 15 to 30.
IDLE_MINUTES = min(max(env.int("YONGKE_IDLE_MINUTES", default=30), 15), 30)
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# Health checks come from inside, without the proxy.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # The square code of an authenticator app is a data: image, as are the admin's icons.
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# The open data interface reads what is public and nothing else: no session, no sign-in.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.publications.api.answer_in_sentences",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Yongke 甬科: open data",
    "DESCRIPTION": "Published annual science and technology results. Read-only; no account.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Two enumerations of the same field name would be one.
    "ENUM_NAME_OVERRIDES": {"ReasonOfBlankEnum": "apps.districts.models.Blank"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.publications.schema.without_required_fields",
    ],
    # The intake's interface has a description of its own.
    "PREPROCESSING_HOOKS": ["apps.publications.api.only_open_data"],
}

# Other sites may read the interface, and nothing else of this one.
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "RateLimit", "RateLimit-Policy"]
# So many requests a minute may one address make of the interface; 0 counts none.
API_PER_MINUTE = env.int("YONGKE_API_PER_MINUTE", default=600)
# So much memory of each process keeps public pages as they were sent; 0 keeps none.
KEPT_PAGES_MEGABYTES = env.int("YONGKE_KEPT_PAGES_MEGABYTES", default=32)
# A question of a public page is given up after so long.
PUBLIC_SECONDS = 2.0

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
