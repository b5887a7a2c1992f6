"""Who lives in the town, where they sign in, and who works for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from idp.sandbox.traffic.draws import Draws, fixed_uuid
from idp.sandbox.traffic.places import Place, ipv4, ipv6

MODELS = tuple(Draws("models", number).hexadecimal() for number in range(3))
"""Stand for the digests of networks; no network has them."""
AUTHORITY = Draws("authority").hexadecimal()
"""Stands for the name of who issues the licences of the town's businesses."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A client, and how people use it."""

    client_id: str
    weight: float
    """How many visits of all are here."""
    scopes: tuple[str, ...]
    purpose: str
    level: int = 2
    server: str = "10.8.0.1"
    """From where it calls the token endpoint."""
    is_app: bool = False
    """A telephone's: it refreshes its tokens."""


HALL = Portal("hall", 0.3, ("openid", "profile", "resident_number"), "city-services", 3, "10.8.0.10")
TAX = Portal("tax", 0.2, ("openid", "profile", "phone", "organisation"), "tax-services", 2, "10.8.0.20")
HEALTH = Portal("health", 0.2, ("openid", "profile"), "health-card", 2, "10.8.0.30", is_app=True)
SCHOOLS = Portal("schools", 0.1, ("openid", "profile"), "school-places", 2, "10.8.0.40")
BUSES = Portal("buses", 0.15, ("openid",), "bus-pass", 2, "10.8.0.50", is_app=True)
HOUSING = Portal("housing", 0.05, ("openid", "profile", "phone"), "housing-fund", 3, "10.8.0.60")
PORTALS = (HALL, TAX, HEALTH, SCHOOLS, BUSES, HOUSING)
KIOSK = Portal("kiosk", 0, ("openid",), "kiosk", 2, "10.1.0.1")
"""Devices without a browser of their own (RFC 8628)."""


@dataclass(frozen=True, slots=True)
class Resident:
    person_id: str
    home: str
    """The address of their home."""
    carrier: str
    """That of their telephone, where it is not at home."""
    phone: str
    """Digest of the browser there."""
    computer: str | None
    method: str
    """What they like to sign in with: password, sms, passkey."""
    is_old: bool
    organisation_id: str | None
    """Where they act for a business."""
    office: str | None
    """The gateway of where they work."""


@dataclass(frozen=True, slots=True)
class Officer:
    staff_id: str
    role: str
    address: str
    device: str


class Town:
    """People are made when they are asked for, so that a large town costs nothing before."""

    def __init__(self, seed: int, size: int, known: Sequence[str] = ()) -> None:
        """`known`: ids of people whom this sandbox has; they live here first."""
        if size < 1:
            raise ValueError("a town needs somebody to live in it")
        self.seed = seed
        self.size = size
        self._known = tuple(known)
        self.resident = lru_cache(maxsize=100_000)(self._resident)

    def anybody(self, draws: Draws) -> Resident:
        """Some sign in much more often than others."""
        return self.resident(int(self.size * draws.random() ** 1.5))

    def victim(self, draws: Draws) -> Resident:
        """Somebody whom the sandbox has, if it has anybody: the desk can do something for them."""
        return self.resident(draws.randrange(min(self.size, len(self._known)) or self.size))

    def some(self, draws: Draws, count: int) -> list[Resident]:
        """All different."""
        return [self.resident(number) for number in draws.some(range(self.size), count)]

    @cached_property
    def clerks(self) -> tuple[Officer, ...]:
        return tuple(self._officer("clerk", number) for number in range(6))

    @cached_property
    def officers(self) -> tuple[Officer, ...]:
        return tuple(self._officer("security", number) for number in range(5))

    def _officer(self, role: str, number: int) -> Officer:
        draws = Draws(self.seed, role, number)
        return Officer(fixed_uuid(self.seed, role, number), role, f"10.2.0.{10 + number}", draws.digest())

    def _resident(self, number: int) -> Resident:
        draws = Draws(self.seed, "resident", number)
        person_id = self._known[number] if number < len(self._known) else fixed_uuid(self.seed, number)
        is_old = draws.chance(0.12)
        businesses = max(1, self.size // 12)
        offices = max(1, self.size // 150)
        return Resident(
            person_id=person_id,
            home=ipv6(draws, Place.TOWN) if draws.chance(0.8) else ipv4(draws, Place.TOWN),
            carrier=ipv6(draws, Place.TOWN),
            phone=draws.digest(),
            computer=None if is_old or draws.chance(0.5) else draws.digest(),
            method=draws.choices(("password", "sms", "passkey"), (0.6, 0.25, 0.15))[0],
            is_old=is_old,
            organisation_id=fixed_uuid("business", draws.randrange(businesses))
            if draws.chance(0.1)
            else None,
            office=f"10.20.{draws.randrange(offices) % 250}.1" if draws.chance(0.3) and not is_old else None,
        )
