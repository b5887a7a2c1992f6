"""The licence app's side of a sign-in: four calls over HTTPS, in JSON, without a cookie.

    scan     the code of a page: what to show and to sign, and a token for the calls that follow
    confirm  a licence and its signature: the digits that the page asks for
    refuse   by whoever holds the telephone
    status   whether the page has taken the result

Nobody is signed in on the telephone. The protocol is described, with all its errors, in docs/licence-app.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from idp.audit.context import AuditContext
from idp.audit.events.licence_app import LicenceRequestRefused
from idp.audit.events.licences import LicenceRefused as LicenceRefusedEvent
from idp.audit.log import AuditLog
from idp.business.licences.checking import Presented, Proof
from idp.business.licences.refusals import LicenceRefused
from idp.crypto.fields import FieldCipher
from idp.locales import gettext_in
from idp.login.factors.certificate import (
    Carrier,
    LicenceChecks,
    LicencesBusy,
    NoLicences,
    fingerprint_of,
    issuer_of,
)
from idp.login.licence_app import calls, codes, proofs
from idp.login.licence_app.calls import HOUR, Call, PhoneError, certificates_of, read, signature_of
from idp.login.licence_app.links import LinkGone, Links, UnknownCode
from idp.login.licence_app.statement import NOTHING, Network, Statement, shown_part, signed_text
from idp.login.licence_app.states import Ending, Link, State, WrongState
from idp.login.licences import words
from idp.oidc.clients.metadata import Client
from idp.oidc.device.verification import coarse
from idp.storage.throttle import NO_ADDRESS, Throttle, network

LONG_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class PhoneDesk:
    """What answers telephones. Every call raises PhoneError and StoreUnavailable."""

    links: Links
    licences: LicenceChecks
    find_client: Callable[[str], Client | None]
    cipher: FieldCipher
    throttle: Throttle
    audit: AuditLog
    return_url: str
    """Where the page is that takes the result."""
    calls_per_address_per_hour: int
    same_network_only: bool

    def scan(self, call: Call) -> dict[str, object]:
        code = codes.normalise(read(call.body, "code")["code"])
        self._count(call, "scans")
        if code is None:
            raise calls.unknown_code()
        try:
            self._check_network(code, call)
            scanned = self.links.scan(code, lambda link: self._asked(link, code, call), call.now)
        except UnknownCode:
            raise calls.unknown_code() from None
        except NoLicences:
            raise calls.unavailable() from None
        link = scanned.link
        return {
            "request": link.id,
            "token": scanned.token,
            "sign": link.asked,
            "expires_in": _seconds(link, call),
        }

    def confirm(self, call: Call) -> dict[str, object]:
        given = read(call.body, "request", "token", "certificates", "signature", optional=("algorithm",))
        certificates, signature = certificates_of(given), signature_of(given)
        link, token = self._link(given), given["token"]
        if link.state_at(call.now) is State.CONFIRMED:
            # The answer to the first may have been lost on its way.
            return self._confirmed(link, call)
        self._count(call, "confirmations")
        asked = link.asked or ""
        proof = Proof(asked.encode(), signature, given.get("algorithm"))
        self._move(lambda: self.links.begin_check(link, token, call.now))
        sealed = self._prove(call, link, token, Presented(certificates, None, proof))
        return self._confirmed(self._move(lambda: self.links.confirm(link, token, sealed, call.now)), call)

    def refuse(self, call: Call) -> dict[str, object]:
        given = read(call.body, "request", "token", "reason")
        if given["reason"] not in {Ending.DECLINED, Ending.NOT_MINE}:
            raise PhoneError(400, "invalid_request", "reason: declined or not_mine.")
        ending, link = Ending(given["reason"]), self._link(given)
        if link.state_at(call.now) is not State.REFUSED:
            self._move(lambda: self.links.refuse(link, given["token"], ending, call.now))
            self.audit.append(LicenceRequestRefused(ending.value, link.client_id), _context(call, link))
        return {"state": State.REFUSED.value}

    def status(self, call: Call) -> dict[str, object]:
        link = self._link(read(call.body, "request", "token"))
        if not self.links.is_time_to_ask(link, "phone"):
            raise calls.slow_down()
        return {"state": link.state_at(call.now).value}

    def _prove(self, call: Call, link: Link, token: str, presented: Presented) -> str:
        """What the licence proves, sealed."""
        assert isinstance(presented.proof, Proof)  # as `confirm` makes it
        shown = shown_part(presented.proof.challenge)
        try:
            proof = self.licences.prove(presented, link.id, Carrier.APP, now=call.now, shown=shown)
        except LicenceRefused as refused:
            self._note(call, link, refused, presented)
            self._move(lambda: self.links.refuse(link, token, Ending.LICENCE, call.now))
            said = words.of(refused.rule)
            raise PhoneError(
                422, "licence_refused", str(refused), rule=refused.rule.value, message=said
            ) from None
        except (LicencesBusy, NoLicences):
            self._move(lambda: self.links.look_again(link, token, call.now))
            raise calls.unavailable() from None
        proof = replace(proof, nearness=_network(link.address, call.address))
        return proofs.seal(self.cipher, proof, link.id)

    def _asked(self, link: Link, code: str, call: Call) -> str:
        """Raises NoLicences."""
        client = None if link.client_id is None else self.find_client(link.client_id)
        own_pages = gettext_in(call.language, "My account")
        statement = Statement(
            asks=own_pages if client is None else client.name(call.language),
            host=link.host,
            address=coarse(link.address) or NOTHING,
            network=_network(link.address, call.address),
            asked=link.started_at,
            code=codes.shown(code),
            language=call.language,
        )
        return signed_text(statement, self.licences.challenge(link.id, call.now).text)

    def _check_network(self, code: str, call: Call) -> None:
        """RFC 10027 section 6.1.1, where the operator wants it. The code stays good for a phone that is near.

        Raises UnknownCode."""
        if self.same_network_only and _network(self.links.peek(code).address, call.address) != "same":
            raise PhoneError(403, "other_network", "The page calls from another network than this telephone.")

    def _confirmed(self, link: Link, call: Call) -> dict[str, object]:
        digits = self.links.digits(link)
        return {
            "state": State.CONFIRMED.value,
            "digits": digits,
            "return_url": f"{self.return_url}?link={link.id}&digits={digits}",
            "expires_in": _seconds(link, call),
        }

    def _link(self, given: Mapping[str, str]) -> Link:
        try:
            return self.links.of_phone(given["request"], given["token"])
        except LinkGone:
            raise calls.unknown_request() from None

    def _move(self, move: Callable[[], Link]) -> Link:
        try:
            return move()
        except WrongState as wrong:
            raise calls.wrong_state(wrong.state) from None
        except LinkGone:
            raise calls.unknown_request() from None

    def _count(self, call: Call, what: str) -> None:
        limit = self.calls_per_address_per_hour
        if not self.throttle.allow_from(call.address, f"licence app {what}", limit, HOUR):
            raise calls.too_many(LONG_SECONDS)

    def _note(self, call: Call, link: Link, refused: LicenceRefused, presented: Presented) -> None:
        event = LicenceRefusedEvent(
            rule=refused.rule.value,
            carrier=Carrier.APP.value,
            client_id=link.client_id,
            licence=fingerprint_of(presented),
            issuer=issuer_of(presented),
        )
        self.audit.append(event, _context(call, link))


def _context(call: Call, link: Link) -> AuditContext:
    """The telephone's, and the sign-in that it was about."""
    return replace(call.context, interaction_id=link.interaction_id)


def _network(browser: str, telephone: str) -> Network:
    nets = {network(browser), network(telephone)}
    if NO_ADDRESS in nets:
        return "unknown"
    return "same" if len(nets) == 1 else "other"


def _seconds(link: Link, call: Call) -> int:
    return max(int((link.ends_at - call.now).total_seconds()), 0)
