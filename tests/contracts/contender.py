"""One process of a race over a store: `python -m tests.contracts.contender URL TIME COMMAND KEYS NAME`.

Says "ready", waits for a line, runs the command on every key in turn, then prints the numbers of
the keys it won, one a line.
"""

import sys
from datetime import datetime

from idp.storage.ephemeral import open_store


def main(url: str, time: str, command: str, keys: str, name: str) -> None:
    now = datetime.fromisoformat(time)
    store = open_store(url, lambda: now)
    store.get("warm")
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(keys)):
        key = f"race:{command}:{number}"
        match command:
            case "take":
                won = store.take(key) is not None
            case "add_once":
                won = store.add_once(key, name.encode(), seconds=60)
            case "replace":
                won = store.replace(key, b"old", name.encode(), seconds=60)
            case "increment":
                won = store.increment(key, seconds=60) == 1
            case _:
                won = store.append(f"race:{command}", name.encode(), limit=1 << 20, seconds=60) is None
        if won:
            print(number)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
