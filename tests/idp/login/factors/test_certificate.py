"""A licence as a factor, without pages: what is proved, and that nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest

from idp.business.licences.checking import Presented
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.registry import RegisteredOrganisation
from idp.login.factors.certificate import Carrier, LicenceProof, LicencesBusy, NoLicences, fingerprint_of
from tests.idp.login.licences.licensing import CODE, OTHER_CODE, Licence, Licensing
from tests.idp.login.visitor import NEWCOMER, PERSON, Site

SECRET = "what only this sign-in knows"


@pytest.fixture
def licensing(site: Site) -> Licensing:
    return Licensing(site)


def prove(
    licensing: Licensing, licence: Licence, *, made_for: str = SECRET, bound_to: str = SECRET
) -> LicenceProof:
    now = licensing.site.clock()
    text = licensing.checks.challenge(made_for, now).text
    return licensing.checks.prove(licence.presented(text), bound_to, Carrier.SIGNATURE, now=now)


@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])
@pytest.mark.parametrize(("hardware", "level", "amr"), [(True, 4, "hwk"), (False, 3, "swk")])
def test_a_licence_proves_its_holder(
    licensing: Licensing, kind: str, hardware: bool, level: int, amr: str
) -> None:
    proof = prove(licensing, licensing.issue(kind, hardware=hardware))
    assert proof.holder.number.value == PERSON.number
    assert proof.holder_name == PERSON.name
    assert (proof.level, proof.amr) == (level, (amr, "pop"))
    assert proof.key.startswith(kind)


def test_the_organisation_is_known_from_then_on_and_its_changes_are_noted(licensing: Licensing) -> None:
    first = prove(licensing, licensing.issue())
    assert prove(licensing, licensing.issue()).organisation_id == first.organisation_id
    assert [one["organisation_id"] for one in licensing.site.events("organisation_enrolled")] == [
        first.organisation_id
    ]
    licensing.register.tell(by=NEWCOMER)
    with pytest.raises(LicenceRefused) as refused:
        prove(licensing, licensing.issue())
    assert refused.value.rule is Rule.HOLDER
    (changed,) = licensing.site.events("organisation_changed")
    assert changed["change"] == "legal_representative"


def test_a_challenge_of_another_sign_in_is_refused(licensing: Licensing) -> None:
    with pytest.raises(LicenceRefused) as refused:
        prove(licensing, licensing.issue(), made_for="somebody else's sign-in")
    assert refused.value.rule is Rule.CHALLENGE


def test_nothing_is_proved_without_a_signature(licensing: Licensing) -> None:
    licence = licensing.issue()
    with pytest.raises(LicenceRefused) as refused:
        licensing.checks.prove(
            Presented(licence.certificate, licence.chain),
            SECRET,
            Carrier.SIGNATURE,
            now=licensing.site.clock(),
        )
    assert refused.value.rule is Rule.SIGNATURE


def test_an_unknown_organisation_is_refused_and_not_made(licensing: Licensing) -> None:
    with pytest.raises(LicenceRefused) as refused:
        prove(licensing, licensing.issue(code=OTHER_CODE))
    assert refused.value.rule is Rule.ORGANISATION
    assert licensing.site.events("organisation_enrolled") == []


def test_without_an_authority_there_are_no_licences_until_one_is_made(licensing: Licensing) -> None:
    assert not licensing.checks.are_offered
    with pytest.raises(NoLicences):
        licensing.checks.challenge(SECRET, licensing.site.clock())
    licensing.authority()
    assert licensing.checks.are_offered


def test_so_many_at_once_and_no_more(licensing: Licensing, site: Site) -> None:
    """While the lists of an authority do not come, whoever is too many is told so."""
    licence = licensing.issue()
    now = site.clock()
    texts = [licensing.checks.challenge(SECRET, now).text for _ in range(3)]
    asked, answer = Semaphore(0), Event()
    look_up = licensing.register.look_up

    def wait_and_look_up(code: str) -> RegisteredOrganisation | None:
        asked.release()
        answer.wait(20)
        return look_up(code)

    licensing.register.look_up = wait_and_look_up  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as pool:
        proved = [
            pool.submit(licensing.checks.prove, licence.presented(text), SECRET, Carrier.SIGNATURE, now=now)
            for text in texts[:2]
        ]
        asked.acquire()
        asked.acquire()
        try:
            with pytest.raises(LicencesBusy):
                licensing.checks.prove(licence.presented(texts[2]), SECRET, Carrier.SIGNATURE, now=now)
        finally:
            answer.set()
        assert [one.result().level for one in proved] == [3, 3]


def test_what_is_no_certificate_has_no_fingerprint() -> None:
    assert fingerprint_of(Presented(b"nothing")) is None


def test_fingerprint_is_the_certificates(licensing: Licensing) -> None:
    licence = licensing.issue(code=CODE)
    proof = prove(licensing, licence)
    assert fingerprint_of(Presented(licence.certificate)) == proof.fingerprint
