"""Pages of searches, timelines, events, and of seeing who people are, as their views give them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from idp.security.rows import Link, Row
from idp.security.search.form import Group, Option
from idp.security.search.saved_views import Saved
from idp.security.timelines.event_views import FieldRow, Proof
from idp.security.timelines.strand_rows import DayRow, StrandRow
from idp.security.unmasking.shown import AskRow
from tests.contracts.sample_security_cases import AT_WORK, DESK
from tests.contracts.sample_staff_pages import LONG_NAME

AT = datetime(2026, 11, 22, 3, 4, 5, 678000, tzinfo=UTC)
ID = "0192f0c1-2345-7abc-8def-0123456789ab"
DEVICE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f"
LINK = Link("…456789ab", ID, f"/security/people/{ID}")
ROW = Row(
    id=ID,
    at=AT,
    day="2026-11-22",
    time="11:04:05.678",
    name="signed_in",
    sentence="登录成功",
    went="good",
    went_words="as it should",
    told=(("认证等级", "3级"), ("验证方式", "密码，人脸"), ("原因", LONG_NAME)),
    url=f"/security/events/{ID}",
    person=LINK,
    client=Link("hall", "hall", "/security/clients/hall"),
    address=Link("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8::", "/security/addresses/2001:db8::"),
    device=Link("…" + DEVICE[-8:], DEVICE, f"/security/devices/{DEVICE}"),
    session=Link("…c15b0f00", DEVICE, f"/security/sessions/{DEVICE}"),
    actor=Link("C-1042", ID, f"/security/search?show=1&actor={ID}"),
)
BARE = replace(ROW, told=(), person=None, client=None, address=None, device=None, session=None, actor=None)
ROWS = [ROW, replace(BARE, went="bad", went_words="refused"), replace(BARE, went="grave", went_words="look")]
SEARCH: dict[str, Any] = DESK | {
    "groups": [Group("People", (Option("signed_in", "Signed in", is_chosen=True),))],
    "results": {"refused": "refused", "succeeded": "succeeded"},
    "chosen": [],
    "values": {},
    "errors": {},
    "exact": False,
    "rows": None,
    "saved": [],
    "may_act": True,
    "ask_url": "/security/search",
    "searches_url": "/security/searches",
    "save_url": "/security/searches",
    "export_url": "/security/exports",
    "live_url": "/security/live",
}
FOUND = SEARCH | {
    "rows": ROWS,
    "chosen": [("Person", "…456789ab"), ("Event", LONG_NAME)],
    "older_url": "/older",
    "newest_url": "/newest",
    "searched_to": AT,
    "reference": "K7F3-9QXM",
    "failure": {
        "at": AT,
        "where": "authorize",
        "error": "invalid_request",
        "description": LONG_NAME,
        "detail": "redirect_uri",
        "client_id": "hall",
    },
}
SAVED = [Saved(LONG_NAME, "/s", True, "/r"), Saved("a", "/s", False, None)]
WRONG = {
    "errors": dict.fromkeys(
        (
            "number",
            "person",
            "client",
            "organisation",
            "from",
            "to",
            "event",
            "address",
            "reference",
            "device",
        ),
        "Not this.",
    ),
    "values": {"person": ID, "client": "hall", "level": "3", "result": "refused", "device": DEVICE},
    "exact": True,
}
STRAND = StrandRow(
    headline="登录成功",
    time="11:04:05 – 11:05:00",
    went="grave",
    level="3级",
    methods="密码，人脸",
    people=(LINK,),
    clients=(Link("hall", "hall", "/c"),),
    places=(Link("192.0.2.7", "192.0.2.7", "/a"), Link("…456789ab", DEVICE, "/d")),
    rows=(ROW, BARE),
    around_url="/around",
)
ALONE = replace(STRAND, went="good", level=None, methods=None, people=(), clients=(), places=(), rows=(BARE,))
DAYS = [DayRow("2026年11月22日", (STRAND, ALONE, STRAND, STRAND, STRAND)), DayRow("2026年11月21日", (ALONE,))]
TIMELINE: dict[str, Any] = DESK | {
    "heading": "Person …456789ab",
    "kind": "person",
    "subject": ID,
    "facts": [
        {"name": "Status", "value": "active", "url": None},
        {"name": "Person", "value": "x", "url": "/p"},
    ],
    "days": [],
}
EVENT: dict[str, Any] = DESK | {
    "event": ROW,
    "meaning": "A browser has a session of a person from here on.",
    "version": 1,
    "is_known": True,
    "fields": [
        FieldRow("level", "Level", "level 3", "3", "The level that was reached.", None),
        FieldRow("person_id", "Person", ID, None, "", LINK),
        FieldRow("scores", "Scores", "0.9", "0.9", "", None, (("one face", "0.9744"), (LONG_NAME, "1.0"))),
        FieldRow("scopes", "Scopes", "openid, profile", '["openid"]', LONG_NAME, None),
    ],
    "raw": '[1,"' + "0" * 400 + '"]',
    "before": ROWS,
    "after": ROWS[:1],
    "proof": Proof("proved", 7, 12, AT, DEVICE),
    "proof_url": "/proof",
    "around_url": "/around",
}
ASK = AskRow(
    person=LINK,
    reason="An investigation of ours",
    note=LONG_NAME * 6,
    extent="The name",
    asked_by="C-1042",
    asked_at=AT,
    until=AT,
    state="waiting",
    state_words="waits",
    decide_url="/d",
    show_url=None,
    why_not=None,
)
REASONS = {"reasons": {"authority": "An authority"}, "extents": {"masked": "Masked", "full": "Full"}}
UNMASK: dict[str, Any] = DESK | REASONS | {"person": LINK, "values": {}, "errors": {}, "longest": 500}
LIVE = {"stream_url": "/s", "reload_url": "/r", "search_url": "/q", "chosen": [("Client", "hall")]}

SECURITY_EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "desk, search": ("security/search/search.html", SEARCH),
    "desk, search, found": ("security/search/search.html", FOUND | AT_WORK | {"saved": SAVED}),
    "desk, search, nothing": ("security/search/search.html", SEARCH | {"rows": [], "may_act": False}),
    "desk, search, wrong": ("security/search/search.html", SEARCH | WRONG),
    "desk, saved searches": ("security/search/searches.html", DESK | {"saved": SAVED, "search_url": "/s"}),
    "desk, no saved searches": ("security/search/searches.html", DESK | {"saved": [], "search_url": "/s"}),
    "desk, timeline": (
        "security/timelines/timeline.html",
        TIMELINE
        | {"days": DAYS, "beside": DAYS[1:], "older_url": "/o", "newest_url": "/n", "searched_to": AT}
        | {"measure_url": "/m", "case_url": "/c", "unmask_url": "/u", "search_url": "/s", "live_url": "/l"}
        | {"is_cut": True},
    ),
    "desk, timeline, nothing": ("security/timelines/timeline.html", TIMELINE),
    "desk, event": ("security/timelines/event.html", EVENT),
    "desk, event, not proved yet": (
        "security/timelines/event.html",
        EVENT | {"proof": Proof("waiting"), "before": [], "after": [], "is_known": False, "meaning": ""},
    ),
    "desk, event, wrong": ("security/timelines/event.html", EVENT | {"proof": Proof("wrong")}),
    "desk, live": ("security/live/live.html", DESK | LIVE | {"rows": ROWS}),
    "desk, live, nothing": ("security/live/live.html", DESK | LIVE | {"rows": [], "chosen": []}),
    "desk, unmask": ("security/unmasking/unmask.html", UNMASK | {"needs_second": True} | AT_WORK),
    "desk, unmask, wrong": (
        "security/unmasking/unmask.html",
        UNMASK
        | {"errors": {"note": "No.", "reason": "No."}, "values": {"reason": "authority", "extent": "full"}},
    ),
    "desk, unmasking": (
        "security/unmasking/unmasking.html",
        DESK
        | {"waiting": [ASK, replace(ASK, why_not="New.")]}
        | {"own": [replace(ASK, decide_url=None, show_url="/show"), replace(ASK, decide_url=None)]},
    ),
    "desk, no unmasking": ("security/unmasking/unmasking.html", DESK | {"waiting": [], "own": []}),
    "desk, unmasked": (
        "security/unmasking/unmasked.html",
        DESK
        | {
            "person": LINK,
            "name": LONG_NAME,
            "number": "11010519491231002X",
            "seconds": 60,
            "leave_url": "/p",
        },
    ),
    "desk, unmasked, gone": (
        "security/unmasking/unmasked.html",
        DESK | {"person": LINK, "name": None, "number": None, "seconds": 60, "leave_url": "/p"},
    ),
}
