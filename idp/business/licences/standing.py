"""What a certificate cannot know: whether its organisation still is one, and its holder still acts for it.

The business register is asked at each sign-in, so nothing is held for good that it has taken back.
"""

from collections.abc import Callable

from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.subject import Subject
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry import BusinessRegister, RegisteredOrganisation, RegisterUnavailable
from idp.people.documents import IdentityDocument

MayHold = Callable[[RegisteredOrganisation, IdentityDocument], bool]
"""Whether this person may hold the organisation's licence now."""


def is_representative(organisation: RegisteredOrganisation, holder: IdentityDocument) -> bool:
    """Whom the register tells no number of is nobody who could be recognised."""
    representative = organisation.representative
    return representative is not None and representative.number == holder.number.value


def confirm(subject: Subject, register: BusinessRegister, may_hold: MayHold) -> RegisteredOrganisation:
    """The organisation, as the register has it now. Raises LicenceRefused; also when nobody can say."""
    try:
        found = register.look_up(subject.code.value)
    except RegisterUnavailable:
        raise LicenceRefused(Rule.REGISTER, "the business register cannot be asked now") from None
    if found is None:
        raise LicenceRefused(Rule.ORGANISATION, "the business register knows no such organisation")
    if found.status is not OrganisationStatus.ACTIVE:
        raise LicenceRefused(Rule.ORGANISATION, f"the organisation is {found.status}")
    if not may_hold(found, subject.holder):
        raise LicenceRefused(Rule.HOLDER, "the holder may not hold the organisation's licence")
    return found
