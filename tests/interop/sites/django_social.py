"""Python Social Auth on a Django site."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

LOGIN = "/login/oidc/"


def settings(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "apps": ["social_django"],
        "middleware": ["social_django.middleware.SocialAuthExceptionMiddleware"],
        "AUTHENTICATION_BACKENDS": ["social_core.backends.open_id_connect.OpenIdConnectAuth"],
        "SOCIAL_AUTH_OIDC_OIDC_ENDPOINT": told["issuer"],
        "SOCIAL_AUTH_OIDC_KEY": told["client_id"],
        "SOCIAL_AUTH_OIDC_SECRET": told["client_secret"],
        "SOCIAL_AUTH_OIDC_USE_PKCE": True,
        "SOCIAL_AUTH_OIDC_EXTRA_DATA": ["name"],
    }


def urls() -> list[URLPattern | URLResolver]:
    return [path("", include("social_django.urls", namespace="social"))]


def known(user: Any) -> dict[str, str]:
    """What the site knows of who is signed in."""
    from social_django.models import UserSocialAuth

    account = UserSocialAuth.objects.get(user=user)
    said = account.extra_data
    return {"uid": account.uid, "name": said["name"], "sub": said["id"]}
