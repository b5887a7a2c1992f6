"""binding_message: what a client shows on its own screen and we show to who is to agree (section 7.1).

It goes into a text message, too, whose readers trust us: nothing in it may look like a link, like a line of
ours or like somebody's number, and nothing may change how the rest is read.
"""

import re
import unicodedata

from idp.oidc.said import UNSEEN

CHARACTERS_AT_MOST = 64
SHORT_CHARACTERS = 20
"""In a text message."""
PUNCTUATION = frozenset(" -_,.:;!?()#%+*&'/№¥€$£、，。：；！？（）《》·")
LINK = re.compile(
    r"//|www\.|[^\W\d_]\.[^\W_]|[^\W_]\.[^\W\d_]|[^\W_]。[a-z]|(?:\d+\.){3}\d|[^\W\d_]/|/[^\W\d_]",
    re.IGNORECASE,
)
"""A dot or a stroke is good between digits, as in 12.50 and 2026/11: not where an address could be read."""
BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \-.,、·_](?=\d)")
LONG_NUMBER = re.compile(r"\d{11}")
"""As long as a phone's or an identity document's."""


class BindingMessageRefused(Exception):
    """Says why, never what it was."""


def check(text: str) -> str:
    """The message in its normal form. Raises BindingMessageRefused."""
    if len(text) > CHARACTERS_AT_MOST:
        raise BindingMessageRefused(f"more than {CHARACTERS_AT_MOST} characters")
    message = unicodedata.normalize("NFC", text)
    if not message.strip() or message != message.strip():
        raise BindingMessageRefused("blank, or with blanks around it")
    if not all(_is_plain(character) for character in message):
        raise BindingMessageRefused("characters beyond letters, digits and plain punctuation")
    wide = unicodedata.normalize("NFKC", message)
    if LINK.search(wide):
        raise BindingMessageRefused("it could be read as an address")
    if LONG_NUMBER.search(BETWEEN_DIGITS.sub("", wide)):
        raise BindingMessageRefused("it holds a number as long as a person's")
    return message


def shortened(message: str) -> str:
    if len(message) <= SHORT_CHARACTERS:
        return message
    return f"{message[: SHORT_CHARACTERS - 1].rstrip()}…"


def _is_plain(character: str) -> bool:
    """Letters and digits of the scripts that run to the right: no marks that pile up, nothing that is
    invisible or turns the line."""
    runs_to_the_right = unicodedata.bidirectional(character) in {"L", "EN"}
    is_word = unicodedata.category(character) in {"Lu", "Ll", "Lo", "Nd"}
    return character in PUNCTUATION or (is_word and runs_to_the_right and character not in UNSEEN)
