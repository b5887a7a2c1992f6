# ruff: noqa: F401 - loaded for their routes
"""Every page of the room, by loading the modules that define them."""

import idp.security.alerts.views
import idp.security.cases.deeds
import idp.security.cases.views
import idp.security.integrity.views
import idp.security.live.views
import idp.security.measures.new_views
import idp.security.measures.views
import idp.security.overview.views
import idp.security.rules.views
import idp.security.search.export_views
import idp.security.search.saved_views
import idp.security.search.views
import idp.security.timelines.event_views
import idp.security.timelines.views
import idp.security.unmasking.views
from idp.security.room import blueprint

__all__ = ["blueprint"]
