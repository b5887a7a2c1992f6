"""Every field of a registration, with its default, from the model that refuses wrong ones."""

import json
from typing import Any

from pydantic.fields import FieldInfo

from idp.documentation.reference.explained import Explained, Facts, code, rows
from idp.oidc.clients.metadata import LOCALIZED, ClientMetadata

HEADS = {"en": ("Field", "When left out", "What it does"), "zh-CN": ("字段", "省略时", "作用")}
NEEDED = {"en": "needed", "zh-CN": "必填"}
ABSENT = {"en": "none", "zh-CN": "无"}
TRANSLATED = {"en": "also as `{name}#zh-CN` and the like", "zh-CN": "也可写成 `{name}#zh-CN` 等"}
OURS = frozenset({"localized"})
"""How we keep texts in several languages; a registration spells them `name#tag`."""


def names() -> list[str]:
    return [*dict.fromkeys([*(n for n in ClientMetadata.model_fields if n not in OURS), *LOCALIZED])]


def table(_facts: Facts, explained: Explained) -> str:
    language = explained.language
    shown = []
    for name in names():
        field = ClientMetadata.model_fields.get(name)
        words = explained.of(name)
        if name in LOCALIZED:
            words += f" ({TRANSLATED[language].format(name=name)})"
        shown.append([code(name), _default(field, language), words])
    return rows(*HEADS[language], of=shown)


def _default(field: FieldInfo | None, language: str) -> str:
    if field is None:
        return ABSENT[language]
    if field.is_required():
        return NEEDED[language]
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value == "" or value == () or value == {}:
        return ABSENT[language]
    return code(
        json.dumps(value if not isinstance(value, tuple) else list(value), ensure_ascii=False, default=str)
    )
