"""Secrets are never kept, whatever parameter carries them."""

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.http import Parameters, Request
from idp.oidc.inspection import redaction
from idp.oidc.inspection.redaction import ADDRESSES, HIDDEN, NUMBERS, OBJECTS, SIGNED, WORDS, address, words


def unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


NAMES = sorted({*WORDS, *ADDRESSES, *NUMBERS, *OBJECTS, *SIGNED, "client_id", "state", "code", "anything"})
BYTES = st.binary(min_size=24, max_size=48).filter(lambda data: len(set(data)) > 8)
SECRETS = st.one_of(
    BYTES.map(unpadded),
    BYTES.map(lambda data: b64encode(data).decode()),
    BYTES.map(bytes.hex),
    BYTES.map(
        lambda data: f"eyJhbGciOiJIUzI1NiJ9.{urlsafe_b64encode(data).decode().rstrip('=')}.{data.hex()}"
    ),
    st.from_regex(r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d)\d{3}[\dX]", fullmatch=True),
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
)
PLACES = (
    "{}",
    "openid {}",
    "https://app.example/{}",
    "https://app.example/cb?code={}",
    "https://app.example/cb#{}",
    "https://{}@app.example/cb",
    "https://user:{}@app.example/",
    "com.example.app:/{}",
    '{{"id_token":{{"sub":{{"value":"{}"}}}}}}',
    "urn:ietf:params:oauth:request_uri:{}",
    " {} ",
)
LONGEST_PIECE = 8
"""Characters in a row that tell nobody a secret of 24 bytes."""


@given(st.sampled_from(NAMES), st.sampled_from(PLACES), SECRETS)
def test_no_parameter_keeps_a_secret(name: str, place: str, secret: str) -> None:
    kept = redaction.value_of(name, place.format(secret)) or ""
    assert secret not in kept
    pieces = {secret[start : start + LONGEST_PIECE + 1] for start in range(len(secret) - LONGEST_PIECE)}
    assert not [piece for piece in pieces if piece in kept]


@pytest.mark.parametrize(
    "secret", ["/AAECAw0+AAQFAAECAw", "AAEC/AAQF/AwIB/AAEC", "AAECAQEF-AAECAQEF", "aZ0/bY1+cX2/dW3+"]
)
@pytest.mark.parametrize("name", ["redirect_uri", "scope", "response_type"])
def test_attack_a_secret_is_cut_into_words_by_the_signs_of_base64(name: str, secret: str) -> None:
    kept = (
        redaction.value_of(name, f"https://app.example/{secret}" if name == "redirect_uri" else secret) or ""
    )
    pieces = {secret[start : start + LONGEST_PIECE + 1] for start in range(len(secret) - LONGEST_PIECE)}
    assert not [piece for piece in pieces if piece in kept], kept


@given(st.sampled_from(PLACES), SECRETS)
def test_nor_where_it_comes_percent_encoded(place: str, secret: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in secret.encode())
    assert encoded not in (redaction.value_of("redirect_uri", place.format(encoded)) or "")


@given(SECRETS)
def test_a_parameters_name_is_no_way_either(secret: str) -> None:
    [found] = redaction.parameters_of(Parameters({secret: ("x",)}), "query")
    assert secret not in found.name


@given(st.text(max_size=300), st.text(max_size=300))
def test_anything_can_be_described_and_written(name: str, value: str) -> None:
    found = redaction.described(name, value, "query")
    assert len(found.value or "") <= redaction.CHARACTERS_AT_MOST
    json.dumps(found.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(NAMES), st.text(max_size=200) | JSON.map(json.dumps), st.booleans())
def test_whatever_a_parameter_holds_it_is_described(name: str, value: str, is_token: bool) -> None:
    if is_token:
        value = ".".join(unpadded(part.encode("utf-8", "replace")) for part in (value, value)) + ".c2ln"
    found = redaction.described(name, value, "form")
    assert len(found.value or "") <= redaction.CHARACTERS_AT_MOST


def test_attack_a_value_of_sixty_thousand_characters_costs_no_more_than_a_long_one() -> None:
    for name in NAMES:
        redaction.described(name, "a1&" * 20_000, "form")
        redaction.described(name, "https://app.example/?" + "a=1&" * 15_000, "form")


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "http://127.0.0.1:8001/auth/callbackHandler/v1",
        "https://app.example/oidc/cb/",
        "http://localhost:5173/silent-renew.html",
        "com.example.app:/callback",
        "https://app.example/%E5%9B%9E%E8%B0%83",
        "https://\u0430pp.example/cb",
    ],
)
def test_what_developers_register_stays_as_it_is(uri: str) -> None:
    assert address(uri) == uri


@pytest.mark.parametrize(
    "said",
    [
        "openid profile offline_access licences:read",
        "urn:yitong:acr:3",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "urn:openid:params:grant-type:ciba",
        "S256",
        "zh-Hant-CN en",
        "query.jwt",
    ],
)
def test_words_of_the_specifications_stay_as_they_are(said: str) -> None:
    assert words(said) == said


def test_of_a_token_the_header_and_names_are_kept() -> None:
    header = unpadded(b'{"alg":"ES256","kid":"2026-11","jwk":{"x":"secretive"}}')
    said = b'{"iss":"hall","aud":"https://id.example","exp":1800000000,"sub":"somebody","login_hint":"138"}'
    claims = unpadded(said)
    kept = json.loads(redaction.signed(f"{header}.{claims}.c2ln") or "{}")
    assert kept["header"] == {"alg": "ES256", "kid": "2026-11", "jwk": HIDDEN}
    assert kept["claims"] == {
        "iss": "hall",
        "aud": "https://id.example",
        "exp": 1800000000,
        "sub": HIDDEN,
        "login_hint": HIDDEN,
    }


def test_headers_say_how_and_not_what() -> None:
    request = Request(
        "POST", "/oauth2/token", {"authorization": f"Basic {b64encode(b'hall:secret').decode()}"}
    )
    [found] = redaction.of_request(request)
    assert (found.name, found.value) == ("Authorization", "Basic")


def test_no_more_parameters_are_kept_than_a_few() -> None:
    many = Parameters({f"p{number}": ("1",) for number in range(90)})
    assert len(redaction.parameters_of(many, "query")) == redaction.PARAMETERS_AT_MOST


def test_a_claims_parameter_is_kept_by_its_names() -> None:
    asked = '{"userinfo":{"resident_number":{"value":"11010519491231002X"},"name":null}}'
    kept = redaction.value_of("claims", asked) or ""
    assert "resident_number" in kept
    assert "1101" not in kept
    assert quote("1101") not in kept


@pytest.mark.parametrize(
    "name", ["scope", "redirect_uri", "ui_locales", "post_logout_redirect_uri", "acr_values"]
)
@pytest.mark.parametrize("somebody", ["张三", "司马 相如", "zhang.wei@mail.example.cn"])
def test_attack_somebodys_name_or_mail_address_is_kept(name: str, somebody: str) -> None:
    """By a portal that puts it where it has no business."""
    for place in ("{}", "openid {}", "https://app.example/u/{}/cb", "com.example.app:/{}"):
        # Percent-encoded, a path in Chinese is one that developers register.
        for written in (somebody, quote(somebody, safe="")) if somebody.isascii() else (somebody,):
            kept = unquote(redaction.value_of(name, place.format(written)) or "")
            assert not [part for part in somebody.split() if part in kept], kept
            assert "zhang" not in kept


def test_what_a_chinese_keyboard_types_for_a_sign_stays() -> None:
    """The doctor tells a developer of it."""
    assert redaction.words("openid，profile") == "openid，profile"
    assert address("https：//app.example/cb") == "https：//app.example/cb"
