"""`python -m clients.kiosk [ISSUER]` shows a code in the terminal and waits until somebody has agreed."""

import os
import sys
import time

import requests

from clients.kiosk.device import Codes, Device, NotSignedIn

CLIENT_ID = "kiosk"
WIDTH = 46
WORDS = {
    "access_denied": "没有授权。 Nobody agreed.",
    "expired_token": "代码已过期。 The code has expired.",
}


def show(codes: Codes) -> str:
    """Large enough for a screen in a hall."""
    minutes = codes.expires_in // 60
    lines = (
        "请用手机打开 On your phone, open",
        codes.verification_uri,
        "并输入代码 and enter the code",
        "  ".join(codes.user_code),
        f"{minutes} 分钟内有效 good for {minutes} minutes",
    )
    return "\n".join(("=" * WIDTH, *(f"  {line}" for line in lines), "=" * WIDTH))


def main() -> int:
    issuer = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KIOSK_ISSUER", "http://localhost:8000")
    try:
        device = Device(issuer, CLIENT_ID, sleep=time.sleep, monotonic=time.monotonic, clock=time.time)
        codes = device.begin("openid")
        print(show(codes), flush=True)
        claims = device.wait(codes)
    except NotSignedIn as refused:
        print(WORDS.get(refused.error, refused.error))
        return 1
    except (requests.RequestException, ValueError, KeyError) as problem:
        print(f"{issuer}: {type(problem).__name__}")
        return 1
    print(f"已登录 Signed in: {claims['sub']} ({claims.get('acr', '')})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
