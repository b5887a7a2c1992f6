"""What happened, who did it, when: typed events that cannot hold personal data, durable before the answer."""

from idp.audit.context import AuditContext
from idp.audit.fields import Event, PersonalDataRefused
from idp.audit.log import AuditLog, AuditUnavailable, record

__all__ = ["AuditContext", "AuditLog", "AuditUnavailable", "Event", "PersonalDataRefused", "record"]
