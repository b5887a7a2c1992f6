"""django-allauth on a Django site."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

LOGIN = "/accounts/oidc/yitong/login/"


def settings(told: dict[str, Any]) -> dict[str, Any]:
    app = {
        "provider_id": "yitong",
        "name": "Yitong",
        "client_id": told["client_id"],
        "secret": told["client_secret"],
        "settings": {"server_url": told["issuer"], "oauth_pkce_enabled": True},
    }
    return {
        "apps": [
            "allauth",
            "allauth.account",
            "allauth.socialaccount",
            "allauth.socialaccount.providers.openid_connect",
        ],
        "middleware": ["allauth.account.middleware.AccountMiddleware"],
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [app]}},
        "ACCOUNT_SIGNUP_FIELDS": ["username*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
    }


def urls() -> list[URLPattern | URLResolver]:
    return [path("accounts/", include("allauth.urls"))]


def known(user: Any) -> dict[str, str]:
    """What the site knows of who is signed in."""
    from allauth.socialaccount.models import SocialAccount

    account = SocialAccount.objects.get(user=user)
    said = account.extra_data
    return {"uid": account.uid, "name": said["userinfo"]["name"], "sub": said["id_token"]["sub"]}
