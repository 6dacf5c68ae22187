"""Which of allauth's pages there are: those named here, and none that a later version brings along."""

from __future__ import annotations

from collections.abc import Iterator

from allauth import urls as allauth_urls
from django.conf import settings
from django.urls import URLPattern, URLResolver

from separatrix_park.accounts.single_sign_on import where_it_answers

__all__ = ["urlpatterns"]

PAGES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    }
)
BY_LETTER = frozenset({"account_reset_password", "account_reset_password_done"})
ASKS_PROVIDER = frozenset({"openid_connect_login"})
BY_PROVIDER = ASKS_PROVIDER | frozenset(
    {
        "openid_connect_callback",
        "socialaccount_login_error",
        "socialaccount_login_cancelled",
    }
)


def _select_patterns(
    patterns: list[URLPattern | URLResolver], names: frozenset[str]
) -> Iterator[URLPattern | URLResolver]:
    """Yield the patterns with these names, and what includes them."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name not in names:
                continue
            if pattern.name in ASKS_PROVIDER:
                yield URLPattern(pattern.pattern, where_it_answers(pattern.callback), name=pattern.name)
            else:
                yield pattern
        else:
            inner = list(_select_patterns(pattern.url_patterns, names))
            if inner:
                yield URLResolver(pattern.pattern, inner)


urlpatterns = list(
    _select_patterns(
        allauth_urls.urlpatterns,
        PAGES
        | (BY_LETTER if settings.PARK.access.mail else frozenset())
        | (BY_PROVIDER if settings.PARK.access.sign_on else frozenset()),
    )
)
