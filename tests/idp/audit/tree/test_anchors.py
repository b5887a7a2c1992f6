"""Places that get heads: what they have to do before a head counts as given."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from idp.audit.tree.anchors import Anchoring, AnchorUnavailable, SyslogAnchor
from idp.audit.tree.heads import HeadHarmed
from idp.audit.tree.object_lock import ObjectLockAnchor
from idp.commands.audit_places import open_anchors
from idp.commands.opening import opened
from idp.crypto import master_key
from idp.outbound import Outbound
from idp.outbound.signature_v4 import Credentials
from idp.settings import SettingsWrong
from tests.fakes import FakeClock
from tests.idp.audit.tree.conftest import Log
from tests.idp.audit.tree.locker import ACCESS_KEY, SECRET, Locker
from tests.idp.outbound.collector import Collector, files_of
from tests.idp.outbound.peers import Few

LONG = timedelta(days=3650)


@pytest.fixture
def locker() -> Iterator[Callable[..., Locker]]:
    started: list[Locker] = []

    def start(**settings: object) -> Locker:
        started.append(Locker(**settings))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for one in started:
        one.close()


def anchor_at(locker: Locker, secret: str = SECRET) -> ObjectLockAnchor:
    outbound = Outbound(Few((locker.url,)))
    return ObjectLockAnchor(
        ask=lambda method, address, headers, body: outbound.request(
            method, address, body=body, headers=headers
        ),
        endpoint=f"{locker.url}/",
        bucket="heads",
        prefix="id/",
        credentials=Credentials(ACCESS_KEY, secret, "cn-north-1"),
        retained=LONG,
        clock=FakeClock(),
    )


@pytest.fixture
def lines(log: Log) -> list[str]:
    log.grow(3)
    log.grow(4)
    (file,) = log.folder.glob("*.jsonl")
    return file.read_text("ascii").splitlines()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/idp.db"


@pytest.mark.parametrize("has_checksums", [True, False])
def test_heads_are_locked_until_their_date(
    locker: Callable[..., Locker], lines: list[str], has_checksums: bool
) -> None:
    place = locker(has_checksums=has_checksums)
    anchor_at(place)(lines)
    ((key, (content, headers)),) = place.objects.items()
    assert key == "/heads/id/heads-00000000000000000008.jsonl:v0/+"
    assert content.decode().splitlines() == lines
    assert headers["x-amz-object-lock-mode"] == "COMPLIANCE"
    until = f"{FakeClock()() + LONG:%Y-%m-%dT%H:%M:%SZ}"
    assert headers["x-amz-object-lock-retain-until-date"] == until
    assert place.refused == []


def test_a_wrong_secret_is_refused(locker: Callable[..., Locker], lines: list[str]) -> None:
    place = locker()
    with pytest.raises(AnchorUnavailable, match="it answered 403"):
        anchor_at(place, "another")(lines)
    assert place.refused
    assert place.objects == {}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"locks": False}, "does not lock what it keeps"),
        ({"until": "2026-02-01T00:00:00Z"}, "for as long as it was told"),
        ({"until": "later"}, "for as long as it was told"),
        ({"keeps": b"{}"}, "keeps something else"),
        ({"keeps": b"{}", "has_checksums": False}, "keeps something else"),
    ],
)
def test_what_is_not_kept_as_it_should_be_was_not_given(
    locker: Callable[..., Locker], lines: list[str], settings: dict[str, object], why: str
) -> None:
    with pytest.raises(AnchorUnavailable, match=why):
        anchor_at(locker(**settings))(lines)


def test_nobody_there_is_unavailable(lines: list[str]) -> None:
    place = Locker()
    anchor = anchor_at(place)
    place.close()
    with pytest.raises(AnchorUnavailable, match="cannot be reached"):
        anchor(lines)


def test_a_place_that_fails_is_asked_less_and_less_often(log: Log) -> None:
    asked: list[object] = []

    def refuse(lines: object) -> None:
        asked.append(log.clock())
        raise AnchorUnavailable("no")

    log.grow(3)
    anchoring = Anchoring(log.engine, log.clock, "down", refuse)
    for _ in range(300):
        with suppress(AnchorUnavailable):
            anchoring.anchor()
        log.clock.advance(1)
    pauses = [(after - before).seconds for before, after in pairwise(asked)]  # type: ignore[operator]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    anchoring.give = lambda lines: asked.append(lines)
    log.clock.advance(61)
    assert anchoring.anchor() == 1
    assert anchoring.rests_until is None


def test_the_places_of_the_settings_get_heads(
    log: Log,
    locker: Callable[..., Locker],
    lines: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, files = locker(), files_of("localhost", tmp_path)
    collector = Collector(files)
    (tmp_path / "s3").write_text(f"{SECRET}\n")
    (tmp_path / "master.json").write_text(master_key.generate(FakeClock().now, purpose="development"))
    places = {
        "LOCKER": {
            "KIND": "s3",
            "ENDPOINT": place.url,
            "BUCKET": "heads",
            "ACCESS_KEY_ID": ACCESS_KEY,
            "SECRET_ACCESS_KEY_FILE": str(tmp_path / "s3"),
        },
        "COLLECTOR": {
            "KIND": "syslog",
            "URL": f"syslog+tls://localhost:{collector.port}",
            "CA_FILE": files.certificate,
        },
    }
    for name, value in {
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
        "IDP_AUDIT__ANCHOR_DIRECTORY": str(tmp_path / "anchors"),
        "IDP_OUTBOUND__ALLOW": f"{place.url},syslog+tls://localhost:{collector.port}",
        **{
            f"IDP_AUDIT__ANCHOR_PLACES__{name}__{key}": value
            for name, keys in places.items()
            for key, value in keys.items()
        },
    }.items():
        monkeypatch.setenv(name, value)
    with opened() as found:
        assert found.settings.audit.anchors == ("file", "locker", "collector")
        anchors = dict(open_anchors(found))
        for name in ("locker", "collector"):
            anchors[name](lines)
        monkeypatch.setenv("IDP_AUDIT__ANCHOR_PLACES__COLLECTOR__CA_FILE", str(tmp_path / "none.pem"))
    collector.close()
    ((content, _),) = place.objects.values()
    assert content.decode().splitlines() == lines
    assert [message.rpartition(b" ")[2].decode() for message in collector.messages] == lines
    assert isinstance(anchors["collector"], SyslogAnchor)
    with opened() as found, pytest.raises(SettingsWrong, match=r"anchor_places\.collector"):
        list(open_anchors(found))


def test_attack_a_place_is_said_to_have_what_it_was_never_given(log: Log) -> None:
    """Or no head would leave any more, and nothing would be late."""
    log.grow(3)
    anchoring = log.anchoring()
    assert anchoring.given is None
    for is_ahead in (True, False):
        log.write(2)
        log.clock.advance(61)
        log.sequencer().round()
        log.signer().sign_if_due()
        ((head,),) = log.ask("SELECT max(size) FROM audit_heads")
        log.harm(f"UPDATE audit_anchors SET size = {10**6 if is_ahead else head}")
        while anchoring.anchor():
            pass
        assert f'"size":{head},' in log.given_away().lines[-1]


@pytest.mark.parametrize("line", ["\u00e9", "{}\n{}", "", None])
def test_attack_something_else_is_written_into_the_anchor_as_a_head(log: Log, line: str | None) -> None:
    """Lines that are none, which end the worker or spoil the file; and one that our key has not signed."""
    log.grow(3)
    before = log.given_away()
    ((head,),) = log.ask("SELECT line FROM audit_heads")
    forged = head.replace('"size":3', '"size":2').replace('"kept_from":0', '"kept_from":1')
    anchoring = log.anchoring()
    log.harm("DELETE FROM audit_heads")
    log.harm("UPDATE audit_anchors SET size = 1")
    log.harm(
        "INSERT INTO audit_heads (size, at, line) VALUES (2, '2026-01-02 03:05:06.000000', :line)",
        line=forged if line is None else line,
    )
    with pytest.raises(HeadHarmed):
        anchoring.anchor()
    assert log.given_away() == before
