"""The room, opened from the settings."""

from dataclasses import dataclass
from datetime import timedelta

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.mandates.accepting import Accepting
from idp.mandates.changing import Changing
from idp.mandates.ending import Ends
from idp.mandates.granting import Granting
from idp.mandates.guardianship import Guardianships
from idp.mandates.invitations import Invitations
from idp.mandates.matters import Matters
from idp.mandates.rules import AcceptanceLevels
from idp.mandates.sweeping import Sweeping
from idp.settings import Mandates as Settings


@dataclass(frozen=True, slots=True)
class Mandates:
    """Everything that is done with mandates but asking whether they stand."""

    matters: Matters
    levels: AcceptanceLevels
    invitations: Invitations
    accepting: Accepting
    changing: Changing
    guardianships: Guardianships
    sweeping: Sweeping


def open_mandates(
    settings: Settings, matters: Matters, cipher: FieldCipher, index: BlindIndex, ends: Ends
) -> Mandates:
    granting = Granting(settings, matters)
    levels = AcceptanceLevels(settings.acceptance_level)
    invitations = Invitations(cipher, index, granting, levels)
    return Mandates(
        matters=matters,
        levels=levels,
        invitations=invitations,
        accepting=Accepting(invitations, ends),
        changing=Changing(granting, levels, ends),
        guardianships=Guardianships(timedelta(seconds=settings.guardian_confirmed_seconds), ends),
        sweeping=Sweeping(
            ends,
            ended_kept=timedelta(days=settings.ended_kept_days),
            answered_kept=timedelta(days=settings.answered_kept_days),
        ),
    )
