"""Requests-OAuthlib: plain OAuth 2.0 with PKCE. It knows no id_token, so userinfo says who came."""

import os

import requests
from requests_oauthlib import OAuth2Session
from wire import answer_to, read, say

TIMEOUT_SECONDS = 10
# OAuthlib refuses http otherwise. Its other switch, for a scope that comes back changed, is left alone.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

told = read()
metadata = requests.get(f"{told['issuer']}/.well-known/openid-configuration", timeout=TIMEOUT_SECONDS).json()
session = OAuth2Session(
    told["client_id"], scope=told["scope"].split(), redirect_uri=told["redirect_uri"], pkce="S256"
)
address, state = session.authorization_url(metadata["authorization_endpoint"])
token = session.fetch_token(
    metadata["token_endpoint"],
    authorization_response=answer_to(address),
    client_secret=told["client_secret"],
)
userinfo = session.get(metadata["userinfo_endpoint"])
refreshed = session.refresh_token(metadata["token_endpoint"], auth=(told["client_id"], told["client_secret"]))
again = session.get(metadata["userinfo_endpoint"])
say(
    {
        "result": {
            "scope": token["scope"],
            "expires_in": token["expires_in"],
            "renewed": refreshed["access_token"] != token["access_token"],
            "userinfo": userinfo.json(),
            "again": again.json(),
        }
    }
)
