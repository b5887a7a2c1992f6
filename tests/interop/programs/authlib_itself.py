"""Authlib: a program that acts for itself."""

import requests
from authlib.integrations.requests_client import OAuth2Session
from wire import read, say

TIMEOUT_SECONDS = 10

told = read()
metadata = requests.get(f"{told['issuer']}/.well-known/openid-configuration", timeout=TIMEOUT_SECONDS).json()
session = OAuth2Session(told["client_id"], told["client_secret"], scope="licences:read")
token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
found = session.introspect_token(metadata["introspection_endpoint"], token["access_token"])
say({"result": {"token": dict(token), "found": found.json()}})
