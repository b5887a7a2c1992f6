"""A Django site with django-allauth, in one file: `python -m tests.interop.sites.django_site`.

What it is told comes by standard input as one JSON object; it says a line when it is ready.
"""

import json
import secrets
import sys
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path


def configure(told: dict[str, Any]) -> None:
    """What the two manuals ask for in a site's settings."""
    app = {
        "provider_id": "yitong",
        "name": "Yitong",
        "client_id": told["client_id"],
        "secret": told["client_secret"],
        "settings": {"server_url": told["issuer"], "oauth_pkce_enabled": True},
    }
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(),
        ALLOWED_HOSTS=["django.localhost"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.socialaccount",
            "allauth.socialaccount.providers.openid_connect",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": told["database"]}},
        USE_TZ=True,
        LOGIN_REDIRECT_URL="/",
        SOCIALACCOUNT_LOGIN_ON_GET=True,
        SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app]}},
        SOCIALACCOUNT_STORE_TOKENS=True,
        ACCOUNT_SIGNUP_FIELDS=["username*"],
        ACCOUNT_EMAIL_VERIFICATION="none",
    )
    django.setup()


def who(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and what is known of them."""
    from allauth.socialaccount.models import SocialAccount

    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False})
    account = SocialAccount.objects.get(user=request.user)
    return JsonResponse({"signed_in": True, "uid": account.uid, "said": account.extra_data})


urlpatterns: list[URLPattern | URLResolver] = []


def main() -> None:
    told = json.loads(sys.stdin.readline())
    configure(told)
    urlpatterns.extend([path("", who), path("accounts/", include("allauth.urls"))])
    call_command("migrate", verbosity=0)
    port = urlsplit(told["redirect_uri"]).port
    assert port is not None
    with make_server("127.0.0.1", port, get_wsgi_application()) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
