"""The sandbox's text messages of a day that are sent because of one app."""

from idp.audit.context import AuditContext
from idp.login.visits import Visit
from idp.oidc.allowing import MESSAGES
from idp.oidc.room import provider


def may_message(visit: Visit, context: AuditContext) -> bool:
    """Counts one message, sent or not: whoever sees the count must not learn from it who is known here.

    On our own pages nobody's messages are counted.
    """
    if visit.client is None:
        return True
    allowances = provider().allowances
    spent = allowances.of_a_day(MESSAGES, visit.client, context.at)
    if spent is None or spent.is_allowed:
        return True
    allowances.tell(visit.client, MESSAGES, spent, "sms", context)
    return False
