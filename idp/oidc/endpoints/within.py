"""The frame of what a client that is known asks for: its allowance, what is measured, what the answer says.

The hot path's share is small: an allowance is spent in memory (`idp.storage.allowances`), and what is
measured stays there for minutes (`idp.metering.meter`).
"""

from collections.abc import Callable
from datetime import datetime

from idp.metering.measures import share_of
from idp.oidc import allowing
from idp.oidc.allowing import REQUESTS
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Request, Response
from idp.oidc.provider import Provider
from idp.storage.outages import OUTAGES

BAD_REQUEST, UNAVAILABLE = 400, 503


def within(
    provider: Provider,
    request: Request,
    client: Client,
    where: str,
    began: float,
    now: datetime,
    work: Callable[[], Response],
    *,
    headers: tuple[tuple[str, str], ...],
) -> Response:
    """`work`: makes the answer, refusals of the protocol included. `where`: the endpoint's name. `began`: by
    the meter's timer. `headers`: of an answer that says no more than that there is nothing left."""
    spent = provider.allowances.request(client, request.address, now)
    meter, client_id, share = provider.meter, client.client_id, share_of(spent.limit, spent.left)
    if not spent.is_allowed:
        provider.allowances.tell(client, REQUESTS, spent, where, provider.context(request, now))
        response = allowing.refused(spent, request.form.get("grant_type"), headers)
        meter.note(client_id, where, response.status, began, now, share=share)
        return response
    try:
        response = work()
    except OUTAGES:
        meter.note(client_id, where, UNAVAILABLE, began, now, share=share)
        raise
    meter.note(client_id, where, response.status, began, now, share=share)
    if response.status < BAD_REQUEST:
        # Refusals are noted where their reference is made.
        provider.inspector.answered(client, request, where, response, now)
    return Response(response.status, (*response.headers, *allowing.shown(spent)), response.body)
