"""A sign-in in a window that a page of the client has opened, and waits for.

Browsers part a window from its opener with the first answer whose Cross-Origin-Opener-Policy says so, a
redirect included (HTML standard, section 7.1.3.2), and nothing brings them together again. Ours say it, but
for those of such a sign-in: from the authorization endpoint they say otherwise here, and on its pages by
the interaction's id (`interaction.is_in_popup`), which every address of it holds.

A page that keeps its window sees how often it goes on, and may lead it elsewhere. So it has to be the
client's own: of the origin of a redirect_uri, as the browser says.
"""

from dataclasses import replace

from idp.oidc.authorize.answers import Answer
from idp.oidc.authorize.checks import POPUP, Asked
from idp.oidc.clients.uris import UriRefused, check_web_uri
from idp.oidc.http import Parameters, Request, Response
from idp.oidc.session_management.browser_state import origin_of

OPENER_KEPT = ("Cross-Origin-Opener-Policy", "unsafe-none")
REFERRER = "Referrer-Policy"
REFERRED = (REFERRER, "strict-origin-when-cross-origin")
NOT_OPENED_YET = ("request", "request_uri")
"""Whether it is for a popup then shows when it is opened, by the GET that follows."""


def is_asked(asked: Asked, request: Request) -> bool:
    """OpenID Connect Core 1.0 section 3.1.2.1: `display=popup`, by a page of the client's."""
    if asked.parameters.get("display") != POPUP:
        return False
    opener = request.headers.get("referer", "")
    try:
        check_web_uri(opener)
    except UriRefused:
        return False
    origin = origin_of(opener)
    return any(origin_of(uri) == origin for uri in asked.client.metadata.redirect_uris)


def beside_opener(answer: Answer, *, in_popup: bool) -> Answer:
    """The answer to such a sign-in; to any other, as it is."""
    return replace(answer, headers=(*answer.headers, OPENER_KEPT)) if in_popup else answer


def led_on(answer: Response, posted: Parameters) -> Response:
    """A POST's redirect to the GET. It shows nothing, and what it leads to decides; but that has to learn
    who opened the window, which "no-referrer" would hide (Referrer Policy, section 8.3)."""
    if posted.get("display") != POPUP and not any(name in posted for name in NOT_OPENED_YET):
        return answer
    others = (header for header in answer.headers if header[0] != REFERRER)
    return replace(answer, headers=(*others, REFERRED, OPENER_KEPT))
