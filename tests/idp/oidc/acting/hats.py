"""Whom the world's person may act for, and what a browser and a portal do about it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from idp.business.registry import LegalRepresentative
from idp.crypto.fields import BlindIndex
from idp.crypto.master_key import MasterKeys
from idp.mandates.models import Mandate, Role
from idp.oidc.acting import choosing
from idp.oidc.acting.ending import end_what_rests_on
from idp.oidc.http import Response
from idp.storage.base import new_id
from tests.contracts.advertised.moves import change, part_of
from tests.idp.business.registering import CODE, COMPANY, code_of, company
from tests.idp.mandates.world import World as Mandates
from tests.idp.oidc.conftest import NAME, NUMBER
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, World, basic, fields_of, path_of

EVERYBODY = ["citizen", "business", "agent"]
OTHER_CODE = code_of(2)
NAMED = {"unified_social_credit_code": CODE, "name": COMPANY}
INTROSPECT = "/oauth2/introspect"


class LinkedMandates(Mandates):
    """Whatever rests on a mandate ends with it, as in the whole provider."""

    def ends(self, session: Session, mandate_ids: Collection[str], now: datetime) -> None:
        super().ends(session, mandate_ids, now)
        end_what_rests_on(session, mandate_ids, now)


@dataclass
class Hats:
    """`world.person_id` is who acts."""

    world: World
    mandates: Mandates
    serial: int = 900

    # What there is

    def root(self, code: str = CODE) -> str:
        """The person's mandate as the legal representative of an organisation."""
        self.mandates.register_says(company(code, representative=LegalRepresentative(NAME, NUMBER)))
        return self.mandates.roots(self.world.person_id)[-1]

    def agent(self, *matters: str, role: Role = Role.AGENT, days: int | None = None) -> str:
        """The person's mandate from somebody who represents another organisation."""
        self.serial += 1
        boss = self.mandates.person(self.serial)
        self.mandates.firm(self.serial, OTHER_CODE)
        root = self.mandates.root(boss)
        return self.mandates.below(root, self.world.person_id, role, *matters, days=days)

    def relative(self, *matters: str, role: Role = Role.RELATIVE) -> tuple[str, str]:
        """The person's mandate from somebody they act for, and who that is."""
        principal, now = self.mandates.person(), self.world.clock()
        cared_for = role is Role.GUARDIAN
        made = Mandate(
            id=new_id(now),
            role=role.value,
            person_id=self.world.person_id,
            principal_id=principal,
            matters=list(matters),
            may_pass_on=False,
            granted_at=now,
            confirmed_at=now if cared_for else None,
            confirmed_until=now + timedelta(days=30) if cared_for else None,
        )
        with self.world.provider.sessions.begin() as session:
            session.add(made)
            return made.id, principal

    def accept(self, client_id: str = HALL, parties: list[str] = EVERYBODY, **changes: Any) -> None:
        """To be called before the client is used."""
        change(self.world, client_id, accepted_parties=parties, **changes)

    # What is done

    def choose(self, response: Response, choice: str) -> Response:
        """On the page that `response` leads to; what follows."""
        assert path_of(response) == "/choose", response
        world, interaction_id = self.world, fields_of(response)["interaction"]
        question = choosing.question(world.provider, world.get("/choose"), interaction_id, BROWSER)
        assert question is not None
        option = question.option(choice)
        assert option is not None, "not on the page"
        choosing.choose(world.provider, world.get("/choose"), question, option)
        return world.resume(interaction_id)

    def tokens(self, choice: str, client_id: str = HALL, /, **asked: str | None) -> dict[str, Any]:
        """A sign-in in which that is chosen, from the request to the tokens."""
        response = self.world.authorize(client_id, **asked)
        if path_of(response) == "/choose":
            response = self.choose(response, choice)
        if path_of(response) == "/consent":
            response = self.world.agree(response)
        answer = self.world.token(fields_of(response)["code"], client_id)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def refreshed(self, refresh_token: str, client_id: str = HALL, **asked: str) -> Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **asked}
        return self.world.post("/oauth2/token", form, authorization=basic(client_id, SECRETS[client_id]))

    def said(self, token: str, client_id: str = HALL, **headers: str) -> dict[str, Any]:
        """What an introspection by this client answers."""
        authorization = basic(client_id, SECRETS[client_id])
        answer = self.world.post(INTROSPECT, {"token": token}, authorization=authorization, **headers)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def claims(self, found: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        """`acting_for` of the id_token, the access token, userinfo and introspection; None where there is
        none."""
        userinfo = json.loads(self.world.userinfo(found["access_token"]).body)
        told = (part_of(found["id_token"], 1), part_of(found["access_token"], 1), userinfo)
        first, second, third = (one.get("acting_for") for one in told)
        return first, second, third, self.said(found["access_token"]).get("acting_for")


def hats_of(world: World, keys: MasterKeys | None = None) -> Hats:
    """Without the world's keys the register cannot name its person: there are agents and relatives alone."""
    provider = world.provider
    index = BlindIndex(b"i" * 32 if keys is None else keys.blind_index)
    return Hats(world, LinkedMandates(provider.sessions, provider.cipher, index, world.clock))
