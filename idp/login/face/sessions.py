"""A liveness session: one attempt of one subject in one browser, sealed in the ephemeral store.

Keys: `face:{<digest>}` is the session, taken once by compare-and-set; `face:{<digest>}:live` the facts
of its batches, appended so that any process may serve any of them (`:film` those of a film, which never
mix with live ones); `:portrait`, `:evidence-<moment>` and `:result` come and go with it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from idp.crypto.digests import digest, new_secret, same
from idp.crypto.fields import FieldCipher
from idp.login.face import batches
from idp.login.face.upload import Mode
from idp.login.factors import face
from idp.login.factors.moments import MOMENTS
from idp.people.face_evidence import KeptFrame
from idp.storage.ephemeral import EphemeralStore

if TYPE_CHECKING:
    from idp.login.factors.face import Challenge, FrameFacts

Flow = Literal["login", "enrol", "window"]
FACT_BYTES = 3000
"""What one frame's facts may take on average, sealed; measured: 1,100 to 1,700."""
RESULT_SECONDS = 900
JUDGING_SECONDS = 60
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class FaceSession:
    """`subject` is a person's id, or an enrolment's while there is no person."""

    id: str
    flow: Flow
    subject: str
    browser: str
    challenge_json: str
    started_at: datetime
    expires_at: datetime
    keeps_portrait: bool
    """The register hands out no photo: one frame is kept, sealed, until the verdict."""
    keeps_evidence: bool = False
    """The person agreed to it: a few frames wait, sealed, for the verdict."""
    mode: Mode = "live"
    """Told beforehand what to do, for a film, nobody may go back to the live camera."""
    is_taken: bool = False
    """The verdict is being made; whoever took the session makes it."""

    @property
    def challenge(self) -> "Challenge":
        return face.challenge_from_json(self.challenge_json)

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at

    def since_start_ms(self, now: datetime) -> int:
        return int((now - self.started_at).total_seconds() * 1000)

    def seconds_left(self, now: datetime) -> int:
        return max(0, int((self.expires_at - now).total_seconds()))


@dataclass(frozen=True)
class FaceResult:
    """What the result page says. `reason` and `advice` are codes."""

    subject: str
    browser: str
    passed: bool
    next_url: str
    reason: str | None = None
    advice: str | None = None


class FaceSessions:
    """The sessions of a store. Whatever is bound to another browser is answered as if it were gone."""

    def __init__(self, store: EphemeralStore, cipher: FieldCipher, *, frames_at_most: int) -> None:
        self._store = store
        self._cipher = cipher
        self._frames_at_most = frames_at_most

    def start(
        self,
        flow: Flow,
        subject: str,
        browser: str,
        challenge: "Challenge",
        *,
        keeps_portrait: bool,
        keeps_evidence: bool = False,
        now: datetime,
    ) -> FaceSession:
        session = FaceSession(
            id=new_secret(),
            flow=flow,
            subject=subject,
            browser=browser,
            challenge_json=challenge.to_json(),
            started_at=now,
            expires_at=challenge.expires_at,
            keeps_portrait=keeps_portrait,
            keeps_evidence=keeps_evidence,
        )
        seconds = max(1, session.seconds_left(now))
        self._store.put(_key(session.id), self._sealed(session.id, _to_json(session)), seconds=seconds)
        return session

    def find(self, session_id: str, browser: str, now: datetime) -> FaceSession | None:
        """Also one whose verdict is being made."""
        return self._checked(session_id, self._store.get(_key(session_id)), browser, now)

    def as_film(self, session: FaceSession, now: datetime) -> FaceSession | None:
        """The same session for a film; None when it is over, or has begun live."""
        if self.facts(session, "live"):
            return None
        seconds = max(1, session.seconds_left(now))
        film = replace(_plain(session), mode="film")
        return self._changed(session, film, seconds=seconds)

    def without_colours(self, session: FaceSession, now: datetime) -> FaceSession | None:
        """The same session for whom changing colours are not good; None when it is over."""
        return self._changed(session, _plain(session), seconds=max(1, session.seconds_left(now)))

    def take(self, session: FaceSession) -> FaceSession | None:
        """For the verdict: of all callers exactly one gets it. The others see that it is being made."""
        return self._changed(session, replace(session, is_taken=True), seconds=JUDGING_SECONDS)

    def end(self, session: FaceSession, result: FaceResult) -> None:
        """The verdict is there."""
        plain = json.dumps(asdict(result))
        sealed = self._sealed(f"{session.id}:result", plain)
        self._store.put(_key(session.id, "result"), sealed, seconds=RESULT_SECONDS)
        self._store.delete(_key(session.id))
        # Once more: a batch may have come in since, whose sender saw the session still there.
        self.drop(session)

    def is_over(self, session: FaceSession) -> bool:
        """The verdict is told, or the time is up."""
        return self._store.get(_key(session.id)) is None

    def add(
        self, session: FaceSession, mode: Mode, batch: int, facts: "Sequence[FrameFacts]"
    ) -> "tuple[FrameFacts, ...] | None":
        """Add one batch; all facts so far, or None when the session has had all the frames it may have."""
        plain = json.dumps([one.to_json() for one in facts])
        sealed = self._sealed(f"{session.id}:{mode}", plain)
        whole = self._store.append(
            _key(session.id, mode),
            batches.as_chunk(batch, sealed),
            limit=self._frames_at_most * FACT_BYTES,
            seconds=_seconds(session),
        )
        if whole is None:
            return None
        found = self._opened(f"{session.id}:{mode}", whole)
        return found if len(found) <= self._frames_at_most else None

    def facts(self, session: FaceSession, mode: Mode) -> "tuple[FrameFacts, ...]":
        return self._opened(f"{session.id}:{mode}", self._store.get(_key(session.id, mode)) or b"")

    def keep_portrait(self, session: FaceSession, image: bytes) -> None:
        """Keep one frame, sealed, until the verdict. The first one kept stays."""
        self._keep_image(session, "portrait", image)

    def take_portrait(self, session: FaceSession) -> bytes | None:
        return self._take_image(session, "portrait")

    def keep_evidence(self, session: FaceSession, moment: str, image: bytes) -> None:
        """As a portrait, one for each moment; thrown away at the verdict unless the consent still stands."""
        self._keep_image(session, f"evidence-{moment}", image)

    def take_evidence(self, session: FaceSession) -> tuple[KeptFrame, ...]:
        if not session.keeps_evidence:
            return ()
        found = ((moment, self._take_image(session, f"evidence-{moment}")) for moment in MOMENTS)
        return tuple(KeptFrame(moment, image) for moment, image in found if image is not None)

    def drop(self, session: FaceSession) -> None:
        """Nothing of the face outlives the verdict."""
        evidence = (f"evidence-{moment}" for moment in MOMENTS if session.keeps_evidence)
        for part in ("live", "film", "portrait", *evidence):
            self._store.delete(_key(session.id, part))

    def result(self, session_id: str, browser: str) -> FaceResult | None:
        sealed = self._store.get(_key(session_id, "result"))
        if sealed is None:
            return None
        found = FaceResult(**json.loads(self._cipher.open(sealed, context=_context(f"{session_id}:result"))))
        return found if same(found.browser, browser) else None

    def count_try(self, who: str) -> int:
        """How many sessions were started for `who` in the hour that the first of them began."""
        return self._store.increment(f"face-tries:{digest(who)}", seconds=HOUR_SECONDS)

    def forget_tries(self, who: str) -> None:
        self._store.delete(f"face-tries:{digest(who)}")

    def tries(self, who: str) -> int:
        return int(self._store.get(f"face-tries:{digest(who)}") or b"0")

    def _keep_image(self, session: FaceSession, part: str, image: bytes) -> None:
        sealed = self._sealed(f"{session.id}:{part}", image)
        self._store.add_once(_key(session.id, part), sealed, seconds=_seconds(session))

    def _take_image(self, session: FaceSession, part: str) -> bytes | None:
        sealed = self._store.take(_key(session.id, part))
        return None if sealed is None else self._cipher.open(sealed, context=_context(f"{session.id}:{part}"))

    def _changed(self, old: FaceSession, new: FaceSession, *, seconds: int) -> FaceSession | None:
        """Compare-and-set on what the session says, since each sealing of it has other bytes."""
        key = _key(old.id)
        sealed = self._store.get(key)
        if sealed is None or _from_json(self._cipher.open(sealed, context=_context(old.id))) != old:
            return None
        kept = self._store.replace(key, sealed, self._sealed(old.id, _to_json(new)), seconds=seconds)
        return new if kept else None

    def _sealed(self, place: str, plain: str | bytes) -> bytes:
        return self._cipher.seal(plain, context=_context(place))

    def _checked(
        self, session_id: str, sealed: bytes | None, browser: str, now: datetime
    ) -> FaceSession | None:
        if sealed is None:
            return None
        session = _from_json(self._cipher.open(sealed, context=_context(session_id)))
        return session if same(session.browser, browser) and not session.is_expired(now) else None

    def _opened(self, place: str, whole: bytes) -> "tuple[FrameFacts, ...]":
        """The facts of all batches up to the first that is still under way, in the order of their frames.

        A batch that was sent again carries fresh frames under its old number, so time is the order, not the
        number.
        """
        found: list[FrameFacts] = []
        for sealed in batches.in_order(whole):
            plain = self._cipher.open(sealed, context=_context(place))
            found.extend(map(face.facts_from_json, json.loads(plain)))
        return tuple(sorted(found, key=lambda one: one.t_ms))


def _plain(session: FaceSession) -> FaceSession:
    return replace(session, challenge_json=session.challenge.without_flash().to_json())


def _key(session_id: str, part: str = "") -> str:
    return f"face:{{{digest(session_id)}}}" + (f":{part}" if part else "")


def _context(place: str) -> str:
    return f"face:{place}"


def _seconds(session: FaceSession) -> int:
    return max(1, int((session.expires_at - session.started_at).total_seconds()))


def _to_json(session: FaceSession) -> str:
    times = {name: getattr(session, name).isoformat() for name in ("started_at", "expires_at")}
    return json.dumps(asdict(session) | times)


def _from_json(plain: bytes) -> FaceSession:
    values = json.loads(plain)
    times = {name: datetime.fromisoformat(values[name]) for name in ("started_at", "expires_at")}
    return FaceSession(**(values | times))
