"""What teams of developers do with their members and apps."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "team_made": gettext_noop("Team of developers made"),
    "team_renamed": gettext_noop("Team of developers renamed"),
    "team_invitation_made": gettext_noop("Invitation to a team made"),
    "team_invitation_ended": gettext_noop("Invitation to a team used or over"),
    "team_member_added": gettext_noop("Came into a team of developers"),
    "team_member_changed": gettext_noop("Role in a team changed"),
    "team_member_removed": gettext_noop("Left a team of developers"),
    "app_made": gettext_noop("App made by a team"),
    "app_paused": gettext_noop("App stopped by its team"),
    "app_resumed": gettext_noop("App let go on by its team"),
    "app_watched": gettext_noop("Requests of an app noted for its team"),
    "app_unwatched": gettext_noop("Requests of an app no longer noted"),
    "app_deleted": gettext_noop("App deleted by its team"),
    "app_check_set_up": gettext_noop("App: where it is checked was said"),
    "app_check_started": gettext_noop("App: check begun"),
    "app_check_reported": gettext_noop("App: report of a check"),
    "app_check_token_made": gettext_noop("App: token for reports made"),
    "app_check_token_withdrawn": gettext_noop("App: token for reports ended"),
    "app_badge_turned": gettext_noop("App: badge switched on or off"),
    "app_draft_changed": gettext_noop("Draft of an app changed"),
    "logout_tried": gettext_noop("Logout of an app tried by its team"),
    "jwks_tried": gettext_noop("Keys of an app fetched for its team"),
    "logo_tried": gettext_noop("Logo of an app fetched for its team"),
    "app_package_made": gettext_noop("App: signed by the sandbox for production"),
    "app_package_taken": gettext_noop("App: taken over from the sandbox as a draft"),
    "app_request_made": gettext_noop("App: approval asked for"),
    "app_request_withdrawn": gettext_noop("App: request for approval taken back"),
    "app_request_decided": gettext_noop("App: request for approval decided"),
    "developer_refused": gettext_noop("Refused in the developers' console"),
}
