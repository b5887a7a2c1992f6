"""An interaction and who is signed in, as next_step is asked about them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from idp.oidc import interaction as interactions
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client, read
from idp.oidc.interaction import Interaction
from idp.oidc.next_step import Facts, Step, next_step
from idp.oidc.sharing import Agreed
from idp.session_proofs import Proof
from idp.sessions import SignIn

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PRESENCE = 900
SCOPES = ("openid", "profile", "phone")


def client(minimum_level: int = 1) -> Client:
    metadata = read(
        {
            "client_id": "hall",
            "sector": "hall.example",
            "client_name": "Hall",
            "redirect_uris": ["https://hall.example/callback"],
            "minimum_level": minimum_level,
            "scope": " ".join(SCOPES),
        }
    )
    return Client(metadata, (), True)


REQUEST = AuthorizationRequest(
    client_id="hall",
    redirect_uri="https://hall.example/callback",
    scopes=("openid", "profile"),
    state="s",
    response_mode="query",
    nonce="n",
    code_challenge="c" * 43,
    prompt=(),
    max_age=None,
    acr_values=(),
    essential_acr=(),
    ui_locales=(),
    hinted_sub=None,
)


def interaction(started_at: datetime = NOW, **changes: object) -> Interaction:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]
    return replace(interactions.new(request, "browser", started_at, seconds=900))


def signed_in(*proofs: tuple[int, float], account_level: int = 2) -> SignIn:
    """`proofs`: level and age in seconds."""
    made = tuple(Proof(f"way-{n}", level, ago(age), ("pwd",)) for n, (level, age) in enumerate(proofs))
    return SignIn("sid", "person", made, account_level, ago(8000), NOW)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def agreed(age: float = 100, scopes: tuple[str, ...] = SCOPES, purpose: str = "sign-in") -> Agreed:
    return Agreed(
        "id", frozenset(scopes), frozenset(scopes), purpose, ago(age), ago(age) + timedelta(days=180)
    )


def step(
    asked: Interaction, sign_in: SignIn | None, consent: Agreed | None, *, minimum: int = 1, sub: str = "sub"
) -> Step:
    return next_step(asked, Facts(sign_in, client(minimum), consent, PRESENCE, sub), NOW)
