"""Messages to people: written in the transaction that wants them, sent by the worker."""

from idp.messages.opening import open_handlers
from idp.messages.sms import TextMessages

__all__ = ["TextMessages", "open_handlers"]
