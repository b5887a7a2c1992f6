import time

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from joserfc.errors import JoseError
from requests import RequestException

ACR = "urn:yitong:acr:"
PRESENT_SECONDS = 15 * 60  # level 3 is level 2 again after that

yitong = OAuth().register(
    "yitong",
    server_metadata_url=f"{settings.YITONG_ISSUER}/.well-known/openid-configuration",
    client_id=settings.YITONG_CLIENT_ID,
    client_secret=settings.YITONG_CLIENT_SECRET,
    client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
)


def home(request):
    return HttpResponse('<a href="/me">Sign in</a>')


def me(request):
    if level(request) < 2:
        return ask(request, 2)
    return HttpResponse(format_html("<h1>{}</h1>", request.session["person"]["name"]))


def filing(request):
    if level(request) < 3:
        return ask(request, 3)
    return HttpResponse("You are here in person.")


def level(request):
    """Of who is signed in here, now."""
    person = request.session.get("person")
    if person is None:
        return 0
    return person["level"] if time.time() < person["present_until"] else min(person["level"], 2)


def ask(request, wanted):
    """Lead to the provider, for this level at least, and back to this page."""
    request.session["to"] = request.path
    # state, nonce and the PKCE verifier are Authlib's: it makes, keeps and compares them.
    return yitong.authorize_redirect(request, f"{settings.ORIGIN}/callback", acr_values=f"{ACR}{wanted}")


def callback(request):
    if request.GET.get("iss") != settings.YITONG_ISSUER:  # RFC 9207: not of another provider
        return HttpResponse("This answer is not the provider's.", status=400)
    try:
        # The signature, exp and nonce; and what Authlib leaves open unless it is told.
        expected = {"iss": {"value": settings.YITONG_ISSUER}, "aud": {"value": settings.YITONG_CLIENT_ID}}
        token = yitong.authorize_access_token(request, claims_options=expected)
        person = yitong.userinfo(token=token)
    except (OAuthError, JoseError) as error:  # refused: by the provider, or by a check of the id_token
        return HttpResponse(f"Not signed in: {error.error}", status=400)
    except (RequestException, ValueError, KeyError):  # no answer, or none that can be read
        return HttpResponse("The provider does not answer. Please try again.", status=503)
    claims = token["userinfo"]  # of the id_token
    if person["sub"] != claims["sub"]:
        return HttpResponse("Not signed in: somebody else's answer.", status=400)
    to = request.session.get("to", "/")
    request.session.cycle_key()  # a new session id for who has signed in
    request.session["person"] = {
        "sub": person["sub"],  # key your records on it
        "name": person["name"],
        "level": int(claims["acr"].removeprefix(ACR)),
        "present_until": time.time() + PRESENT_SECONDS,
    }
    return redirect(to)
