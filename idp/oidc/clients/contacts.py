"""How the people behind a client can be reached (RFC 7591 section 2: `contacts`)."""

CHARACTERS_AT_MOST = 254
"""RFC 5321 section 4.5.3.1.3, less the brackets."""


def is_contact(text: str) -> bool:
    """Typically an e-mail address; else an address of https, mailto or tel."""
    local, _, domain = text.rpartition("@")
    is_mail = bool(local) and "." in domain and not any(c.isspace() for c in text)
    is_address = text.startswith(("https://", "mailto:", "tel:"))
    return (is_mail or is_address) and len(text) <= CHARACTERS_AT_MOST
