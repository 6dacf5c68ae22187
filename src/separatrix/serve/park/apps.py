"""The platform as an application of Django."""

from django.apps import AppConfig


class ParkConfig(AppConfig):
    """The one application of the platform."""

    name = "separatrix.serve.park"
    label = "park"
    default_auto_field = "django.db.models.BigAutoField"
