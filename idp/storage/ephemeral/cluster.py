"""Redis Cluster: which node serves a key, and what to do while slots or nodes move.

Follows the cluster specification (redis.io, "Redis cluster specification"): key hash slots and
tags, MOVED and ASK redirections, TRYAGAIN and CLUSTERDOWN as temporary refusals.
"""

from binascii import crc_hqx
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import hiredis

from idp.storage.ephemeral.connection import Address, Command, Dropped, Reply, refused
from idp.storage.ephemeral.server import Connections
from idp.storage.ephemeral.store import StoreUnavailable

SLOTS = 16384
REDIRECTIONS = 5  # more than this means that the nodes disagree


def slot_of(key: str) -> int:
    """CRC-16/XMODEM of the key, or of what stands between its first { and the next }, if anything."""
    raw = key.encode()
    opening = raw.find(b"{")
    if opening >= 0:
        closing = raw.find(b"}", opening + 1)
        if closing > opening + 1:
            raw = raw[opening + 1 : closing]
    return crc_hqx(raw, 0) % SLOTS


class Cluster:
    """Sends each key's commands to the master of its slot. The map is learned when first needed."""

    def __init__(self, seeds: Sequence[Address]) -> None:
        self._seeds = tuple(seeds)
        self._lock = Lock()
        self._nodes: dict[tuple[str, int], Connections] = {}
        self._masters: list[Connections | None] = [None] * SLOTS

    def send(self, key: str, *command: bytes | str | int, repeatable: bool) -> Reply:
        """Returns the reply, a ReplyError NOSCRIPT included. Raises StoreUnavailable."""
        slot = slot_of(key)
        try:
            return self._send(slot, command, repeatable=repeatable)
        except Dropped as dropped:
            # A replica may have taken over: the next command asks the nodes that are left.
            self._masters[slot] = None
            if dropped.timed_out or (dropped.sent and not repeatable):
                raise StoreUnavailable(str(dropped)) from None
        try:
            return self._send(slot, command, repeatable=repeatable)
        except Dropped as dropped:
            self._masters[slot] = None
            raise StoreUnavailable(str(dropped)) from None

    def put_all(self, *commands: tuple[str, Command]) -> None:
        """One after the other: they may be different nodes'."""
        for key, command in commands:
            self.send(key, *command, repeatable=True)

    def close(self) -> None:
        with self._lock:
            for node in self._nodes.values():
                node.close()

    def _send(self, slot: int, command: tuple[bytes | str | int, ...], *, repeatable: bool) -> Reply:
        node = self._masters[slot] or self._learn(slot)
        reply = node.send(*command, repeatable=repeatable)
        for _ in range(REDIRECTIONS):
            if not isinstance(reply, hiredis.ReplyError):
                return reply
            code, _, rest = str(reply).partition(" ")
            if code == "NOSCRIPT":
                return reply
            if code not in ("MOVED", "ASK"):
                raise refused(node.address, reply)
            node = self._node(rest.partition(" ")[2], node.address.host)
            if code == "MOVED":
                self._masters[slot] = node
                reply = node.send(*command, repeatable=repeatable)
            else:
                reply = node.send_asking(*command)
        raise StoreUnavailable("Redis Cluster redirects in a circle")

    def _node(self, address: str, asked: str) -> Connections:
        """`address`: host:port as a redirection gives it; an empty host means the node that was asked."""
        host, _, port = address.rpartition(":")
        with self._lock:
            return self._connections(host or asked, int(port))

    def _connections(self, host: str, port: int) -> Connections:
        found = self._nodes.get((host, port))
        if found is None:
            found = Connections(replace(self._seeds[0], host=host, port=port))
            self._nodes[(host, port)] = found
        return found

    def _ask_last(self, node: Connections) -> None:
        """A node that hangs costs a time limit each time that it is asked before the others."""
        key = (node.address.host, node.address.port)
        with self._lock:
            self._nodes[key] = self._nodes.pop(key)

    def _learn(self, slot: int) -> Connections:
        """Ask the nodes in turn for the map until one names the slot's master."""
        with self._lock:
            known = [*self._nodes.values()]
            seeds = [self._connections(seed.host, seed.port) for seed in self._seeds]
        failure = "no node names a master"
        for node in dict.fromkeys([*known, *seeds]):
            try:
                ranges = node.send("CLUSTER", "SLOTS", repeatable=True)
            except Dropped as dropped:
                failure = str(dropped)
                self._ask_last(node)
                continue
            if isinstance(ranges, hiredis.ReplyError):
                raise refused(node.address, ranges)
            with self._lock:
                for first, last, (host, port, *_), *_replicas in ranges:
                    master = self._connections((host or b"").decode() or node.address.host, port)
                    self._masters[first : last + 1] = [master] * (last - first + 1)
            found = self._masters[slot]
            if found is not None:
                return found
        raise StoreUnavailable(f"Redis Cluster cannot serve a slot: {failure}")
