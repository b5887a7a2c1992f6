"""The page of what an app uses, and the same as a file."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, request

from idp.audit.statistics.reading import RANGES, Range
from idp.developer.present import AppHere, app_here, developer_page
from idp.developer.room import blueprint
from idp.developer.usage import words
from idp.developer.usage.exporting import document, sheet
from idp.developer.usage.gathering import Usage, gather
from idp.extensions import services
from idp.locales import gettext as _
from idp.locales import show_number
from idp.metering.meter import EVERY_SECONDS
from idp.oidc.allowing import MESSAGES, SIGN_INS
from idp.oidc.clients.metadata import Client
from idp.oidc.room import provider
from idp.storage.allowances import Spent
from idp.storage.ephemeral.store import StoreUnavailable

FIRST = "24h"
FILES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Seen:
    here: AppHere
    client: Client
    range: Range
    usage: Usage


@blueprint.get("/apps/<app_id>/usage")
def app_usage(app_id: str) -> Response:
    seen = _seen(app_id)
    name, usage = seen.range.name, seen.usage
    return developer_page(
        "developer/usage/usage.html",
        seen.here,
        ranges=[
            {
                "words": words.range_words(one),
                "url": f"{seen.here.path}/usage?range={one}",
                "current": one == name,
            }
            for one in RANGES
        ],
        range_name=words.range_words(name),
        files=[{"id": kind, "url": f"{seen.here.path}/usage.{kind}?range={name}"} for kind in FILES],
        figures=words.figures(usage),
        charts=words.charts(usage),
        tables=words.tables(usage),
        people=usage.people,
        counted_to=usage.counted_to,
        minutes_late=EVERY_SECONDS // 60,
        limits=_limits(seen.client),
    )


@blueprint.get("/apps/<app_id>/usage.<kind>")
def app_usage_file(app_id: str, kind: str) -> Response:
    seen = _seen(app_id)
    if kind not in FILES:
        abort(404)
    if kind == "csv":
        body = sheet(seen.usage)
    else:
        body = json.dumps(document(seen.client.client_id, seen.usage), indent=2)
    name = f"usage-{seen.client.client_id}-{seen.range.name}.{kind}"
    response = Response(body, content_type=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _seen(app_id: str) -> Seen:
    """404 of a draft too: it has asked for nothing yet."""
    here = app_here(app_id)
    client = None if here.client_id is None else provider().clients.known(here.client_id)
    if client is None:
        abort(404)
    found, now = services(), services().clock()
    wanted = RANGES.get(request.args.get("range", FIRST), RANGES[FIRST])
    # What this process still has in memory: a developer who has just tried something sees it.
    provider().meter.flush(now)
    usage = gather(found.engine, client.client_id, wanted, now, is_sandbox=found.settings.sandbox)
    return Seen(here, client, wanted, usage)


def _limits(client: Client) -> dict[str, Any]:
    allowances = provider().allowances
    return {
        "requests": show_number(allowances.requests_per_minute(client)),
        "is_by_address": client.metadata.is_public,
        "days": [found for what in (SIGN_INS, MESSAGES) if (found := _day(what, client)) is not None],
    }


def _day(what: str, client: Client) -> dict[str, Any] | None:
    """None: there is no such quota. How much is used nobody knows while the store is away."""
    allowances, now = provider().allowances, services().clock()
    limit = allowances.per_day(what, client)
    if not limit:
        return None
    try:
        spent = allowances.used_today(what, client, now)
    except StoreUnavailable:
        spent = None
    return {
        "id": what,
        "words": {SIGN_INS: _("Sign-ins today"), MESSAGES: _("Messages today")}[what],
        "says": _used(limit, spent),
        "percent": 0 if spent is None else min(100, round(100 * (limit - spent.left) / limit)),
        "is_used_up": spent is not None and not spent.is_allowed,
    }


def _used(limit: int, spent: Spent | None) -> str:
    if spent is None:
        return _("up to %(limit)s", limit=show_number(limit))
    return _("%(used)s of %(limit)s", used=show_number(limit - spent.left), limit=show_number(limit))
