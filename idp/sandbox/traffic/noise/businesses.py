"""Businesses at the tax portal: by their licences, and by somebody who keeps the books of many."""

from collections.abc import Iterator

from idp.audit.events.licences import LicenceAccepted
from idp.sandbox.traffic.draws import Draws, fixed_uuid
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import Place, ipv4
from idp.sandbox.traffic.rhythm import Span, at_hour, is_workday
from idp.sandbox.traffic.town import TAX, Town
from idp.sandbox.traffic.visits import fetch, sign_out, signed_in

OF_CARRIERS = (("app", 0.6), ("usb_key", 0.3), ("agent", 0.1))


def licences(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A business shows its licence: with a key that is plugged in, or a telephone, which is on the office's
    network or, as often, on its carrier's."""
    for day in span.days:
        if not is_workday(day):
            continue
        for at in draws.moments(max(3, town.size // 60), at_hour(day, 9), at_hour(day, 18)):
            who = town.anybody(draws)
            script = Script(draws, at, who.office or who.home, who.computer or who.phone)
            script.begins()
            carrier = draws.choices([name for name, _ in OF_CARRIERS], [share for _, share in OF_CARRIERS])[0]
            nearness = draws.choice(("same", "other")) if carrier == "app" else None
            shown(script, who.person_id, who.organisation_id, carrier, nearness)
            signed_in(draws, who.person_id, script, TAX, "licence")
            fetch(draws, who.person_id, script, TAX)
            yield script


def bookkeepers(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """An office that keeps the books of thirty small firms. Most have lent it their key; the heads of three
    scan, from where they are, a code that was sent to them as a picture."""
    address = ipv4(Draws(town.seed, "bookkeepers"), Place.TOWN)
    computers = [Draws(town.seed, "bookkeepers", number).digest() for number in range(6)]
    heads = town.some(Draws(town.seed, "bookkeepers", "heads"), 30)
    for day in span.days:
        if not is_workday(day):
            continue
        for at in draws.moments(draws.randint(8, 20), at_hour(day, 8.8), at_hour(day, 17.5)):
            number = draws.randrange(len(heads))
            head = heads[number]
            script = Script(draws, at, address, computers[number % len(computers)])
            script.begins()
            carrier, nearness = ("app", "other") if number < 3 else ("usb_key", None)
            shown(script, head.person_id, fixed_uuid("business", number), carrier, nearness)
            session_id = signed_in(draws, head.person_id, script, TAX, "licence")
            fetch(draws, head.person_id, script, TAX)
            script.waits(300, 1500)
            sign_out(draws, head.person_id, script, TAX, session_id)
            yield script


def shown(
    script: Script,
    person_id: str,
    organisation_id: str | None,
    carrier: str,
    nearness: str | None,
) -> None:
    organisation = organisation_id or fixed_uuid("business", person_id)
    script.says(
        LicenceAccepted(
            person_id=person_id,
            organisation_id=organisation,
            client_id=TAX.client_id,
            carrier=carrier,
            level=2,
            key="sm2",
            licence=Draws("licence", organisation).hexadecimal(),
            nearness=nearness,
        )
    )
