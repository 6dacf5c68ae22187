"""The settings of Django for one park; nothing of them lies in a module that could be imported by mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from separatrix_park.accounts.settings import ACCOUNT_APPS, account_settings
from separatrix_park.database import settings_of_database
from separatrix_park.folder import ParkFolder

__all__ = ["configure", "settings_of"]

CODES = {"en": "en", "zh": "zh-hans"}
"""What Django calls each language."""

HERE = Path(__file__).parent
AREAS = ("frame", "people", "reports", "answers", "footprints", "keeping", "api", "demo")
"""The catalogues of translations: one an area of the pages, in ``locale/``."""

APPS = (
    "separatrix_park",
    "django.contrib.admin.apps.SimpleAdminConfig",  # no page of another application finds its way in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    *ACCOUNT_APPS,
    "django_htmx",
    "ninja",
    "django_tasks",
    "django_tasks_db",
)
MIDDLEWARE = (
    "separatrix_park.records.probes.ProbeMiddleware",
    "separatrix_park.accounts.headers.HeadersMiddleware",
    "separatrix_park.footprints.node.NodeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "separatrix_park.errors.RefusalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "separatrix_park.api.middleware.ProgramMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "separatrix_park.errors.PlainTextMiddleware",
    "separatrix_park.accounts.second_factor.SecondFactorMiddleware",
    "separatrix_park.middleware.ScopeMiddleware",
)


def settings_of(park: ParkFolder, *, secure: bool = False) -> dict[str, Any]:
    """Return Django's settings for a park.

    Parameters
    ----------
    park : ParkFolder
    secure : bool
        Whether people reach it over https, so that cookies may insist on that.
    """
    return {
        "DEBUG": False,
        "ALLOWED_HOSTS": list(park.names),
        "INSTALLED_APPS": list(APPS),
        "MIDDLEWARE": list(MIDDLEWARE),
        "ROOT_URLCONF": "separatrix_park.urls",
        "DATABASES": {"default": settings_of_database(park)},
        "DATABASE_ROUTERS": ["separatrix_park.database.OwnersMigrations"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "separatrix_park.views.menu.frame",
                    ]
                },
            }
        ],
        "LANGUAGE_CODE": CODES[park.language],
        "LANGUAGES": list(zip(CODES.values(), ("English", "中文"), strict=True)),
        "LOCALE_PATHS": [HERE / "locale" / area for area in AREAS],
        "FORMAT_MODULE_PATH": ["separatrix_park.formats"],
        "FORM_RENDERER": "django.forms.renderers.TemplatesSetting",
        "MESSAGE_TAGS": {20: "plain", 25: "good", 30: "doubtful", 40: "wrong"},
        "CSRF_FAILURE_VIEW": "separatrix_park.errors.forged",
        "USE_TZ": True,
        "TIME_ZONE": park.time_zone,
        # A year of monthly bills of a hundred carriers has two thousand fields.
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 50_000,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 10_000_000,
        "STATIC_URL": "static/",
        **account_settings(park, secure=secure),
        "TASKS": {
            "default": {
                "BACKEND": "django_tasks_db.DatabaseBackend",
                "QUEUES": ["long", "quick", "partners"],
            },
        },
        "PARK": park,
    }


def configure(park: ParkFolder, *, secure: bool = False) -> None:
    """Set Django up for a park; once a process."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(**settings_of(park, secure=secure or park.access.secure))
        django.setup()
