"""Who walks around a measure, or uses one for something else."""

import json
from dataclasses import replace

from idp.measures.kinds import Kind, SubjectKind
from tests.idp.measures.desk import OFFICER, OFFLINE, Desk
from tests.idp.oidc.world import HALL


def test_attack_a_refresh_before_the_worker_reaches_the_grant(desk: Desk) -> None:
    """With many grants it takes a while until each row is gone; none of them opens anything meanwhile, and
    none outlives it because it was used."""
    world = desk.world
    world.sign_in()
    offline = desk.tokens(scope=OFFLINE)
    later = replace(desk.measures, rules=desk.rules.measures.model_copy(update={"batches_at_once": 0}))
    wanted = desk.wanted(Kind.END_SESSIONS, SubjectKind.CLIENT, HALL)
    later.take(wanted, by=OFFICER, context=desk.context())
    for seconds in (1, 10, 2 * 24 * 3600):
        world.clock.advance(seconds)
        assert offline.refresh is not None
        assert json.loads(desk.refresh(offline.refresh).body).get("error") == "invalid_grant"
    assert desk.row(wanted.id).grants_ended == 0
    desk.measures.going_on.round()
    assert desk.row(wanted.id).grants_ended == 1
