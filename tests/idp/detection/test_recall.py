"""What the rules find of planted attacks, and what they take honest people for, over towns of several seeds.

The floors: whatever one attacker does from one place, at full speed or over hours, is found in every town by
a rule that is meant for it, and of ten alerts of a rule at most one is about honest people (MISTAKEN says
where that cannot be had, and why). What is spread over many places is found where it leaves a subject to
name; MISSED lists the rest, so that nobody believes in more. `docs/detection-quality.md` holds the numbers.
"""

from collections.abc import Mapping

import pytest

from bench.detection_quality import Quality, measure
from idp.detection.rules import load
from idp.sandbox.traffic import attacks
from idp.sandbox.traffic.attacks.planting import Intensity
from idp.settings import ROOT

SEEDS = (11, 12)
"""Others than those at which anybody has looked while writing rules."""
PRECISION = 0.9
STUFFING = "credential-stuffing stuffing-from-everywhere"
MEANT: Mapping[str, frozenset[str]] = {
    kind: frozenset(rules.split())
    for kind, rules in {
        "credential_stuffing": f"{STUFFING} many-numbers-one-address password-spraying",
        "spraying": f"password-spraying many-numbers-one-address {STUFFING}",
        "many_numbers_address": f"many-numbers-one-address password-spraying {STUFFING}",
        "many_numbers_device": "many-numbers-one-device",
        "device_many_people": "one-device-many-people",
        "impossible_travel": "impossible-travel",
        "liveness_hammering": "liveness-hammering liveness-hammering-account presentation-attack",
        "replayed_frames": "replayed-frames replayed-check",
        "virtual_camera": "virtual-camera",
        "consent_phishing": "consent-phishing requests-not-theirs",
        "redirect_probing": "client-redirect-probing",
        "code_replay": "client-code-replay",
        "scope_probing": "client-scope-probing",
        "refresh_reuse": "refresh-token-reuse",
        "staff_snooping": "staff-snooping",
        "licence_failures": "licences-failing-by-issuer",
        "account_guessing": "guessed-account",
        "enrolment_probing": "enrolment-probing",
        "client_guessing": "client-guessing",
        "user_code_guessing": "user-code-guessing",
        "staff_guessing": "staff-guessing",
        "clerk_searching": "clerk-searching",
        "unmasking": "unmasked-without-case staff-snooping",
        "licence_relay": "licence-relay requests-not-theirs",
        "case_as_cover": "many-people-for-one-case",
    }.items()
}

MISSED: Mapping[tuple[str, Intensity], str] = {
    ("spraying", Intensity.DISTRIBUTED): "three tries from each address, on a busy portal's usual level",
    ("device_many_people", Intensity.DISTRIBUTED): "five people on each browser are a family",
    ("virtual_camera", Intensity.DISTRIBUTED): "two refusals on each browser are a bad evening",
    ("enrolment_probing", Intensity.DISTRIBUTED): "three from each address are a family with old telephones",
    ("redirect_probing", Intensity.DISTRIBUTED): "two from each address are a portal's wrong release",
    ("scope_probing", Intensity.DISTRIBUTED): "the same",
    (
        "client_guessing",
        Intensity.DISTRIBUTED,
    ): "five from each address; who is not authenticated has no name",
    ("user_code_guessing", Intensity.DISTRIBUTED): "four wrong codes on each browser are typed wrong",
    ("staff_guessing", Intensity.DISTRIBUTED): "two or three from each address are a new keyboard",
}
"""Of what is loud, slow or distributed, and why. What is low is found nowhere for sure."""
MISTAKEN: Mapping[str, tuple[frozenset[str], float]] = {
    # Of one reuse nobody knows whether a thief or a restored backup shows the token (RFC 9700 section
    # 4.14.2 has the grant ended in either case), and one is all that a careful thief leaves.
    "refresh-token-reuse": (frozenset({"restored_phone"}), 0.5),
    # The first time that somebody's own telephone appears from where its carrier lets it out, it is as new
    # there as a thief's; so is the café's machine while a relative is at home.
    "impossible-travel": (frozenset({"carrier", "plane", "visits", "cafe"}), 0.75),
}
"""Rules of which more is wrong: about whom alone, and how much must be right all the same."""


@pytest.fixture(scope="module")
def quality() -> Quality:
    return measure(load(ROOT / "config" / "rules"), SEEDS)


def found(quality: Quality, kind: str, intensity: Intensity) -> float:
    meant = {rule for rule in quality.rules if rule.startswith(tuple(MEANT[kind]))}
    return quality.recall((kind, intensity.value), meant)


def test_every_kind_of_attack_has_rules_that_are_meant_for_it(quality: Quality) -> None:
    assert set(MEANT) == set(attacks.ALL)
    names = {rule.name for rule in load(ROOT / "config" / "rules")}
    assert [name for meant in MEANT.values() for name in meant if name not in names] == []
    assert quality.off == {}


@pytest.mark.parametrize("intensity", [Intensity.LOUD, Intensity.SLOW])
@pytest.mark.parametrize("kind", attacks.ALL)
def test_what_comes_from_one_place_is_found(quality: Quality, kind: str, intensity: Intensity) -> None:
    if (kind, intensity) not in MISSED:
        assert found(quality, kind, intensity) == 1.0


@pytest.mark.parametrize("kind", attacks.ALL)
def test_what_is_spread_is_found_where_it_leaves_a_subject(quality: Quality, kind: str) -> None:
    if (kind, Intensity.DISTRIBUTED) not in MISSED:
        assert found(quality, kind, Intensity.DISTRIBUTED) == 1.0


@pytest.mark.parametrize(("kind", "intensity"), MISSED)
def test_no_attack_is_called_missed_that_is_found(quality: Quality, kind: str, intensity: Intensity) -> None:
    assert found(quality, kind, intensity) < 1.0


def test_of_ten_alerts_of_a_rule_at_most_one_is_about_honest_people(quality: Quality) -> None:
    wrong = {
        rule: (precision, dict(quality.wrong[rule]))
        for rule in quality.rules
        if (precision := quality.precision(rule)) is not None
        and rule not in MISTAKEN
        and precision < PRECISION
    }
    assert wrong == {}


@pytest.mark.parametrize("rule", MISTAKEN)
def test_a_rule_that_is_mistaken_is_so_about_whom_is_said(quality: Quality, rule: str) -> None:
    about, floor = MISTAKEN[rule]
    assert set(quality.wrong[rule]) <= about
    assert (quality.precision(rule) or 0) >= floor


def test_the_desk_is_not_flooded(quality: Quality) -> None:
    """Honest people make less than one alert a day, in a town with five hundred sign-ins in it."""
    assert sum(one.total() for one in quality.wrong.values()) < quality.days
