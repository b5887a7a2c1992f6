"""Figures for monitoring: for whoever has the token, and of nobody in particular."""

import re
from pathlib import Path

import pytest

from idp.audit.verifications.asking import ask
from idp.metering.models import ClientUsage
from tests.idp.login.conftest import clock, keys_text, prepared, site
from tests.idp.login.visitor import ISSUER, PERSON, Site
from tests.idp.security.desk_counts import count
from tests.idp.security.proving import proved, verified

__all__ = ["clock", "keys_text", "prepared", "site"]
TOKEN = "a-token-of-the-operators"
VALUE = re.compile(r'^([a-z_]+(?:\{[a-z]+="[a-z:]+"\})?) (\d+)$')


@pytest.fixture
def changes(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return {
        "IDP_SERVER__METRICS_TOKEN_FILE": str(tmp_path / "token"),
        "IDP_AUDIT__ANCHOR_DIRECTORY": str(tmp_path / "anchors"),
    }


def asked(site: Site, authorization: str | None = f"Bearer {TOKEN}") -> tuple[int, str]:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = site.app.test_client().get("/metrics", headers=headers, base_url=ISSUER)
    return answer.status_code, answer.get_data(as_text=True)


def values(text: str) -> dict[str, int]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = [VALUE.match(line) for line in lines]
    return {match[1]: int(match[2]) for match in found if match is not None and len(found) == len(lines)}


@pytest.mark.parametrize(
    "shown", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_without_the_token_nothing_is_told(site: Site, shown: str | None) -> None:
    status, body = asked(site, shown)
    assert status == 401
    assert "idp_audit" not in body


def test_what_clients_asked_in_this_hour(site: Site) -> None:
    found = site.app.extensions["yitong"]
    hour = int(site.clock().timestamp() // 3600)
    with found.sessions.begin() as session:
        for client_id, measure, times in (("a", "ok", 5), ("b", "ok", 2), ("b", "limited", 7)):
            row = ClientUsage(client_id=client_id, hour=hour, measure=f"answer:{measure}", count=times)
            session.add(row)
        session.add(ClientUsage(client_id="a", hour=hour - 1, measure="answer:ok", count=100))
    _status, text = asked(site)
    assert values(text)['idp_client_requests_this_hour{answer="ok"}'] == 7
    assert values(text)['idp_client_requests_this_hour{answer="limited"}'] == 7
    assert values(text)["idp_clients_limited_this_hour"] == 1
    assert "client_id" not in text


def test_a_log_that_is_on_time(site: Site) -> None:
    site.visitor().authorize().sign_in(PERSON)
    proved(site)
    count(site)
    status, text = asked(site)
    found = values(text)
    assert status == 200
    assert found["idp_audit_folded_rows"] > 1
    assert found["idp_audit_waiting_rows"] == 0
    assert found['idp_audit_step_waiting_seconds{step="folding"}'] == 0
    assert found['idp_audit_step_waiting_seconds{step="anchor:file"}'] == 0
    assert found['idp_audit_reader_waiting_seconds{reader="statistics"}'] == 0
    assert PERSON.number not in text


def test_what_waits_says_for_how_long(site: Site) -> None:
    proved(site)
    count(site)
    site.visitor().authorize().sign_in(PERSON)
    site.clock.advance(700)
    found = values(asked(site)[1])
    assert found["idp_audit_waiting_rows"] > 0
    assert found['idp_audit_step_waiting_seconds{step="folding"}'] >= 700
    assert found['idp_audit_reader_waiting_seconds{reader="statistics"}'] >= 700


def test_a_verification_says_when_and_whether_all_was_there(site: Site) -> None:
    proved(site)
    assert "idp_audit_verified_whole" not in values(asked(site)[1])
    with site.services.sessions.begin() as session:
        ask(session, by="schedule", now=site.clock())
    verified(site)
    assert values(asked(site)[1])["idp_audit_verified_whole"] == 1


class TestNoToken:
    @pytest.fixture
    def changes(self) -> dict[str, str]:
        return {}

    def test_there_is_no_such_page(self, site: Site) -> None:
        assert asked(site)[0] == 404
