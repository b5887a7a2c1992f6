"""Every page of the room, by loading the modules that define them."""

from idp.security import (  # noqa: F401 - loaded for their routes
    alert_views,
    case_deeds,
    case_views,
    event_views,
    export_views,
    integrity_views,
    live_views,
    measure_views,
    overview_views,
    rule_views,
    saved_views,
    search_views,
    timeline_views,
    unmask_views,
)
from idp.security.room import blueprint

__all__ = ["blueprint"]
