"""Django's settings of accounts, sessions and cookies, and why they depart from the defaults.

The key of a park: what is derived from it, and what is kept encrypted under it.

The key lies in a file of the park's folder, in no database and in no backup: who has either reads neither
the secrets of second factors nor the sessions.  Each use has a key of its own, derived by HKDF (RFC 5869).
While the key is being changed its file holds two lines, the new one first.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from separatrix.errors import InputError, Place
from separatrix.sentences import say
from separatrix_park.access import MAIL_PASSWORD, SIGN_ON_SECRET, SignOn
from separatrix_park.folder import ParkFolder, read_secret

__all__ = ["ACCOUNT_APPS", "KeyFile", "PARTNERS", "account_settings", "derived"]

PARTNERS = "partners"
"""The use of a key for the secrets by which partners' nodes are called."""


def derived(key: str, use: str) -> bytes:
    """Return the 32 bytes that serve one use of a key.

    Examples
    --------
    >>> derived("k" * 64, "sessions") == derived("k" * 64, "second factor")
    False
    """
    return HKDF(SHA256(), 32, salt=None, info=f"separatrix park {use}".encode()).derive(key.encode())


class KeyFile:
    """The file of a park's key.

    Parameters
    ----------
    path : Path

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "key"
    >>> _ = path.write_text("k" * 64)
    >>> file = KeyFile(path)
    >>> file.decrypt(file.encrypt("secret", "second factor"), "second factor")
    'secret'
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def keys(self) -> tuple[str, ...]:
        """Return the key, and the one before it while it is being changed.

        Raises
        ------
        InputError
            W231 if the key is missing or not text: without it second factors cannot be read.
        """
        text = read_secret(self.path, "W231") if self.path.exists() else ""
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        if not lines or len(lines[0]) < 32:
            raise InputError(
                "W231",
                say("the park's key is not there or is too short"),
                where=Place(str(self.path)),
                hint=say("put the file back from where you keep it; no backup of the platform holds it"),
            )
        return lines

    def encrypt(self, text: str, use: str) -> str:
        """Return a text as only who has the key can read it."""
        return self._box(use).encrypt(text.encode()).decode("ascii")

    def decrypt(self, box: str, use: str) -> str:
        """Return what was encrypted.

        Raises
        ------
        InputError
            W232 where it was encrypted under another key, or was changed since.
        """
        try:
            return self._box(use).decrypt(box.encode()).decode()
        except InvalidToken:
            raise InputError(
                "W232",
                say("something was encrypted under another key than the park's"),
                where=Place(str(self.path)),
            ) from None

    def reencrypt(self, box: str, use: str) -> str:
        """Return what was encrypted, encrypted under the newest key."""
        return self.encrypt(self.decrypt(box, use), use)

    def _box(self, use: str) -> MultiFernet:
        # Read anew each time: a service that runs while the key is changed knows both at once.
        return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, use))) for key in self.keys()])


ACCOUNT_APPS = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
)

PROVIDER = "park"
"""What the one provider of sign-ins is called in addresses."""

_HERE = "separatrix_park.accounts"


def account_settings(park: ParkFolder, *, secure: bool) -> dict[str, Any]:
    """Return the settings of one park.

    Parameters
    ----------
    park : ParkFolder
    secure : bool
        Whether people reach it over https.
    """
    current = KeyFile(park.key_file).keys()[0]
    prefix = "__Host-" if secure else ""  # such a cookie comes over https from this host, or not at all
    return {
        "SECRET_KEY": derived(current, "signatures").hex(),
        "SECRET_KEY_FALLBACKS": [],  # a key that is changed ends what was signed with the one before
        "AUTH_USER_MODEL": "park.Person",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "PASSWORD_HASHERS": [f"{_HERE}.password.ParkHasher"],
        "AUTH_PASSWORD_VALIDATORS": _VALIDATORS,
        # Attempts are counted here, too; the default of 300 entries is thrown out by whoever makes many.
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                "OPTIONS": {"MAX_ENTRIES": 100_000},
            }
        },
        "PASSWORD_RESET_TIMEOUT": int(timedelta(days=2).total_seconds()),
        "SESSION_ENGINE": f"{_HERE}.session",
        "SESSION_COOKIE_NAME": f"{prefix}park",
        "SESSION_COOKIE_AGE": int(timedelta(hours=12).total_seconds()),
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": f"{prefix}csrf",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SAMESITE": "Lax",  # else a link in a letter would take it away from pages that are open
        "CSRF_TRUSTED_ORIGINS": [park.access.address] if park.access.address else [],
        # Who reaches a plain port past the proxy is led to the address.
        "SECURE_SSL_REDIRECT": secure,
        "SECURE_HSTS_SECONDS": int(timedelta(days=365).total_seconds()) if secure else 0,
        "SECURE_REFERRER_POLICY": "same-origin",  # Django compares it at each form that comes over https
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "home",
        "LOGOUT_REDIRECT_URL": "account_login",
        **_allauth(park, secure=secure),
        **_axes(),
        **_letters(park),
    }


_PASSWORD = "django.contrib.auth.password_validation"
_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_HERE}.password.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_PASSWORD}.CommonPasswordValidator"},
    {
        "NAME": f"{_PASSWORD}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": f"{_PASSWORD}.NumericPasswordValidator"},
]


def _allauth(park: ParkFolder, *, secure: bool) -> dict[str, Any]:
    sign_on = park.access.sign_on
    providers = {} if sign_on is None else _provider(sign_on, _secret(park, SIGN_ON_SECRET))
    return {
        "ACCOUNT_ADAPTER": f"{_HERE}.adapter.ParkAccounts",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_EMAIL_VERIFICATION": "none",  # the office hands the invitation over; it knows whom it asks
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,  # anybody may type anybody's address
        "ACCOUNT_EMAIL_NOTIFICATIONS": park.access.mail is not None,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if secure else "http",
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 600,
        "ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR": f"{_HERE}.password.ResetTokens",
        # Per address, and per address and name; of the second factor per person, whose password was right.
        "ACCOUNT_RATE_LIMITS": {"login_failed": "20/m/ip,5/5m/key,40/d/key"},
        "ALLAUTH_TRUSTED_PROXY_COUNT": 0,
        "MFA_ADAPTER": f"{_HERE}.second_factor.ParkSecondFactor",
        "MFA_FORMS": {
            "activate_totp": f"{_HERE}.second_factor.ActivationForm",
            "authenticate": f"{_HERE}.second_factor.SignInForm",
            "reauthenticate": f"{_HERE}.second_factor.StepUpForm",
        },
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_TOTP_TOLERANCE": 1,  # clocks that differ by half a minute
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "SOCIALACCOUNT_ADAPTER": f"{_HERE}.single_sign_on.ParkSignOn",
        "SOCIALACCOUNT_PROVIDERS": providers,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_LOGIN_ON_GET": False,
    }


def _provider(sign_on: SignOn, secret: str) -> dict[str, Any]:
    application = {
        "provider_id": PROVIDER,
        "name": sign_on.name,
        "client_id": sign_on.client,
        "secret": secret,
        "settings": {"server_url": sign_on.issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [application]}}


def _axes() -> dict[str, Any]:
    return {
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_FAILURE_LIMIT": 8,
        "AXES_COOLOFF_TIME": timedelta(minutes=15),
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_CLIENT_IP_CALLABLE": f"{_HERE}.address.client_address",
        "AXES_USERNAME_CALLABLE": f"{_HERE}.address.login_name",
        "AXES_USERNAME_FORM_FIELD": "login",
        "AXES_LOCKOUT_CALLABLE": "separatrix_park.errors.locked_out",
        "AXES_DISABLE_ACCESS_LOG": True,  # who signed in when and from where is kept by nobody
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
    }


def _letters(park: ParkFolder) -> dict[str, Any]:
    mail = park.access.mail
    if mail is None:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    return {
        "EMAIL_BACKEND": f"{_HERE}.letters.LetterBox",
        "EMAIL_HOST": mail.host,
        "EMAIL_PORT": mail.port,
        "EMAIL_HOST_USER": mail.user,
        "EMAIL_HOST_PASSWORD": _secret(park, MAIL_PASSWORD) if mail.user else "",
        "EMAIL_USE_SSL": mail.tls,
        "EMAIL_USE_TLS": not mail.tls and mail.port != 25,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": mail.sender,
        "SERVER_EMAIL": mail.sender,
    }


def _secret(park: ParkFolder, name: str) -> str:
    path = park.path / name
    if path.exists():
        return read_secret(path, "W233")
    raise InputError(
        "W233",
        say("park.toml needs a secret that is kept in a file of its own, and it is not there"),
        where=Place(str(path)),
    )
