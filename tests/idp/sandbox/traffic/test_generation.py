"""The town: the same for the same seed, in the order of time, with its rhythm, and nobody who could exist."""

from collections import Counter
from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest

from idp.audit.events import CATALOGUE
from idp.china_time import CHINA_TIME
from idp.sandbox.traffic import attacks, noise
from idp.sandbox.traffic.attacks.planting import Intensity
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.generation import STEP, Traffic
from idp.sandbox.traffic.happenings import DRILL, Happening
from idp.sandbox.traffic.places import BLOCKS, NETWORKS
from idp.sandbox.traffic.rhythm import arrivals, at_hour, is_workday
from idp.sandbox.traffic.town import TAX, Town
from tests.idp.sandbox.traffic.towns import END, all_of, span, traffic

EVERYTHING = tuple(attacks.ALL)


@pytest.fixture(scope="module")
def fortnight() -> list[Happening]:
    return all_of(traffic(EVERYTHING))


def test_the_same_seed_makes_the_same_days_and_another_one_others() -> None:
    once, again = all_of(traffic(("spraying",), days=2)), all_of(traffic(("spraying",), days=2))
    other = all_of(traffic(("spraying",), days=2, seed=8))
    assert once == again
    assert {one.context.address for one in once} != {one.context.address for one in other}


def test_all_of_it_lies_in_the_span_and_in_the_order_of_time(fortnight: list[Happening]) -> None:
    moments = [one.at for one in fortnight]
    assert moments == sorted(moments)
    assert span().begin <= moments[0]
    assert moments[-1] < END


def test_every_address_is_one_that_documents_may_use_or_a_gateways(fortnight: list[Happening]) -> None:
    allowed = [ip_network(net) for pair in NETWORKS.values() for net in pair]
    allowed.append(ip_network("10.0.0.0/8"))
    for address in {one.context.address for one in fortnight} - {None}:
        read = ip_address(str(address))
        assert any(read in net for net in allowed if net.version == read.version), address


def test_the_networks_are_those_that_documents_may_use() -> None:
    documents = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert {ip_network(ipv4) for ipv4, _ in NETWORKS.values()} == set(documents)
    assert all(ip_network(ipv6).subnet_of(ip_network("2001:db8::/32")) for _, ipv6 in NETWORKS.values())
    assert len(BLOCKS) == 3


def test_people_come_at_noon_and_in_the_evening_and_few_at_night() -> None:
    hours = Counter(at.astimezone(CHINA_TIME).hour for at in arrivals(Draws(1), span(), 2000))
    assert hours[12] > 1.2 * hours[14] > 10 * hours[3]
    assert hours[20] > hours[18]


def test_weekends_are_quieter_and_the_deadlines_day_is_not(fortnight: list[Happening]) -> None:
    honest = Counter(one.at.astimezone(CHINA_TIME).date() for one in fortnight if one.plant is None)
    deadline = span().deadline
    assert is_workday(deadline)
    assert honest.most_common(1)[0][0] == deadline
    weekend = [count for day, count in honest.items() if not is_workday(day) and day != span().days[0]]
    workdays = [count for day, count in honest.items() if is_workday(day) and day != span().days[0]]
    assert max(weekend) < min(workdays)


def test_the_taxes_last_day_is_the_tax_portals() -> None:
    made = traffic(days=14)
    day = made.span.deadline
    whole = made.span.clipped(at_hour(day, 0), at_hour(day, 24))
    assert whole is not None
    clients = Counter(
        getattr(one.event, "client_id", None)
        for _began, happened in made.visits_of(whole, is_deadline=True)
        for one in happened
        if one.event.name == "code_issued"
    )
    assert clients[TAX.client_id] > 0.6 * clients.total()


@pytest.mark.parametrize("kind", attacks.ALL)
@pytest.mark.parametrize("intensity", Intensity)
def test_every_attack_comes_in_every_intensity_with_a_label(kind: str, intensity: Intensity) -> None:
    made = traffic((kind,))
    found = {one.intensity: one for one in made.planted()}[intensity.value]
    plot = next(plot for plot in made.plots if plot.number == found.number)
    happened = plot.happenings()
    assert found.kind == kind
    assert found.subjects
    assert found.events == len(happened) > 1
    assert (found.begin, found.end) == (happened[0].at, happened[-1].at)
    assert all(one.plant == found.number != DRILL for one in happened)


def test_what_is_low_is_less_in_more_time_than_what_is_loud() -> None:
    for kind in attacks.ALL:
        of = {one.intensity: one for one in traffic((kind,), people=200).planted()}
        assert of["low"].events < of["loud"].events
        assert of["low"].end - of["low"].begin > timedelta(days=2)


def test_attacks_change_nothing_of_what_honest_people_do() -> None:
    without, attacked = all_of(traffic(days=3)), all_of(traffic(EVERYTHING, days=3))
    assert [one for one in attacked if not one.plant] == without


def test_known_people_live_in_the_town() -> None:
    known = [f"0198c2f0-0000-7000-8000-00000000000{number}" for number in range(5)]
    made = Traffic(Town(7, 30, known), span(3))
    people = {getattr(one.event, "person_id", None) for one in all_of(made)}
    assert set(known) <= people


@pytest.mark.parametrize("name", noise.ALL)
def test_each_noise_makes_a_sound(name: str) -> None:
    made = traffic()
    scripts = list(noise.ALL[name](made.town, Draws(1), made.span))
    assert any(script.happened for script in scripts)
    assert {one.plant for script in scripts for one in script.happened} <= {None, DRILL}


def test_most_of_the_log_is_honest_and_much_of_the_catalogue_occurs(fortnight: list[Happening]) -> None:
    names = {one.event.name for one in fortnight}
    assert names <= set(CATALOGUE)
    assert len(names) > 40


def test_no_address_gets_more_refusals_into_the_log_than_the_throttle_lets_through(
    fortnight: list[Happening],
) -> None:
    """`REFUSALS_OF_ONE_ADDRESS`, and 50 tries of a password in an hour before each next one waits."""
    refused = Counter(
        (one.context.address, one.at.replace(minute=0, second=0, microsecond=0))
        for one in fortnight
        if one.event.name in {"sign_in_refused", "sign_in_delayed"} and one.plant
    )
    assert max(refused.values()) <= 1000


def test_a_town_without_people_is_none() -> None:
    with pytest.raises(ValueError, match="somebody"):
        Town(1, 0)


def test_no_more_than_some_minutes_are_held_at_once() -> None:
    made = Traffic(Town(7, 1000), span(1), noise=())
    parts = list(made.parts())
    assert len(parts) > 60
    assert max(part[-1].at - part[0].at for part in parts) <= STEP
