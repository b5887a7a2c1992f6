"""An error says what to do and gives a reference; the cause is for `idp explain`, the rest for nobody."""

import logging
import re
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from idp.error_references import explain
from idp.storage.ephemeral import StoreUnavailable, open_store
from tests.idp.login.visitor import Site

SECRET = "110101199003070031"


def reference(page: str) -> str:
    found = re.search(r'id="reference">([^<]+)<', page)
    assert found is not None
    return found[1]


def failing(site: Site, problem: Exception) -> None:
    def view() -> str:
        raise problem

    site.app.add_url_rule("/fails", "fails", view)


def test_an_unknown_address_has_a_reference_that_explains_it(site: Site) -> None:
    answer = site.app.test_client().get("/no-such-page")
    assert answer.status_code == 404
    cause = explain(site.services.store, reference(answer.text))
    assert cause is not None
    assert cause.error == "NotFound"


def test_a_method_that_is_not_offered_names_those_that_are(site: Site) -> None:
    answer = site.app.test_client().put("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (RuntimeError(SECRET), 500),
        (OperationalError("SELECT :number", {"number": SECRET}, Exception(SECRET)), 503),
        (StoreUnavailable("redis: connection refused"), 503),
    ],
)
def test_a_failure_shows_and_logs_no_value(
    site: Site, caplog: pytest.LogCaptureFixture, problem: Exception, status: int
) -> None:
    failing(site, problem)
    with caplog.at_level(logging.DEBUG):
        answer = site.app.test_client().get("/fails")
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    cause = explain(site.services.store, reference(answer.text))
    assert cause is not None
    assert type(problem).__name__ in caplog.text
    assert SECRET not in repr(cause)


def test_database_errors_hide_their_parameters(site: Site) -> None:
    with pytest.raises(OperationalError) as caught, site.services.engine.connect() as connection:
        connection.execute(text("SELECT * FROM no_such_table WHERE number = :number"), {"number": SECRET})
    assert SECRET not in str(caught.value)


def test_readiness_names_what_is_missing(site: Site) -> None:
    client = site.app.test_client()
    assert client.get("/readyz").status_code == 200
    dead = open_store("redis://127.0.0.1:1/0", site.clock)
    site.app.extensions["yitong"] = replace(site.services, store=dead)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: store\n")
    assert client.get("/healthz").status_code == 200


def test_nobody_is_stuck_on_an_error_or_at_the_bare_address(site: Site) -> None:
    client = site.app.test_client()
    assert 'id="back" href="/"' in client.get("/no-such-page").text
    answer = client.get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert 'id="password-form"' in answer.text
