# ruff: noqa: F401 - loaded for their routes
"""Every page of the room, by loading the modules that define them."""

import idp.developer.checker.report_views
import idp.developer.checker.views
import idp.developer.doctor.views
import idp.developer.going_live.taking_views
import idp.developer.going_live.views
import idp.developer.history.views
import idp.developer.home.views
import idp.developer.keys.key_views
import idp.developer.keys.views
import idp.developer.overview.deeds
import idp.developer.overview.views
import idp.developer.requests.views
import idp.developer.sandbox.views
import idp.developer.scopes.views
import idp.developer.settings.logo_views
import idp.developer.settings.logout_views
import idp.developer.settings.views
import idp.developer.team.join_views
import idp.developer.team.past_views
import idp.developer.team.views
import idp.developer.tokens.views
import idp.developer.usage.views
import idp.developer.wizard.views
from idp.developer.again import again
from idp.developer.room import blueprint

for address in blueprint.of_forms_alone:
    blueprint.add_url_rule(address, view_func=again)

__all__ = ["blueprint"]
