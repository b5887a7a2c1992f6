"""A single Redis server: a connection per thread, and when a command may be sent again."""

import os
from threading import Lock, local
from weakref import WeakSet

import hiredis

from idp.storage.ephemeral.connection import Address, Command, Connection, Dropped, Reply, refused
from idp.storage.ephemeral.store import StoreUnavailable


class Connections:
    """This thread's connection to one server, made when needed and made anew after a fork."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._local = local()
        self._lock = Lock()
        self._open: WeakSet[Connection] = WeakSet()

    def send(self, *command: bytes | str | int, repeatable: bool) -> Reply:
        """Run a command, on a new connection if the old one broke.

        Raises Dropped, StoreUnavailable.
        """
        return self.send_all(command, repeatable=repeatable)[0]

    def send_all(self, *commands: Command, repeatable: bool) -> list[Reply]:
        """Run commands in this order, in one round trip.

        A command that is not repeatable is sent again only when the first attempt cannot have
        reached the server. An attempt that ran into its time limit is not repeated, so that a
        dead server costs one time limit. Raises Dropped, StoreUnavailable.
        """
        try:
            return self._connection().run_all(*commands)
        except Dropped as dropped:
            self.drop()
            if dropped.timed_out or not (repeatable and dropped.sent):
                raise
        try:
            return self._connection().run_all(*commands)
        except Dropped:
            self.drop()
            raise

    def send_asking(self, *command: bytes | str | int) -> Reply:
        """Run a command on a node that is importing its slot (Cluster's ASK). Raises Dropped."""
        try:
            return self._connection().run_all(("ASKING",), command)[1]
        except Dropped:
            self.drop()
            raise

    def drop(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def close(self) -> None:
        with self._lock:
            for connection in list(self._open):
                connection.close()

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.process == os.getpid():
            if not connection.is_stale():
                return connection
            connection.close()
        connection = Connection(self.address)
        self._local.connection, self._local.process = connection, os.getpid()
        with self._lock:
            self._open.add(connection)
        return connection


class Server:
    """Sends every key's commands to the one server."""

    def __init__(self, address: Address) -> None:
        self._connections = Connections(address)

    def send(self, key: str, *command: bytes | str | int, repeatable: bool) -> Reply:
        """Returns the reply, a ReplyError NOSCRIPT included. Raises StoreUnavailable."""
        return self._send_all(command, repeatable=repeatable)[0]

    def put_all(self, *commands: tuple[str, Command]) -> None:
        """In one round trip. Raises StoreUnavailable."""
        self._send_all(*(command for _, command in commands), repeatable=True)

    def _send_all(self, *commands: Command, repeatable: bool) -> list[Reply]:
        try:
            replies = self._connections.send_all(*commands, repeatable=repeatable)
        except Dropped as dropped:
            raise StoreUnavailable(str(dropped)) from None
        for reply in replies:
            if isinstance(reply, hiredis.ReplyError) and not str(reply).startswith("NOSCRIPT"):
                raise refused(self._connections.address, reply)
        return replies

    def close(self) -> None:
        self._connections.close()
