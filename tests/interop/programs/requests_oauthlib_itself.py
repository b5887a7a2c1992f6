"""Requests-OAuthlib: a program that acts for itself. It knows no introspection, so it asks by hand."""

import os

import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session
from wire import read, say

TIMEOUT_SECONDS = 10
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # OAuthlib refuses http otherwise

told = read()
metadata = requests.get(f"{told['issuer']}/.well-known/openid-configuration", timeout=TIMEOUT_SECONDS).json()
session = OAuth2Session(client=BackendApplicationClient(told["client_id"], scope=["licences:read"]))
token = session.fetch_token(metadata["token_endpoint"], client_secret=told["client_secret"])
found = requests.post(
    metadata["introspection_endpoint"],
    {"token": token["access_token"]},
    auth=(told["client_id"], told["client_secret"]),
    timeout=TIMEOUT_SECONDS,
)
say({"result": {"token": {**token, "scope": " ".join(token["scope"])}, "found": found.json()}})
