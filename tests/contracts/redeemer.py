"""One process of a race for codes: `python -m tests.contracts.redeemer URL TIME CODES`.

Says "ready", waits for a line, tries to redeem every code in turn, then prints the numbers of those
that it won, one a line.
"""

import sys
from datetime import datetime

from idp.oidc.errors import InvalidGrant
from idp.oidc.token import codes
from idp.storage.ephemeral import open_store
from tests.contracts.test_redeem_race import KEY, NOW, PRESENTED


def main(url: str, time: str, *offered: str) -> None:
    now = datetime.fromisoformat(time)
    store = open_store(url, lambda: now)
    store.get("warm")
    print("ready", flush=True)
    sys.stdin.readline()
    for number, code in enumerate(offered):
        try:
            codes.redeem(store, KEY, code, PRESENTED, NOW)
        except InvalidGrant:
            continue
        print(number)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
