"""Check a proof of an audit log by yourself: this one file, Python, and `cryptography`.

    python check.py PROOF.json --keys KEYS.json [--heads HEADS.jsonl] [--kid KID]

PROOF is what `idp audit prove` or `idp audit consistency` gave, KEYS what `idp audit keys` gave, HEADS a file
of an anchor. Get keys and heads from somebody else than whoever gave you the proof. Ends with 0 if the proof
holds, 1 if not. What is checked and why it convinces: docs/audit-proofs.md. RFC 9162 section 2.1; RFC 7518
section 3.4; RFC 7638; GB/T 32918.2-2016 section 7.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash

COLUMNS = (
    *("id", "at", "name", "person_id", "client_id", "request_id", "address", "device"),
    *("interaction_id", "actor", "payload", "xid", "seq"),
)
HASH_BYTES = 32


class ProofRefused(Exception):
    """It does not prove what it says."""


Point = tuple[int, int]
Keys = dict[str, EllipticCurvePublicKey | Point]
"""A point is a key of SM2."""


def check(proof: Any, keys: Keys, heads: dict[int, str] | None = None) -> str:
    """What is proved, in a sentence. Raises ProofRefused."""
    if not isinstance(proof, dict) or proof.get("version") != 1:
        raise ProofRefused("not a proof of a version that is known here")
    try:
        if proof["proof"] == "inclusion":
            return _inclusion(proof, keys, heads)
        if proof["proof"] == "consistency":
            return _consistency(proof, keys, heads)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        raise ProofRefused(f"not of the documented form: {type(wrong).__name__}") from None
    raise ProofRefused("neither of inclusion nor of consistency")


def _inclusion(proof: dict[str, Any], keys: Keys, heads: dict[int, str] | None) -> str:
    head = _head(proof["head"], keys, heads)
    content = str(proof["event"]).encode("ascii")
    leaf = hashlib.sha256(b"\x00" + content).digest()
    fn, sn, root = _whole(proof["position"]), head["size"] - 1, leaf
    if not 0 <= fn <= sn:
        raise ProofRefused("the position is not in this tree")
    for sibling in _path(proof):
        if sn == 0:
            raise ProofRefused("the path is too long")
        if fn & 1 or fn == sn:
            root = _node(sibling, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = _node(root, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or root != _bytes(head["root"]):
        raise ProofRefused("the event is not under this head")
    version, *values = json.loads(content)
    if version != 1 or len(values) != len(COLUMNS):
        raise ProofRefused("the event is written in a way that is not known here")
    event = dict(zip(COLUMNS, values, strict=True))
    return f"event {event['id']} ({event['name']}, {event['at']}) is in the log {_named(head)}"


def _consistency(proof: dict[str, Any], keys: Keys, heads: dict[int, str] | None) -> str:
    old, new = _head(proof["old"], keys, heads), _head(proof["new"], keys, heads)
    if old["log"] != new["log"] or not 0 < old["size"] <= new["size"]:
        raise ProofRefused("these are not an older and a newer head of one log")
    path = _path(proof)
    if old["size"] == new["size"]:
        if path or old["root"] != new["root"]:
            raise ProofRefused("two heads of one size differ")
    elif (_bytes(old["root"]), _bytes(new["root"])) != _roots(old, new, path):
        raise ProofRefused("the older log is not the beginning of the newer one")
    return f"the log {_named(old)} is the beginning of the log {_named(new)}"


def _roots(old: dict[str, Any], new: dict[str, Any], path: list[bytes]) -> tuple[bytes, bytes]:
    """RFC 9162 section 2.1.4.2."""
    size = old["size"]
    nodes = path if size & (size - 1) else [_bytes(old["root"]), *path]
    if not nodes:
        raise ProofRefused("the path is too short")
    fn, sn = size - 1, new["size"] - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            raise ProofRefused("the path is too long")
        if fn & 1 or fn == sn:
            fr, sr = _node(node, fr), _node(node, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, node)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofRefused("the path is too short")
    return fr, sr


def _head(head: dict[str, Any], keys: Keys, heads: dict[int, str] | None) -> dict[str, Any]:
    """Signed by one of the keys; and, where heads are at hand, one of them. Raises ProofRefused."""
    unsigned = {name: value for name, value in head.items() if name != "signature"}
    key, signature = keys.get(head["kid"]), _bytes(head["signature"])
    if head["version"] != 1 or key is None or len(signature) != 2 * HASH_BYTES:
        raise ProofRefused("the head is signed by none of these keys")
    r, s = int.from_bytes(signature[:HASH_BYTES], "big"), int.from_bytes(signature[HASH_BYTES:], "big")
    if not _verifies(key, _canonical(unsigned).encode("ascii"), r, s):
        raise ProofRefused("the head's signature is wrong")
    _whole(head["size"])
    # To the letter: the root alone says nothing of when it was signed.
    if heads is not None and heads.get(head["size"]) != _canonical(head):
        raise ProofRefused("the head is not among those that were given away")
    return head


def read_keys(document: Any) -> Keys:
    """A JWKS. A key's name is its thumbprint, which is computed here. Raises ProofRefused."""
    found: Keys = {}
    try:
        for jwk in document["keys"]:
            named = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
            if (jwk["kty"], jwk["crv"]) not in {("EC", "P-256"), ("EC", "SM2")}:
                raise ProofRefused("a key of another kind")
            kid = base64.urlsafe_b64encode(hashlib.sha256(_canonical(named).encode()).digest()).rstrip(b"=")
            x, y = (int.from_bytes(_bytes(jwk[name]), "big") for name in ("x", "y"))
            if jwk["crv"] == "SM2":
                found[kid.decode()] = sm2_point(x, y)
            else:
                found[kid.decode()] = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except (KeyError, TypeError, ValueError):
        raise ProofRefused("these are no public keys") from None
    return found


def read_heads(text: str, keys: Keys) -> dict[int, str]:
    """Each by its size, of the lines that are heads of these keys; half lines are passed over.

    Raises ProofRefused.
    """
    found: dict[int, str] = {}
    for line in text.splitlines():
        try:
            # A collector of syslog writes something of its own first.
            _, brace, rest = line.partition("{")
            head = _head(json.loads(brace + rest), keys, None)
        except (ValueError, KeyError, TypeError, AttributeError, ProofRefused):
            continue
        if found.setdefault(head["size"], _canonical(head)) != _canonical(head):
            raise ProofRefused(f"two heads of {head['size']} rows were given away")
    return found


def _verifies(key: EllipticCurvePublicKey | Point, message: bytes, r: int, s: int) -> bool:
    if isinstance(key, tuple):
        return sm2_verifies(key, message, r, s)
    try:
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


# SM2, on the curve of GB/T 32918.5-2017 section 2: nothing here is secret, so it may take its time.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A, B = P - 3, 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
USER_ID = b"1234567812345678"
"""GB/T 35276-2017 section 10."""


def sm2_point(x: int, y: int) -> Point:
    """Raises ValueError unless it is one of the curve."""
    if not (0 <= x < P and 0 <= y < P) or (y * y - (x * x * x + A * x + B)) % P:
        raise ValueError("not a point of the curve")
    return x, y


def sm2_verifies(key: Point, message: bytes, r: int, s: int) -> bool:
    """GB/T 32918.2-2016 section 7.1; the digest of the signer: section 5.5."""
    if not (0 < r < N and 0 < s < N) or (t := (r + s) % N) == 0:
        return False
    numbers = b"".join(number.to_bytes(HASH_BYTES, "big") for number in (A, B, *G, *key))
    signer = _sm3((8 * len(USER_ID)).to_bytes(2, "big") + USER_ID + numbers)
    e = int.from_bytes(_sm3(signer + message), "big")
    point = _added(_times(s, G), _times(t, key))
    return point is not None and (e + point[0]) % N == r


def _sm3(data: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def _times(factor: int, point: Point) -> Point | None:
    """None: the point at infinity."""
    found: Point | None = None
    doubled: Point | None = point
    while factor:
        if factor & 1:
            found = _added(found, doubled)
        doubled = _added(doubled, doubled)
        factor >>= 1
    return found


def _added(left: Point | None, right: Point | None) -> Point | None:
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    rise, run = (3 * x1 * x1 + A, 2 * y1) if left == right else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a proof of an audit log.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="public keys, a JWKS")
    parser.add_argument("--heads", type=Path, help="heads that were given away, one a line")
    parser.add_argument("--kid", help="the one key that you accept")
    given = parser.parse_args(arguments)
    try:
        keys = read_keys(json.loads(given.keys.read_text("utf-8")))
        if given.kid is not None:
            keys = {kid: key for kid, key in keys.items() if kid == given.kid}
        heads = None if given.heads is None else read_heads(given.heads.read_text("utf-8", "replace"), keys)
        said = check(json.loads(given.proof.read_text("utf-8")), keys, heads)
    except (ProofRefused, OSError, ValueError) as wrong:
        print(f"REFUSED: {wrong}", file=sys.stderr)
        return 1
    print(f"holds: {said}")
    return 0


def _named(head: dict[str, Any]) -> str:
    return f"{head['log']} of {head['size']} rows, signed {head['at']}"


def _path(proof: dict[str, Any]) -> list[bytes]:
    path = [_bytes(text) for text in proof["path"]]
    if any(len(node) != HASH_BYTES for node in path):
        raise ProofRefused("the path is not made of hashes")
    return path


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ProofRefused("not a whole number")
    return value


def _bytes(text: str) -> bytes:
    """base64url without padding (RFC 7515 section 2)."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _canonical(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
