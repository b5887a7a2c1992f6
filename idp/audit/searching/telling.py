"""The event that tells of a search: what was looked for, as far as the log may hold it."""

from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_network

from idp.audit.events.reading import AuditSearched
from idp.audit.fields import MOST_ITEMS, is_identifier
from idp.audit.searching.pages import Page
from idp.audit.searching.sought import Sought


def told(
    sought: Sought, criteria: Iterable[str], page: Page | None, case_id: str | None = None
) -> AuditSearched:
    """`criteria`: the names of what was given. `page`: None where it was not looked for at all.

    What was looked for in the payload is kept where it is an identifier: anything else could be a name.
    """
    one, several = (sought.names[0], None) if len(sought.names) == 1 else (None, sought.names or None)
    network = None if sought.address is None else ip_network(sought.address)
    is_range = network is not None and network.num_addresses > 1
    reach = None if page is None or page.complete else page.searched_to
    return AuditSearched(
        criteria=tuple(criteria)[:MOST_ITEMS],
        rows=0 if page is None else len(page.events),
        person_id=sought.person_id,
        client_id=sought.client_id,
        organisation_id=sought.organisation_id,
        sought=one,
        begin=_seconds(sought.span.begin),
        end=_seconds(sought.span.end),
        events=None if several is None else several[:MOST_ITEMS],
        level=sought.level,
        outcome=None if sought.result is None else str(sought.result),
        address=None if network is None else str(network.network_address),
        prefix=network.prefixlen if network is not None and is_range else None,
        from_device=sought.device,
        session_id=sought.session_id,
        acted_by=sought.actor,
        request=sought.request_id or sought.interaction_id,
        fragment=sought.text if is_identifier(sought.text) else None,
        reach=_seconds(reach),
        case_id=case_id,
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
