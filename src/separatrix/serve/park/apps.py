"""The platform as an application of Django."""

from django.apps import AppConfig


class ParkConfig(AppConfig):
    """The one application of the platform."""

    name = "separatrix.serve.park"
    label = "park"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for what people do with their accounts; models cannot be imported before."""
        from separatrix.serve.park.accounts import trail  # noqa: F401
