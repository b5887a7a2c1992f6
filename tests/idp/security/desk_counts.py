"""Events of a day and of a week before, counted, for the pages that show figures."""

import json
from datetime import timedelta
from typing import Any

from idp.audit import insertion
from idp.audit.statistics.rolling import Statistics
from idp.storage.base import new_id
from tests.idp.login.visitor import Site

KEPT = timedelta(days=100)


def write(site: Site, name: str, ago: timedelta, *, times: int = 1, **said: Any) -> None:
    at = site.clock() - ago
    columns = {key: said.pop(key, None) for key in ("client_id", "person_id", "actor")}
    rows = [
        {
            "id": new_id(at),
            "at": at,
            "name": name,
            **columns,
            **dict.fromkeys(("request_id", "address", "device", "interaction_id")),
            "payload": json.dumps(said, sort_keys=True, separators=(",", ":")),
        }
        for _ in range(times)
    ]
    with site.services.engine.begin() as connection:
        insertion.insert(connection, rows)


def count(site: Site) -> None:
    while Statistics(site.services.engine, site.clock, KEPT).round():
        pass


def fill(site: Site) -> None:
    """Two hours, a day, a week and five weeks ago; a client that is registered, and one that is no more."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    for ago, times in (
        (2 * hour, 40),
        (20 * hour, 30),
        (3 * day, 20),
        (7 * day + 2 * hour, 30),
        (37 * day, 25),
    ):
        write(site, "signed_in", ago, times=times, level=2, methods=["password"], client_id="hall")
        write(site, "signed_in", ago, times=times // 2, level=3, methods=["face"], client_id="hall")
        write(
            site,
            "sign_in_refused",
            ago,
            times=times // 4,
            method="password",
            reason="wrong",
            client_id="hall",
        )
        write(site, "face_checked", ago, times=times // 2, purpose="sign_in")
        write(site, "face_refused", ago, times=times // 5, purpose="sign_in", reason="antispoof")
        write(site, "code_issued", ago, times=times, client_id="hall")
        write(site, "token_issued", ago, times=times, client_id="gone")
        write(site, "person_enrolled", ago, times=times // 10, level=3, binding="face")
    for reason in ("frames_repeated", "one_face", "match"):
        write(site, "face_refused", hour, times=3, purpose="sign_in", reason=reason)
    write(site, "sign_in_refused", hour, times=60, method="sms", reason="wrong")
    count(site)
