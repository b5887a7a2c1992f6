"""Messages to people: written in the transaction that wants them, sent by the worker."""

from idp.messages.mail import Mails
from idp.messages.opening import open_handlers, open_mail_handlers
from idp.messages.sms import TextMessages

__all__ = ["Mails", "TextMessages", "open_handlers", "open_mail_handlers"]
