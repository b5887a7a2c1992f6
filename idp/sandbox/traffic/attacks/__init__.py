"""Attacks, each as its attacker goes about it, loud or quiet. The throttle slows them as it would."""

from collections.abc import Callable, Mapping

from idp.sandbox.traffic.attacks import (
    cameras,
    clients,
    codes,
    guessing,
    insiders,
    licences,
    numbers,
    passwords,
    sessions,
)
from idp.sandbox.traffic.attacks.planting import Intensity, Plot

ALL: Mapping[str, Callable[[Plot], None]] = {
    "credential_stuffing": passwords.credential_stuffing,
    "spraying": passwords.spraying,
    "many_numbers_address": numbers.many_numbers_address,
    "many_numbers_device": numbers.many_numbers_device,
    "device_many_people": numbers.device_many_people,
    "impossible_travel": sessions.impossible_travel,
    "liveness_hammering": cameras.liveness_hammering,
    "replayed_frames": cameras.replayed_frames,
    "virtual_camera": cameras.virtual_camera,
    "consent_phishing": codes.consent_phishing,
    "licence_relay": codes.licence_relay,
    "redirect_probing": clients.redirect_probing,
    "code_replay": clients.code_replay,
    "scope_probing": clients.scope_probing,
    "refresh_reuse": sessions.refresh_reuse,
    "staff_snooping": insiders.staff_snooping,
    "licence_failures": licences.licence_failures,
    "account_guessing": guessing.account_guessing,
    "enrolment_probing": guessing.enrolment_probing,
    "client_guessing": guessing.client_guessing,
    "user_code_guessing": guessing.user_code_guessing,
    "staff_guessing": guessing.staff_guessing,
    "clerk_searching": insiders.clerk_searching,
    "unmasking": insiders.unmasking,
    "case_as_cover": insiders.case_as_cover,
}

__all__ = ["ALL", "Intensity", "Plot"]
