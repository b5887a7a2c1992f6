"""A Django site in one process: `python -m tests.interop.sites.django_site`.

What it is told comes by standard input as one JSON object; it says a line when it is ready. `library` is a
module beside this one with what its manual asks for.
"""

import json
import secrets
import sys
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, URLResolver, path
from django.utils.html import format_html

APPS = ("auth", "contenttypes", "sessions", "messages")
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}
LOGGING = {
    "version": 1,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"]},
}
urlpatterns: list[URLPattern | URLResolver] = []


def configure(told: dict[str, Any], apps: list[str], middleware: list[str], **more: Any) -> None:
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(),
        ALLOWED_HOSTS=["django.localhost"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS), *apps],
        MIDDLEWARE=[*MIDDLEWARE, *middleware],
        TEMPLATES=[TEMPLATES],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": told["database"]}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING=LOGGING,
        USE_TZ=True,
        LOGIN_REDIRECT_URL="/",
        **more,
    )
    django.setup()


def main() -> None:
    told = json.loads(sys.stdin.readline())
    library = import_module(f"tests.interop.sites.{told['library']}")
    configure(told, **library.settings(told))

    def home(request: HttpRequest) -> HttpResponse:
        """Who is signed in, or the way to be."""
        if request.user.is_authenticated:
            return JsonResponse(library.known(request.user))
        form = '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        return HttpResponse(
            format_html(form + '<button id="enter">Enter</button></form>', library.LOGIN, get_token(request))
        )

    urlpatterns.extend([path("", home), *library.urls()])
    call_command("migrate", verbosity=0)
    port = urlsplit(told["redirect_uri"]).port
    assert port is not None
    with make_server("127.0.0.1", port, get_wsgi_application()) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
