"""The examples that are published with the algorithm, and that everything is under the signature.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from idp.outbound.signature_v4 import Credentials, authorization, signed

CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
AT = datetime(2013, 5, 24, tzinfo=UTC)
ORIGIN = "https://examplebucket.s3.amazonaws.com"


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "signature"),
    [
        (
            *("GET", "/test.txt", {"Range": "bytes=0-9"}, b""),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            *("GET", "/?lifecycle", {}, b""),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            *("GET", "/?max-keys=2&prefix=J", {}, b""),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
    ids=["get object", "put object", "get bucket lifecycle", "list objects"],
)
def test_the_published_examples(
    method: str, target: str, headers: dict[str, str], body: bytes, signature: str
) -> None:
    found = signed(CREDENTIALS, method, urlsplit(ORIGIN + target), headers, body, AT)["authorization"]
    assert found.endswith(f",Signature={signature}")
    names = sorted(["host", "x-amz-content-sha256", "x-amz-date", *map(str.lower, headers)])
    assert found.startswith(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        f"SignedHeaders={';'.join(names)},"
    )


def test_the_algorithms_own_suite() -> None:
    """get-vanilla of the suite that AWS gives away; it has no digest of the content among its headers."""
    suite = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    stamp = "20150830T123600Z"
    place = urlsplit("https://example.amazonaws.com/")
    found = authorization(suite, "GET", place, {"x-amz-date": stamp}, empty, stamp)
    assert found.endswith("=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")


def test_the_secret_is_in_no_text() -> None:
    assert CREDENTIALS.secret_access_key not in repr(CREDENTIALS)
    headers = signed(CREDENTIALS, "GET", urlsplit(ORIGIN), {}, b"", AT)
    assert CREDENTIALS.secret_access_key not in str(headers)
