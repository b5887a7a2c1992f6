"""How many SQL statements and ephemeral commands a request costs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import Engine, event

from idp.storage.ephemeral import EphemeralStore
from idp.storage.ephemeral.store import Entry

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COMMANDS = ("put", "get", "take", "add_once", "replace", "append", "increment", "delete")
OVERHEAD = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Cost:
    """Of one request, the writing of its audit events included."""

    request: str
    """Method and path."""
    statements: tuple[str, ...]
    commands: tuple[str, ...]


class Counting:
    """Wraps an app's WSGI callable; requests come one after another, as a test client sends them."""

    def __init__(self, app: Flask) -> None:
        found = app.extensions["yitong"]
        self.costs: list[Cost] = []
        self._statements: list[str] = []
        self._commands: list[str] = []
        self._app: WSGIApplication = app.wsgi_app
        watch_engine(found.engine, self._statements)
        watch_store(found.store, self._commands)
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._statements.clear()
        self._commands.clear()
        answer = self._app(environ, start_response)
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self.costs.append(Cost(request, tuple(self._statements), tuple(self._commands)))
        return answer


def watch_engine(engine: Engine, seen: list[str]) -> None:
    """At SQLite itself, past whatever made the statement; with the values that it ran with."""

    def note(statement: str) -> None:
        if not statement.startswith(OVERHEAD):
            seen.append(" ".join(statement.split()))

    def watch(connection: Any, *_rest: Any) -> None:
        connection.set_trace_callback(note)

    event.listen(engine, "checkout", watch)


def watch_store(store: EphemeralStore, seen: list[str]) -> None:
    for name in COMMANDS:
        setattr(store, name, _noted(getattr(store, name), name, seen))
    store.put_all = _noted_together(store.put_all, seen)  # type: ignore[method-assign]


def _noted(command: Callable[..., Any], name: str, seen: list[str]) -> Callable[..., Any]:
    def noted(key: str, *arguments: Any, **named: Any) -> Any:
        seen.append(f"{name} {key.partition(':')[0]}")
        return command(key, *arguments, **named)

    return noted


def _noted_together(command: Callable[..., None], seen: list[str]) -> Callable[..., None]:
    """One command, as it is one round trip where the store is a single server."""

    def noted(*entries: Entry) -> None:
        before = len(seen)
        command(*entries)
        # A store that puts one after the other has noted each.
        seen[before:] = [f"put {' and '.join(key.partition(':')[0] for key, _, _ in entries)}"]

    return noted
