"""What was done in a team. GET /developer/teams/<id>/past."""

from flask import Response, abort, request

from idp.apps import apps, past
from idp.apps.models import Team
from idp.audit.searching import read_cursor, written
from idp.developer import words
from idp.developer.present import developer_page, team_here
from idp.developer.room import blueprint
from idp.developer.team import past_words
from idp.extensions import reading, services


@blueprint.get("/teams/<team_id>/past")
def team_past(team_id: str) -> Response:
    here = team_here(team_id)
    after = request.args.get("after")
    try:
        cursor = None if after is None else read_cursor(after)
    except ValueError:
        abort(404)
    with reading() as session:
        team = session.get_one(Team, here.team.id)
        page = past.of_team(session, services().engine, team, cursor)
        theirs = apps.of_team(session, team.id)
        known = {one.id: one for one in theirs} | {one.client_id: one for one in theirs if one.client_id}
        shown = past_words.rows(session, page.events, known)
        name = words.name_of(session, team)
    return developer_page(
        "developer/team/past.html",
        here,
        name=name,
        deeds=shown,
        older_url=None if page.next is None else f"{here.path}/past?after={written(page.next)}",
        newest_url=None if cursor is None else f"{here.path}/past",
        searched_to=None if page.complete else page.searched_to,
        team_url=here.path,
    )
