"""Fields that people see the effect of: who it is, where they come back to, what is asked of them."""

from dataclasses import dataclass

from idp.locales import gettext_noop as _
from idp.oidc.clients.explaining.sources import (
    BACK_CHANNEL,
    CLIENT,
    DETAILS,
    FRONT_CHANNEL,
    INITIATION,
    OURS,
    PAIRWISE,
    REDIRECTS,
    REGISTRATION,
    RP_LOGOUT,
    SCOPES,
    Source,
)


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field of the registration for whoever fills it in. `name`: as it is registered."""

    name: str
    label: str
    what: str
    """One sentence."""
    source: Source


PEOPLE_FIELDS: tuple[FieldWords, ...] = (
    FieldWords(
        "client_id",
        _("Client ID"),
        _("By this your app names itself in every request. It is no secret and never changes."),
        CLIENT,
    ),
    FieldWords(
        "client_name",
        _("Name of the app"),
        _("What people read on the sign-in and consent pages: as they know your service."),
        CLIENT,
    ),
    FieldWords(
        "organization_name", _("Organisation"), _("Who runs the service, shown under its name."), OURS
    ),
    FieldWords(
        "client_uri",
        _("Home page"),
        _("Where people find your service; the consent page leads there."),
        CLIENT,
    ),
    FieldWords(
        "logo_uri",
        _("Logo"),
        _(
            "A PNG or JPEG of 512 KiB and 4096 pixels a side at most. We fetch it and show our own copy; an"
            " SVG can hold scripts and is never taken."
        ),
        CLIENT,
    ),
    FieldWords(
        "policy_uri",
        _("Privacy policy"),
        _("What you do with people's data; linked where they agree."),
        CLIENT,
    ),
    FieldWords("tos_uri", _("Terms of service"), _("Linked where people agree."), CLIENT),
    FieldWords(
        "contacts",
        _("Contacts"),
        _("Whom we write to when something fails or a secret runs out, one e-mail address a line."),
        CLIENT,
    ),
    FieldWords(
        "purpose",
        _("Purpose"),
        _("One sentence for people: what you need this for. It stands on the consent page."),
        OURS,
    ),
    FieldWords(
        "purpose_code",
        _("Code of the purpose"),
        _("Stands for the purpose in the audit log: letters, digits and hyphens."),
        OURS,
    ),
    FieldWords(
        "redirect_uris",
        _("Redirect URIs"),
        _(
            "Where people come back to with their code, one a line. Compared letter by letter, without"
            " wildcard."
        ),
        REDIRECTS,
    ),
    FieldWords(
        "post_logout_redirect_uris",
        _("Where people come back to after signing out"),
        _("One a line. Compared letter by letter, as redirect URIs are."),
        RP_LOGOUT,
    ),
    FieldWords(
        "initiate_login_uri",
        _("Where a sign-in begins at yours"),
        _("The list of services in people's accounts leads there; you then begin a sign-in as always."),
        INITIATION,
    ),
    FieldWords(
        "backchannel_logout_uri",
        _("Back-channel logout"),
        _("We post a signed logout token there when somebody's session ends, from our server to yours."),
        BACK_CHANNEL,
    ),
    FieldWords(
        "backchannel_logout_session_required",
        _("Back-channel logout names the session"),
        _("Whether you need the sid. It is in every logout token either way."),
        BACK_CHANNEL,
    ),
    FieldWords(
        "frontchannel_logout_uri",
        _("Front-channel logout"),
        _("Opened in a hidden frame of people's browsers when they sign out; at the host of a redirect URI."),
        FRONT_CHANNEL,
    ),
    FieldWords(
        "frontchannel_logout_session_required",
        _("Front-channel logout names the session"),
        _("Whether iss and sid go along with the address."),
        FRONT_CHANNEL,
    ),
    FieldWords(
        "scope",
        _("Scopes"),
        _("The most that your app may ask people for; a request may ask for less."),
        SCOPES,
    ),
    FieldWords(
        "optional_scope",
        _("Scopes people may leave out"),
        _("Of the scopes above, those that somebody can untick and still come in."),
        OURS,
    ),
    FieldWords(
        "minimum_level",
        _("Lowest level"),
        _("Nobody comes in below it: 1 self-declared, 2 verified, 3 present in person, 4 certified."),
        OURS,
    ),
    FieldWords(
        "presence_seconds",
        _("How long presence counts"),
        _(
            "In seconds. It shortens our own 15 minutes: "
            "after that long, who was present is at level 2 again."
        ),
        OURS,
    ),
    FieldWords(
        "accepted_parties",
        _("Who may come"),
        _("People for themselves, businesses by who stands for them, agents by a mandate of somebody else."),
        OURS,
    ),
    FieldWords(
        "authorization_details_types",
        _("Types of authorization details"),
        _("Single payments, records or documents that your app asks consent to, one type a line."),
        DETAILS,
    ),
    FieldWords(
        "default_max_age",
        _("Oldest sign-in"),
        _("In seconds: who proved themselves longer ago does so again. For requests without max_age."),
        REGISTRATION,
    ),
    FieldWords(
        "default_acr_values",
        _("Levels asked for by default"),
        _("For requests without acr_values, the one you like best first."),
        REGISTRATION,
    ),
    FieldWords(
        "require_auth_time",
        _("Needs auth_time"),
        _("Whether you need the time of the sign-in. It is in every id_token either way."),
        REGISTRATION,
    ),
    FieldWords(
        "subject_type",
        _("Kind of sub"),
        _("pairwise: your app knows people by a sub that nobody else knows them by."),
        PAIRWISE,
    ),
    FieldWords(
        "sector",
        _("Sector"),
        _("What the sub of your people hangs on. It never changes, or all of them would be strangers."),
        PAIRWISE,
    ),
    FieldWords(
        "sector_identifier_uri",
        _("Document of the sector"),
        _("Names every redirect URI of apps that know people by the same sub."),
        PAIRWISE,
    ),
    FieldWords(
        "application_type",
        _("Kind of app"),
        _("web: on https addresses. native: installed, with loopback addresses or a scheme of its own."),
        REGISTRATION,
    ),
)
