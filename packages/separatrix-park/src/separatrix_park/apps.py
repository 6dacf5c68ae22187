"""The platform as an application of Django."""

from django.apps import AppConfig


class ParkConfig(AppConfig):
    """The one application of the platform."""

    name = "separatrix_park"
    label = "park"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for what people do with their accounts, and guard connections to SQLite.

        Models cannot be imported before; while the shape of its tables is changed, SQLite has no guard.
        """
        from separatrix_park.accounts import trail  # noqa: F401
        from separatrix_park.row_security import watch

        watch(self)
