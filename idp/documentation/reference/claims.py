"""Scopes, claims and levels, from the tables that the provider itself answers by."""

from idp.documentation.reference.explained import Explained, Facts, code, rows
from idp.oidc.claims.catalogue import BY_NAME, RELEASES, SCOPE_OF, VERIFIED
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.endpoints.discovery import TOKEN_CLAIMS
from idp.oidc.levels import LOWEST, acr_values

CLAIMS = {"en": ("Claim", "Scope", "What it is"), "zh-CN": ("声明", "所属 scope", "含义")}
SCOPE_HEADS = {"en": ("Scope", "Releases", "What it is for"), "zh-CN": ("scope", "给出的声明", "用途")}
LEVEL_HEADS = {"en": ("`acr`", "What was proved"), "zh-CN": ("`acr`", "证明了什么")}
BY_NAME_WORDS = {"en": "by name alone", "zh-CN": "须逐项点名"}
VERIFIED_WORDS = {"en": "also in `verified_claims`", "zh-CN": "也可放在 `verified_claims` 里"}
IN_TOKENS = {"en": "in id_tokens", "zh-CN": "在 id_token 里"}


def claims(_facts: Facts, explained: Explained) -> str:
    language = explained.language
    by_name = {claim for listed in BY_NAME.values() for claim in listed}
    shown = []
    for claim, scope in SCOPE_OF.items():
        notes = [BY_NAME_WORDS[language]] if claim in by_name else []
        notes += [VERIFIED_WORDS[language]] if claim in VERIFIED else []
        more = f" ({'; '.join(notes)})" if notes else ""
        shown.append([code(claim), code(scope), explained.of(claim) + more])
    shown += [[code(claim), IN_TOKENS[language], explained.of(claim)] for claim in TOKEN_CLAIMS]
    return rows(*CLAIMS[language], of=shown)


def scopes(_facts: Facts, explained: Explained) -> str:
    shown = [
        [code(scope), ", ".join(code(claim) for claim in RELEASES.get(scope, ())) or "—", explained.of(scope)]
        for scope in SCOPES
    ]
    return rows(*SCOPE_HEADS[explained.language], of=shown)


def levels(facts: Facts, explained: Explained) -> str:
    offered = facts.metadata.get("acr_values_supported") or acr_values(LOWEST)
    return rows(*LEVEL_HEADS[explained.language], of=[[code(acr), explained.of(acr)] for acr in offered])
