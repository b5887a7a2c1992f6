"""A site whose operator and people keep something of faces, and a register that goes quiet."""

import dataclasses
from typing import Any

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from idp.commands.duties.quick import quick_duties
from idp.extensions import Services
from idp.people.registry import Answer, RegisterAnswer, RegisterUnavailable, Relation
from tests.idp.login.visitor import TAX, Site, Visitor

KEEP_ALL = {"keep_templates": True, "keep_evidence_days": 30}
NEWER = "b" * 64


class SilentRegister:
    """It has gone quiet: nothing is answered."""

    def verify(self, name: str, number: str) -> RegisterAnswer:
        return RegisterAnswer(Answer.UNAVAILABLE)

    def photo(self, number: str) -> bytes | None:
        raise RegisterUnavailable

    def compare(self, number: str, image: bytes) -> bool | None:
        raise RegisterUnavailable

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        raise RegisterUnavailable


class WithoutPhoto(SilentRegister):
    """It answers, and has no photo. `says`: what it compares by itself."""

    def __init__(self, says: bool | None = None) -> None:
        self.says = says

    def photo(self, number: str) -> bytes | None:
        return None

    def compare(self, number: str, image: bytes) -> bool | None:
        return self.says


def change(site: Site, **liveness: Any) -> None:
    settings = site.services.settings
    changed = settings.model_copy(update={"liveness": settings.liveness.model_copy(update=liveness)})
    site.app.extensions["yitong"] = dataclasses.replace(site.services, settings=changed)
    site.services = site.app.extensions["yitong"]


def exchange(site: Site, register: Any) -> None:
    site.app.extensions["yitong"] = dataclasses.replace(site.services, register=register)


def consents(visitor: Visitor, *purposes: str) -> Visitor:
    """Through the consent to the check and the page after it, up to the camera."""
    visitor.click("way-face").consent_to_face()
    assert visitor.path == "/login/face/keeping", visitor.page.text
    for purpose in purposes:
        visitor.submit(f"keep-{purpose}-form")
        assert f"keep-{purpose}-given" in visitor.page.elements
    return visitor.submit("face-start-form")


def at_the_camera(site: Site, *purposes: str) -> Visitor:
    return consents(site.visitor().authorize(TAX).sign_in(), *purposes)


def again(site: Site) -> Visitor:
    """The consents stand: to the camera without another question."""
    visitor = site.visitor().authorize(TAX).sign_in().click("way-face")
    return visitor.submit("face-consent-form")


def rows(site: Site, table: type[Any]) -> list[Any]:
    with Session(site.services.engine) as session:
        return list(session.scalars(select(table)).all())


def work(found: Services) -> None:
    """What a worker does in its round."""
    for duty in quick_duties(found):
        duty.do_if_due(found.clock())


def face_keys(site: Site) -> list[str]:
    with create_engine(site.services.settings.ephemeral.url).connect() as connection:
        tables = connection.execute(text("select name from sqlite_master where type='table'")).scalars().all()
        keys = [
            key for name in tables for key in connection.execute(text(f"select key from {name}")).scalars()
        ]
    return [key for key in keys if key.startswith("face:") and not key.endswith(":result")]
