"""Where the operator says that networks are."""

from pathlib import Path

import pytest

from idp.detection.addresses import Addresses
from idp.detection.places import Place, read
from idp.settings import SettingsWrong

GOOD = """\
# Of the test.
203.0.113.0/24, 30.57, 114.31, Wuhan
203.0.113.128/25,25.04,102.71
2001:db8::/32,-33.9,18.4,Cape Town

10.0.0.0/8,1,1,inside
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "places.csv"
    path.write_text(text, "utf-8")
    return path


def test_the_narrowest_network_counts(tmp_path: Path) -> None:
    places = read(file(tmp_path, GOOD))
    assert places.find("203.0.113.9") == Place(30.57, 114.31, "Wuhan")
    assert places.find("203.0.113.200") == Place(25.04, 102.71)
    assert places.find("::ffff:203.0.113.9") == Place(30.57, 114.31, "Wuhan")
    assert places.find("2001:db8:1::1") == Place(-33.9, 18.4, "Cape Town")


@pytest.mark.parametrize(
    "address", ["198.51.100.7", "10.1.2.3", "::1", "fd00::1", "fe80::1%eth0", "a digest"]
)
def test_nobody_says_where(address: str, tmp_path: Path) -> None:
    """Private networks are everywhere, whatever the file says."""
    assert read(file(tmp_path, GOOD)).find(address) is None


@pytest.mark.parametrize(
    "line",
    [
        *("203.0.113.0/24", "203.0.113.0/24,30", "somewhere,1,2", "203.0.113.9/24,1,2"),
        *("203.0.113.0/24,91,0", "203.0.113.0/24,0,181", "203.0.113.0/24,a,b", "203.0.113.0/24,nan,0"),
        "203.0.113.0/24,1,2,a,b",
    ],
)
def test_a_line_that_is_wrong_stops_the_start(line: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="line 2"):
        read(file(tmp_path, f"203.0.112.0/24,1,2\n{line}\n"))


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="places_file"):
        read(tmp_path / "none.csv")


def test_distances_over_the_ground() -> None:
    kunming, wuhan = Place(25.04, 102.71), Place(30.57, 114.31)
    assert kunming.kilometres(wuhan) == pytest.approx(1290, abs=30)
    assert Place(0, 0).kilometres(Place(0, 180)) == pytest.approx(20015, abs=5)
    assert kunming.kilometres(kunming) == 0


def test_a_subscriber_of_ipv6_is_one_whatever_address_they_choose() -> None:
    addresses = Addresses()
    one, other = addresses.read("2001:db8:1:2::1"), addresses.read("2001:db8:1:2:ffff::9")
    assert one.subscriber == other.subscriber == "2001:db8:1:2::/64"
    assert one.neighbourhood == "2001:db8:1::/48"
    assert addresses.read("::ffff:192.0.2.1").subscriber == "192.0.2.1"
    assert addresses.read("a digest").neighbourhood == "a digest"
