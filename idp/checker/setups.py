"""What an app is told to be looked at by: two addresses of its own and a text. And what may stand there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.checker.models import CheckerSetup
from idp.crypto.digests import digest, new_secret
from idp.oidc.clients.metadata import Client
from idp.outbound import AddressRefused
from idp.outbound.addresses import origin_of, split
from idp.storage.ephemeral import Clock

URL_AT_MOST, MARKER_AT_MOST = 500, 100
TOKEN_PREFIX = "ytc_"  # noqa: S105 - begins every one


class Unfit(StrEnum):
    """Why something cannot be looked at."""

    NOT_AN_ADDRESS = "not_an_address"
    TOO_LONG = "too_long"
    NOT_OF_THE_APP = "not_of_the_app"
    """Its origin is none that the app has registered."""
    MARKER = "marker"
    """Empty, or with characters that stand on no page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a sign-in begins, a page for whoever is signed in, and words that stand there for them alone."""

    sign_in_url: str
    page_url: str
    marker: str


class SetupRefused(Exception):
    """`field` is unfit, for the reason `why`."""

    def __init__(self, field: str, why: Unfit) -> None:
        super().__init__(field, why)
        self.field, self.why = field, why


def of_app(session: Session, app_id: str) -> CheckerSetup | None:
    return session.get(CheckerSetup, app_id)


def origins_of(client: Client) -> tuple[str, ...]:
    """Where its browsers may be: what the team has registered, and nothing that they type here."""
    registered = (
        *client.metadata.redirect_uris,
        *client.metadata.post_logout_redirect_uris,
        client.metadata.initiate_login_uri or "",
    )
    found = {origin for url in registered if (origin := _origin(url))}
    return tuple(sorted(found))


def checked(wanted: Wanted, origins: Sequence[str]) -> Wanted:
    """As it is kept. Raises SetupRefused."""
    for field, url in (("sign_in_url", wanted.sign_in_url), ("page_url", wanted.page_url)):
        if len(url) > URL_AT_MOST:
            raise SetupRefused(field, Unfit.TOO_LONG)
        origin = _origin(url)
        if not origin:
            raise SetupRefused(field, Unfit.NOT_AN_ADDRESS)
        if origin not in origins:
            raise SetupRefused(field, Unfit.NOT_OF_THE_APP)
    if not wanted.marker.strip() or len(wanted.marker) > MARKER_AT_MOST or not wanted.marker.isprintable():
        raise SetupRefused("marker", Unfit.MARKER)
    return wanted


def keep(session: Session, app_id: str, wanted: Wanted) -> CheckerSetup:
    """The caller has checked it, and commits."""
    setup = made(session, app_id)
    setup.sign_in_url, setup.page_url, setup.marker = wanted.sign_in_url, wanted.page_url, wanted.marker
    return setup


def made(session: Session, app_id: str) -> CheckerSetup:
    """The app's, which there is from now on."""
    setup = session.get(CheckerSetup, app_id, with_for_update=True)
    if setup is None:
        setup = CheckerSetup(
            app_id=app_id,
            sign_in_url="",
            page_url="",
            marker="",
            badge_id=new_secret(),
            badge_is_public=False,
            token_digest=None,
            token_made_at=None,
            token_made_by=None,
        )
        session.add(setup)
        session.flush()
    return setup


def new_token(session: Session, app_id: str, made_by: str, clock: Clock) -> str:
    """Shown once; the one before it opens nothing any more. The caller commits."""
    token = TOKEN_PREFIX + new_secret()
    setup = made(session, app_id)
    setup.token_digest, setup.token_made_at, setup.token_made_by = digest(token), clock(), made_by
    return token


def withdraw_token(session: Session, app_id: str) -> bool:
    """Whether there was one. The caller commits."""
    setup = made(session, app_id)
    was_there = setup.token_digest is not None
    setup.token_digest = setup.token_made_at = setup.token_made_by = None
    return was_there


def of_token(session: Session, token: str) -> CheckerSetup | None:
    """Of the app whose reports the token brings. Whether its maker may still do so is not asked here."""
    return session.scalar(select(CheckerSetup).where(CheckerSetup.token_digest == digest(token)))


def app_of_badge(session: Session, badge_id: str) -> str | None:
    """Of one that is switched on."""
    query = select(CheckerSetup.app_id).where(CheckerSetup.badge_id == badge_id, CheckerSetup.badge_is_public)
    return session.scalar(query)


def turn_badge(session: Session, app_id: str, *, is_public: bool) -> None:
    """One that is switched on anew has another address: the old one stays where it was put, and says nothing.
    The caller commits."""
    setup = made(session, app_id)
    if is_public and not setup.badge_is_public:
        setup.badge_id = new_secret()
    setup.badge_is_public = is_public


def can_be_reached(url: str, allow: Sequence[str]) -> bool:
    """Whether our server may look there at all. What the name stands for is seen at the run."""
    return url.startswith("https://") or _origin(url) in {_origin(one) for one in allow}


def are_reached(wanted: Wanted, allow: Sequence[str]) -> bool:
    """Both addresses."""
    return can_be_reached(wanted.sign_in_url, allow) and can_be_reached(wanted.page_url, allow)


def _origin(url: str) -> str:
    """Nothing, where it is no address of the web: a native app's scheme, or what somebody mistyped."""
    try:
        return origin_of(split(url))
    except AddressRefused:
        return ""
