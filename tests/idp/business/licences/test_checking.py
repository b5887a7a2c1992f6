"""Whole licences: each algorithm, each thing that can be wrong with the signature, each level."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import NameOID

from idp.business.licences.algorithms import OF_CHALLENGES, PSS_SHA256
from idp.business.licences.checking import OverTls, Presented, Proof
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.roots import SANDBOX_MARK
from tests.idp.business.licences.world import (
    CODE,
    CRL_ORIGIN,
    HARDWARE,
    HOLDER,
    World,
    authority,
    crl,
    key,
    licence,
    licence_extensions,
    name,
    points,
    policies,
    raw,
    refusals,
)


@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "ecdsa-p384", "rsa"])
def test_a_licence_of_each_kind_is_accepted(kind: str) -> None:
    world = World(kind)
    found = world.examine(world.licence()).accepted()
    assert (found.subject.code.value, found.subject.holder.number.value) == (CODE, HOLDER)
    assert (found.level, found.revocation_is_known, found.is_sandbox) == (3, True, False)
    assert CODE not in repr(found)
    assert HOLDER not in repr(found)


def test_rsa_may_sign_by_pss_where_its_carrier_says_so() -> None:
    world = World("rsa")
    text = world.challenges.issue("sign-in", "interaction", world.clock()).text
    signature = world.key.sign(text, PSS_SHA256)
    assert world.examine(world.licence(), proof=Proof(text, signature, "rsa-pss-sha256")).licence
    text = world.challenges.issue("sign-in", "interaction", world.clock()).text
    assert refusals(world.examine(world.licence(), proof=Proof(text, world.key.sign(text, PSS_SHA256)))) == {
        Rule.SIGNATURE
    }


def test_a_policy_of_hardware_gives_level_4() -> None:
    world = World()
    assert world.examine(world.licence(more=[(policies(HARDWARE), False)])).accepted().level == 4
    assert world.examine(world.licence(more=[(policies("1.2.3.4.2"), False)])).accepted().level == 3


def test_a_licence_cannot_claim_hardware_by_any_policy() -> None:
    world = World()
    assert world.examine(world.licence(more=[(policies("2.5.29.32.0"), False)])).accepted().level == 3


def test_an_authority_without_the_policy_gives_no_level_4() -> None:
    world = World()
    more = [(points(f"{CRL_ORIGIN}/root.crl"), False), (policies("1.2.3.4.9"), False)]
    world.issuing = authority("issuing", key("ecdsa", 2), world.root, more=more)
    assert world.examine(world.licence(more=[(policies(HARDWARE), False)])).accepted().level == 3


def test_a_signature_over_another_challenge_is_refused() -> None:
    world = World("sm2")
    held = world.licence()
    one, other = world.proof(held), world.proof(held)
    assert refusals(world.examine(held, proof=Proof(one.challenge, other.signature))) == {Rule.SIGNATURE}


@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])
def test_a_signature_by_another_key_is_refused(kind: str) -> None:
    world = World(kind)
    text = world.challenges.issue("sign-in", "interaction", world.clock()).text
    proof = Proof(text, key(kind, 9).sign(text))
    assert refusals(world.examine(world.licence(), proof=proof)) == {Rule.SIGNATURE}


def test_a_replayed_challenge_is_refused() -> None:
    world = World()
    held = world.licence()
    proof = world.proof(held)
    assert world.examine(held, proof=proof).licence
    assert refusals(world.examine(held, proof=proof)) == {Rule.CHALLENGE}


def test_a_challenge_of_another_interaction_is_refused_and_left_to_its_own() -> None:
    world = World()
    held = world.licence()
    proof = world.proof(held)
    assert refusals(world.examine(held, proof=proof, interaction="the attacker's")) == {Rule.CHALLENGE}
    assert world.examine(held, proof=proof).licence


def test_a_bad_signature_uses_up_no_challenge_and_fetches_nothing() -> None:
    world = World()
    held = world.licence()
    proof = world.proof(held)
    assert refusals(world.examine(held, proof=Proof(proof.challenge, b"0"))) == {Rule.SIGNATURE}
    assert world.internet.asked == []
    assert world.examine(held, proof=proof).licence


@pytest.mark.parametrize("said", sorted(OF_CHALLENGES))
@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "ecdsa-p384", "rsa"])
def test_algorithm_confusion(kind: str, said: str) -> None:
    """A key verifies its own kind alone, whatever the carrier says that the signature is."""
    world = World(kind)
    fitting = {
        "sm2": {"sm2-sm3"},
        "ecdsa": {"ecdsa-sha256"},
        "ecdsa-p384": {"ecdsa-sha384"},
        "rsa": {"rsa-pkcs1-sha256"},
    }
    found = world.examine(world.licence(), proof=world.proof(world.licence(), algorithm=said))
    assert (found.licence is not None) == (said in fitting[kind])


def test_an_sm2_key_with_a_signature_by_ecdsa_is_refused() -> None:
    world = World("sm2")
    text = world.challenges.issue("sign-in", "interaction", world.clock()).text
    proof = Proof(text, key("ecdsa", 9).sign(text))
    assert refusals(world.examine(world.licence(), proof=proof)) == {Rule.SIGNATURE}


def test_rsa_with_sha_1_is_refused() -> None:
    world = World("rsa")
    text = world.challenges.issue("sign-in", "interaction", world.clock()).text
    signature = world.key.held.sign(text, padding.PKCS1v15(), hashes.SHA1())  # type: ignore[union-attr, call-arg, arg-type]
    assert refusals(world.examine(world.licence(), proof=Proof(text, signature))) == {Rule.SIGNATURE}


def test_without_a_signature_no_licence_is_found() -> None:
    world = World()
    held = world.licence()
    found = world.look(Presented(held.pem + world.issuing.pem))
    assert found.refused is None
    with pytest.raises(LicenceRefused, match="nothing was signed"):
        found.accepted()


def test_a_licence_of_the_sandbox_is_refused_elsewhere() -> None:
    marked = [(raw(SANDBOX_MARK, b"\x05\x00"), False)]
    world = World(sandbox=False)
    assert refusals(world.examine(world.licence(more=marked))) == {Rule.SANDBOX, Rule.SUBJECT}
    assert refusals(world.examine(world.licence())) == {Rule.SUBJECT}
    assert World().examine(licence(World().issuing, key("ecdsa", 3), more=marked)).accepted().is_sandbox


def test_one_look_shows_all_that_is_wrong() -> None:
    world = World()
    held = world.licence(extensions=licence_extensions(code="91", usages=["key_encipherment"]), days=(-9, -1))
    wrong = refusals(world.examine(held, proof=Proof(b"", b"")))
    assert wrong == {Rule.SUBJECT, Rule.VALIDITY, Rule.PURPOSE, Rule.SIGNATURE}


def test_refusals_tell_nothing_of_the_subject() -> None:
    world = World()
    subject = name("张三", (NameOID.ORGANIZATION_NAME, "样本"))
    held = world.licence(
        extensions=licence_extensions(holder="000000199003070031", code=CODE), subject=subject, days=(-9, -1)
    )
    said = " ".join(one.reason or "" for one in world.examine(held).outcomes)
    assert said
    assert not any(secret in said for secret in ("000000199003070031", CODE, "张三", "样本"))


def test_a_key_that_was_shown_by_tls_needs_no_challenge() -> None:
    world = World()
    held = world.licence()
    presented = Presented(held.der, world.issuing.pem, OverTls())

    def redeem(_text: bytes) -> None:
        raise AssertionError("nothing was signed")

    now = world.clock()
    assert world.checker.examine(presented, redeem, now=now, today=now.date()).accepted().level == 3


def test_what_was_shown_by_tls_is_asked_every_other_rule() -> None:
    world = World()
    world.internet.pages[f"{CRL_ORIGIN}/issuing.crl"] = crl(world.issuing, 2000)
    held = world.licence()
    assert refusals(world.look(Presented(held.der, world.issuing.pem, OverTls()))) == {Rule.REVOKED}
    expired = world.licence(days=(-9, -1))
    assert refusals(world.look(Presented(expired.der, world.issuing.pem, OverTls()))) == {Rule.VALIDITY}
