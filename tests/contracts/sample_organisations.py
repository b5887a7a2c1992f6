"""Pages about organisations, each with a context such as its view gives."""

from typing import Any

from tests.contracts.sample_mandates import AT, LONG_NAME, ONE_MANDATE, ONE_USE, UNTIL

MEMBER: dict[str, Any] = {
    "name": "阿依夏木古丽·艾合买提江·样本",
    "role": "Agent",
    "matters": ["Tax returns", "Social insurance of staff"],
    "until": AT,
    "may_pass_on": True,
    "by": "张三",
    "is_standing": False,
    "url": "/account/organisations/1/people/1",
}
OFFERED = {"name": "李四", "role": "Agent", "matters": [], "answer_by": AT, "withdraw_url": "/withdraw"}
ORGANISATION = {
    "name": LONG_NAME,
    "code": "91000000YT00000112",
    "kind": "Enterprise",
    "status_words": "Active",
    "role": "Legal representative",
    "level": 3,
    "levels": [2, 3, 4],
    "organisations_url": "/account/organisations",
    "organisation_url": "/account/organisations/1",
}
INVITING = ORGANISATION | {
    "role": "Agent",
    "matters": [{"code": "tax_filing", "name": "Tax returns"}, {"code": "permits", "name": "Permits"}],
    "until": UNTIL,
    "values": {},
}
RENEW = {"url": "/until", "until": UNTIL}
NARROW = {"url": "/matters", "matters": INVITING["matters"]}
EVENT = {"at": AT, "words": "李四, Agent: over.", "by": "张三"}
USED = ONE_USE | {"name": "阿依夏木古丽·艾合买提江·样本", "role": "Licence administrator"}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "organisations": (
        "account/organisations.html",
        {
            "organisations": [
                {"name": LONG_NAME, "code": "91000000YT00000112", "role": "Agent", "url": "/organisation"}
            ],
            "typed": "1",
            "code_error": "No.",
            "account_url": "/account",
        },
    ),
    "organisations, empty": ("account/organisations.html", {"account_url": "/account"}),
    "organisation": (
        "account/organisation.html",
        ORGANISATION
        | {
            "members": [MEMBER, MEMBER | {"is_standing": True, "is_oneself": True}],
            "more": 3,
            "search_url": "/account/organisations/1",
        }
        | {"is_long": True, "searched": "李", "offered": [OFFERED], "history_url": "/history"}
        | {"pages": [{"number": 1, "is_here": True, "url": "?page=1"}, {"number": 2, "url": "?page=2"}]}
        | {"invite_urls": {"agent": "/agent", "administrator": "/administrator"}, "level_url": "/level"},
    ),
    "organisation, nobody found": (
        "account/organisation.html",
        ORGANISATION
        | {
            "members": [],
            "is_long": True,
            "searched": "x",
            "pages": [],
            "invite_urls": {},
            "search_url": "/s",
        },
    ),
    "invite an administrator": (
        "account/organisation_invite.html",
        INVITING
        | {"is_administrator": True, "may_give_all": True}
        | {"values": {"name": "李", "scope": "all", "matters": ["permits"]}}
        | {"errors": {"name": "No.", "number": "No.", "matters": "No.", "until": "No."}},
    ),
    "invite an agent": ("account/organisation_invite.html", INVITING),
    "of an organisation": (
        "account/organisation_mandate.html",
        ORGANISATION
        | {"one": ONE_MANDATE | {"is_standing": False}, "by": "张三", "may_pass_on": True, "below": 3}
        | {"end_url": "/end", "renew": RENEW, "narrow": NARROW, "uses": [ONE_USE], "uses_at_most": 1},
    ),
    "of an organisation, by the register": (
        "account/organisation_mandate.html",
        ORGANISATION
        | {"one": ONE_MANDATE, "not_yours": "A register says so.", "uses": [], "uses_at_most": 50},
    ),
    "history": (
        "account/organisation_history.html",
        ORGANISATION | {"events": [EVENT], "older_url": "/older", "uses": [USED], "uses_at_most": 1},
    ),
    "history, empty": (
        "account/organisation_history.html",
        ORGANISATION | {"events": [], "uses": [], "uses_at_most": 100},
    ),
}
