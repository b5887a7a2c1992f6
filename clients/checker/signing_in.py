"""The provider's own pages, filled in as the scripted citizen: password, a clerk's code or face, consent.

What is typed goes to the provider's origin alone, whatever a page says of where its form leads.
"""

from .browser import Astray, Browser, Hop, absolute
from .pages import Form, forms, link
from .provider import Citizen
from .wire import origin_of

CODE_WAY, FACE_WAY = "way-activation", "way-face"
"""On the page where somebody chooses how to show that they are here."""
CAMERA = "sandbox-camera-form"
"""A sandbox plays the camera of a face check (docs/sandbox-outcomes.md); nobody else has such a form."""


def fill_in(browser: Browser, hop: Hop, citizen: Citizen | None, issuer_origin: str) -> Hop:
    """What the page leads to. Raises Astray where it asks for what the script does not know."""
    found = {form.id: form for form in forms(hop.answer.text)}
    if hop.answer.status >= 400:
        raise Astray("provider_refused", str(hop.answer.status))
    if citizen is not None and "password-form" in found:
        form = found["password-form"]
        typed = {"number": citizen.number, "password": citizen.password}
    elif citizen is not None and citizen.presence_code and "activation-form" in found:
        form, typed = found["activation-form"], {"code": citizen.presence_code()}
    elif citizen is not None and (way := _way(hop, citizen)):
        return browser.get(_own(absolute(hop.url, way), hop, issuer_origin))
    elif citizen is not None and CAMERA in found:
        form, typed = found[CAMERA], {}
    elif citizen is not None and "face-consent-form" in found:
        form, typed = found["face-consent-form"], {"agree": "yes"}
    elif citizen is not None and "face-start-form" in found:
        # Whether pictures are kept is asked apart, and is nobody's business here.
        form, typed = found["face-start-form"], {}
    elif "consent-form" in found:
        form, typed = found["consent-form"], {"decision": "agree"}
    else:
        raise Astray("provider_asks", ", ".join(sorted(found)) or "nothing")
    return browser.post(_address(hop, form, issuer_origin), {**form.fields, **typed})


def _way(hop: Hop, citizen: Citizen) -> str:
    """By a clerk's code where there is one, else by the face. Nothing: the page offers no ways."""
    return link(hop.answer.text, CODE_WAY if citizen.presence_code else FACE_WAY)


def _address(hop: Hop, form: Form, issuer_origin: str) -> str:
    return _own(absolute(hop.url, form.action) if form.action else hop.url, hop, issuer_origin)


def _own(address: str, hop: Hop, issuer_origin: str) -> str:
    """Raises Astray for what is not the provider's."""
    try:
        leads_to = origin_of(address)
    except ValueError:
        leads_to = ""
    if leads_to != issuer_origin or origin_of(hop.url) != issuer_origin:
        raise Astray("form_leads_away", leads_to)
    return address
