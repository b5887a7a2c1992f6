"""The store on Redis (6.2 or later) or Redis Cluster: the same commands, sent by different routes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, Protocol

import hiredis

from idp.storage.ephemeral.cluster import Cluster
from idp.storage.ephemeral.connection import Address, Command, Reply
from idp.storage.ephemeral.server import Server
from idp.storage.ephemeral.store import Entry, lifetime


@dataclass(frozen=True)
class Script:
    """Lua, only where no single command does it: it runs whole or not at all."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        # EVALSHA names scripts by SHA-1; nothing rests on its strength.
        object.__setattr__(self, "digest", sha1(self.text.encode(), usedforsecurity=False).hexdigest())


REPLACE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1""")
APPEND = Script("""
local old = redis.call('GET', KEYS[1])
if #(old or '') + #ARGV[1] > tonumber(ARGV[2]) then return false end
redis.call('APPEND', KEYS[1], ARGV[1])
if not old then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return redis.call('GET', KEYS[1])""")
INCREMENT = Script("""
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count""")


class Route(Protocol):
    """Finds the server of a key."""

    def send(self, key: str, *command: bytes | str | int, repeatable: bool) -> Reply: ...

    def put_all(self, *commands: tuple[str, Command]) -> None:
        """Each with its key, in this order; all of them may be sent again."""

    def close(self) -> None: ...


class RedisStore:
    """Lifetimes run by the server's clock: application servers need not agree on the time."""

    def __init__(self, address: Address) -> None:
        """Connects when first used."""
        self._route: Route = Server(address)

    def put(self, key: str, value: bytes, *, seconds: int) -> None:
        self._route.send(key, "SET", key, value, "EX", lifetime(seconds), repeatable=True)

    def put_all(self, *entries: Entry) -> None:
        self._route.put_all(
            *((key, ("SET", key, value, "EX", lifetime(seconds))) for key, value, seconds in entries)
        )

    def get(self, key: str) -> bytes | None:
        return _bytes(self._route.send(key, "GET", key, repeatable=True))

    def take(self, key: str) -> bytes | None:
        return _bytes(self._route.send(key, "GETDEL", key, repeatable=False))

    def add_once(self, key: str, value: bytes, *, seconds: int) -> bool:
        command = ("SET", key, value, "EX", lifetime(seconds), "NX")
        return self._route.send(key, *command, repeatable=False) is not None

    def replace(self, key: str, old: bytes, new: bytes, *, seconds: int) -> bool:
        return bool(self._evaluate(REPLACE, key, old, new, lifetime(seconds)))

    def append(self, key: str, value: bytes, *, limit: int, seconds: int) -> bytes | None:
        return _bytes(self._evaluate(APPEND, key, value, limit, lifetime(seconds)))

    def increment(self, key: str, *, seconds: int) -> int:
        return int(self._evaluate(INCREMENT, key, lifetime(seconds)))

    def delete(self, key: str) -> bool:
        # Not repeatable: the second answer would deny what the first command did.
        return bool(self._route.send(key, "DEL", key, repeatable=False))

    def sweep(self) -> int:
        return 0

    def close(self) -> None:
        self._route.close()

    def _evaluate(self, script: Script, key: str, *arguments: bytes | int) -> Any:
        reply = self._route.send(key, "EVALSHA", script.digest, 1, key, *arguments, repeatable=False)
        if isinstance(reply, hiredis.ReplyError):  # NOSCRIPT: nothing ran; EVAL also loads it
            reply = self._route.send(key, "EVAL", script.text, 1, key, *arguments, repeatable=False)
        return reply


class RedisClusterStore(RedisStore):
    """The same over a cluster. Every command touches one key, so no two slots ever meet."""

    def __init__(self, seeds: Sequence[Address]) -> None:
        """`seeds`: some nodes of the cluster; the rest is learned from them when first used."""
        self._route = Cluster(seeds)


def _bytes(reply: Reply) -> bytes | None:
    return None if reply is None else bytes(reply)
