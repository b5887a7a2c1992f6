"""Which WeChat account a telephone has: `code2Session` of WeChat's open platform.

The `openid` says that the same account came back to the same mini-program. It says nothing of who that is:
an account is lent, sold, and passes on with a telephone number. It binds, and never proves who somebody is.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

import requests

ORIGIN = "https://api.weixin.qq.com"
PATH = "/sns/jscode2session"
TIMEOUT_SECONDS = 5.0
ANSWER_BYTES = 16 * 1024
CODE_CHARACTERS_AT_MOST = 128
OPENID_CHARACTERS_AT_MOST = 128
NOT_VALID = frozenset({40029, 40163})
"""`invalid code` and `code been used`."""


class CodeRefused(Exception):
    """The code of `wx.login` is none, too old (five minutes) or was used before."""


class WeChatUnreachable(Exception):
    """No answer, or one that cannot be read; `errcode`, where there was one. Neither holds a secret."""


class OpenIds(Protocol):
    def __call__(self, code: str) -> str:
        """The openid. Raises CodeRefused, WeChatUnreachable."""


class WeChat:
    """`session_key`, which comes with the openid, opens what WeChat encrypts for the mini-program. Nothing of
    that is needed here, and it is dropped."""

    def __init__(self, app_id: str, app_secret: str, origin: str = ORIGIN) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._origin = origin

    def __call__(self, code: str) -> str:
        if not code or len(code) > CODE_CHARACTERS_AT_MOST or not code.isascii():
            raise CodeRefused
        told = self._asked(code)
        errcode = told.get("errcode", 0)
        if errcode in NOT_VALID:
            raise CodeRefused
        openid = told.get("openid")
        if errcode or not isinstance(openid, str) or not 0 < len(openid) <= OPENID_CHARACTERS_AT_MOST:
            raise WeChatUnreachable(f"errcode {errcode}" if isinstance(errcode, int) else "no openid")
        return openid

    def _asked(self, code: str) -> Mapping[str, Any]:
        query = {
            "appid": self._app_id,
            "secret": self._app_secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        try:
            with requests.get(
                f"{self._origin}{PATH}",
                params=query,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                text = answer.raw.read(ANSWER_BYTES + 1, decode_content=True)
                told = json.loads(text) if len(text) <= ANSWER_BYTES else None
        except (requests.RequestException, OSError, ValueError, RecursionError) as problem:
            # Not its text: the address in it has the secret.
            raise WeChatUnreachable(type(problem).__name__) from None
        if not isinstance(told, dict):
            raise WeChatUnreachable("no JSON object")
        return told
