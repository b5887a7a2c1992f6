"""Access tokens that count, for many threads and processes at once: one refreshes, all have the new ones.

What can go wrong between a portal and the provider, and what happens here:

- **Many want a new token at once.** Who puts its claim on the stored tokens first asks the provider; the
  others wait for what it stores. The claim is one `replace` of the store, so it holds for processes and
  machines, too, and runs out should its owner die.
- **The answer of a refresh is lost on the way.** The provider may have made a successor by then. Within the
  grace the previous refresh token returns this very successor: the same request is sent again, once.
- **The store fails when the successor is to be kept.** It is held in this process and stored at the next
  call; the previous one is still in the store and, within the grace, leads to the same successor.
- **The person signs out meanwhile.** Nothing is put back; what the refresh brought is revoked.
"""

import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from .errors import NotSignedIn, ProviderUnreachable, SignInRefused, StoreBroken
from .store import Store, drop, key_of, put
from .tokens import Tokens, loaded

LEEWAY_SECONDS = 30
"""Refreshed so long before the end: a call takes time, and clocks differ."""
CLAIM_SECONDS = 25
"""How long one may take for a refresh: two requests of ten seconds, and some."""
CLOCKS_DIFFER_SECONDS = 30
"""Between machines that share a store; what is further ahead is a clock that was set back."""
GRACE_SECONDS = 60
"""Of the provider: so long the previous refresh token returns the same successor."""
LOOK_AGAIN_SECONDS = 0.05
HELD_AT_MOST = 1000


class FreshTokens:
    def __init__(
        self,
        store: Store,
        refresh: Callable[[Tokens], Tokens],
        revoke: Callable[[Tokens], None],
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        kept_seconds: int = 30 * 86_400,
    ) -> None:
        """`refresh`, `revoke`: `Provider.refresh` and `.revoke`. `kept_seconds`: unused for so long, they are
        forgotten; the provider's refresh tokens last 30 days."""
        self._store = store
        self._refresh = refresh
        self._revoke = revoke
        self._clock = clock
        self._monotonic = monotonic
        self._wait = wait
        self._kept_seconds = kept_seconds
        self._turns = _Turns()
        self._held: OrderedDict[str, tuple[str, Tokens]] = OrderedDict()

    def keep(self, name: str, tokens: Tokens) -> None:
        """After a sign-in. `name`: the portal's own, of a session or a person; it is stored as a digest."""
        put(self._store, key_of("tokens", name), _Kept(tokens).dumped(), self._kept_seconds)

    def forget(self, name: str) -> Tokens | None:
        """When the person signs out; the tokens, for `Provider.revoke`."""
        key = key_of("tokens", name)
        before = drop(self._store, key)
        with self._turns.lock:
            _, held = self._held.pop(key, ("", None))
        if held is not None:
            return held
        return None if before is None else _kept(before).tokens

    def get(self, name: str) -> Tokens:
        """Tokens that count. Raises NotSignedIn, ProviderUnreachable."""
        key = key_of("tokens", name)
        found = self._stored(key)[1]
        if found.tokens.counts(self._clock(), LEEWAY_SECONDS):
            return found.tokens
        # Threads of this process queue here, so that one of them alone looks at the store for all.
        with self._turns.turn(key):
            return self._refreshed(key)

    def _refreshed(self, key: str) -> Tokens:
        ends_at = self._monotonic() + CLAIM_SECONDS
        while True:
            before, found = self._stored(key)
            now = self._clock()
            if found.tokens.counts(now, LEEWAY_SECONDS):
                return found.tokens
            if found.tokens.refresh_token is None:
                if found.tokens.counts(now):
                    return found.tokens
                raise NotSignedIn("The access token is over, and there is no refresh token.")
            if not now < found.claimed_until <= now + CLOCKS_DIFFER_SECONDS + CLAIM_SECONDS:
                claimed = _Kept(found.tokens, now + CLAIM_SECONDS, secrets.token_urlsafe(8)).dumped()
                if self._store.replace(key, before, claimed, self._kept_seconds):
                    return self._by_claim(key, claimed, found.tokens)
                continue
            if found.tokens.counts(now):
                return found.tokens
            if self._monotonic() >= ends_at:
                raise ProviderUnreachable("temporarily_unavailable", "A refresh elsewhere does not end.")
            self._wait(LOOK_AGAIN_SECONDS)

    def _by_claim(self, key: str, claimed: str, old: Tokens) -> Tokens:
        try:
            new = self._asked(old)
        except ProviderUnreachable:
            # Somebody else may try at once.
            self._store.replace(key, claimed, _Kept(old).dumped(), self._kept_seconds)
            raise
        except SignInRefused as refused:
            if refused.error not in ("invalid_grant", "invalid_token"):
                self._store.replace(key, claimed, _Kept(old).dumped(), self._kept_seconds)
                raise
            if not self._store.replace(key, claimed, None, 0):
                # Our claim ran out, and what we showed was used before: by who has the successor.
                return self._refreshed(key)
            # The grant has ended: nothing brings these tokens back.
            raise NotSignedIn("The grant has ended.") from None
        return self._put(key, claimed, new)

    def _asked(self, old: Tokens) -> Tokens:
        began_at = self._monotonic()
        try:
            return self._refresh(old)
        except ProviderUnreachable:
            if self._monotonic() - began_at >= GRACE_SECONDS:
                raise
            return self._refresh(old)

    def _put(self, key: str, claimed: str, new: Tokens) -> Tokens:
        try:
            is_kept = self._store.replace(key, claimed, _Kept(new).dumped(), self._kept_seconds)
        except Exception:  # whatever a database's driver raises
            with self._turns.lock:
                self._held[key] = (claimed, new)
                while len(self._held) > HELD_AT_MOST:
                    self._held.popitem(last=False)
            return new
        if is_kept:
            return new
        if self._store.load(key) is None:
            with suppress(SignInRefused):
                self._revoke(new)
            raise NotSignedIn("The person signed out meanwhile.")
        # Our claim ran out and somebody else's refresh brought the same successor, within the grace.
        return self._stored(key)[1].tokens

    def _stored(self, key: str) -> "tuple[str, _Kept]":
        text = self._store.load(key)
        if text is None:
            raise NotSignedIn("There are no tokens of that name.")
        with self._turns.lock:
            claimed, new = self._held.get(key, ("", None))
        if new is not None:
            kept = _Kept(new)
            is_ours = text == claimed and self._store.replace(key, claimed, kept.dumped(), self._kept_seconds)
            with self._turns.lock:
                self._held.pop(key, None)
            if is_ours:
                return kept.dumped(), kept
            return self._stored(key)
        return text, _kept(text)


@dataclass(frozen=True)
class _Kept:
    tokens: Tokens
    claimed_until: float = 0
    """Seconds since 1970: until then somebody is at it."""
    claim: str = ""
    """Whose claim: no two are the same text."""

    def dumped(self) -> str:
        return json.dumps([self.tokens.dumped(), self.claimed_until, self.claim])


def _kept(text: str) -> _Kept:
    try:
        tokens, claimed_until, claim = json.loads(text)
        return _Kept(loaded(tokens), float(claimed_until), str(claim))
    except (ValueError, TypeError, RecursionError):
        raise StoreBroken("The store holds no tokens where they should be.") from None


class _Turns:
    """A lock for each key that somebody waits for, and for no other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._waiting: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        with self.lock:
            turn, waiting = self._waiting.get(key, (threading.Lock(), 0))
            self._waiting[key] = (turn, waiting + 1)
        try:
            with turn:
                yield
        finally:
            with self.lock:
                turn, waiting = self._waiting[key]
                if waiting == 1:
                    del self._waiting[key]
                else:
                    self._waiting[key] = (turn, waiting - 1)
