"""Who clients are, and how they prove it."""

from idp.audit.context import AuditContext
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.credentials.named_secrets import add
from idp.oidc.clients.models import ClientRecord
from idp.oidc.registration.records import standing
from tests.contracts.advertised.moves import Metadata, change, part_of, tokens
from tests.idp.oidc.clients.signing import claims_of, jwks_of, mac_signed, new_key, signed
from tests.idp.oidc.world import (
    HALL,
    REDIRECT_URIS,
    SECRETS,
    SPA,
    TAX,
    VERIFIER,
    World,
    basic,
)


def subject_types(world: World, metadata: Metadata) -> None:
    assert metadata["subject_types_supported"] == ["pairwise", "public"]
    change(world, HALL, subject_type="public")
    change(world, TAX, subject_type="public")
    world.sign_in(level=3, method="face")
    subs = [part_of(tokens(world, client_id)["id_token"], 1)["sub"] for client_id in (HALL, TAX, SPA)]
    assert subs[0] == subs[1]
    assert subs[1] != subs[2]


def auth_methods(world: World, metadata: Metadata) -> None:
    change(world, TAX, token_endpoint_auth_method="client_secret_post")
    world.sign_in(level=3, method="face")
    in_the_body = {
        "grant_type": "authorization_code",
        "client_id": TAX,
        "client_secret": SECRETS[TAX],
        "code": world.code(TAX),
        "redirect_uri": REDIRECT_URIS[TAX],
        "code_verifier": VERIFIER,
    }
    answers = {
        "client_secret_basic": world.token(world.code(HALL), HALL),
        "client_secret_post": world.post("/oauth2/token", in_the_body),
        "none": world.token(world.code(SPA), SPA),
    }
    *signing, mac = metadata["token_endpoint_auth_signing_alg_values_supported"]
    assert mac == "HS256"
    made = mac_signed(secret_known(world, TAX), claims_of(TAX, world.clock()))
    proved = {"client_assertion_type": TYPE, "client_assertion": made, "code": world.code(TAX)}
    form = {name: value for name, value in {**in_the_body, **proved}.items() if name != "client_secret"}
    answers["client_secret_jwt"] = world.post("/oauth2/token", form)
    for algorithm in signing:
        key = new_key(algorithm)
        world.clock.advance(SECONDS + 1)  # registrations are remembered for so long
        change(world, TAX, token_endpoint_auth_method="private_key_jwt", jwks=jwks_of(key))
        assertion = signed(key, claims_of(TAX, world.clock()), algorithm=algorithm)
        proof = {"client_secret": None, "client_assertion_type": TYPE, "client_assertion": assertion}
        answers["private_key_jwt"] = world.post(
            "/oauth2/token",
            {
                name: value
                for name, value in {**in_the_body, **proof, "code": world.code(TAX)}.items()
                if value
            },
        )
        assert answers["private_key_jwt"].status == 200
    assert {method: answer.status for method, answer in answers.items()} == dict.fromkeys(
        metadata["token_endpoint_auth_methods_supported"], 200
    )


def secret_known(world: World, client_id: str) -> bytes:
    """Of a client that turned to `client_secret_jwt`."""
    world.clock.advance(SECONDS + 1)
    change(world, client_id, token_endpoint_auth_method="client_secret_jwt")
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        secrets = world.provider.authenticator.secrets
        made = add(
            session,
            standing(record).metadata,
            "for MACs",
            expires_at=None,
            actor=OPERATOR,
            context=AuditContext(at=world.clock()),
            secrets=secrets,
        )
    return made.secret.encode()


def authentication_elsewhere(world: World, metadata: Metadata) -> None:
    """At introspection and revocation, as at the token endpoint; but nobody asks after tokens unproved."""
    key = new_key()
    ways: dict[str, tuple[str, dict[str, str], str | None]] = {
        "client_secret_basic": (HALL, {}, basic(HALL, SECRETS[HALL])),
        "client_secret_post": (TAX, {"client_id": TAX, "client_secret": SECRETS[TAX]}, None),
        "client_secret_jwt": (SPA, {"client_assertion_type": TYPE}, None),
        "private_key_jwt": (SPA, {"client_assertion_type": TYPE}, None),
        "none": (SPA, {"client_id": SPA}, None),
    }
    algorithms = metadata["token_endpoint_auth_signing_alg_values_supported"]
    for endpoint in ("introspection", "revocation"):
        assert metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == algorithms
        path = metadata[f"{endpoint}_endpoint"].removeprefix(metadata["issuer"])
        accepted = []
        for method, (client_id, fields, authorization) in ways.items():
            world.clock.advance(SECONDS + 1)
            change(world, client_id, token_endpoint_auth_method=method, jwks=jwks_of(key))
            form = dict(fields)
            if method == "client_secret_jwt":
                secret = secret_known(world, client_id)
                form["client_assertion"] = mac_signed(secret, claims_of(client_id, world.clock()))
            if method == "private_key_jwt":
                form["client_assertion"] = signed(key, claims_of(client_id, world.clock()))
            headers = {} if authorization is None else {"authorization": authorization}
            if world.post(path, {"token": "any", **form}, **headers).status == 200:
                accepted.append(method)
        assert accepted == metadata[f"{endpoint}_endpoint_auth_methods_supported"]
