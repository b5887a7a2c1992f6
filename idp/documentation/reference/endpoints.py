"""The endpoints that programs call, from `docs/protocol.openapi.yaml`: tests hold the provider to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.documentation.reference.explained import Explained, Facts, cell, code, rows

FILE = "protocol.openapi.yaml"
METHODS = ("get", "post", "put", "delete")
HEADS = {
    "en": ("Parameter", "Needed", "What it is", "Answer", "When"),
    "zh-CN": ("参数", "必填", "说明", "应答", "情形"),
}
YES = {"en": "yes", "zh-CN": "是"}
SIGNED_IN = {
    "en": "The client proves who it is, as its registration says.",
    "zh-CN": "客户端按注册的方式证明身份。",
}
TYPES = {"en": "Body", "zh-CN": "请求体"}
Document = Mapping[str, Any]


def document(facts: Facts, explained: Explained) -> str:
    import yaml

    described: Document = yaml.safe_load((facts.docs / FILE).read_text("utf-8"))
    return "\n\n".join(_endpoints(described, explained))


def _endpoints(described: Document, explained: Explained) -> Iterator[str]:
    language = explained.language
    for path, operations in described["paths"].items():
        for method in METHODS:
            if (operation := operations.get(method)) is None:
                continue
            yield f"## {method.upper()} {path}"
            # The description is in English: in other languages each of its sentences has words of ours.
            yield explained.of(operation["operationId"]) if language != "en" else operation["summary"]
            if operation.get("security", described.get("security")):
                yield SIGNED_IN[language]
            yield from _parameters(
                described, [*operations.get("parameters", ()), *operation.get("parameters", ())], explained
            )
            yield from _body(described, operation.get("requestBody"), explained)
            yield from _answers(described, operation["responses"], explained)


def _parameters(described: Document, parameters: list[Document], explained: Explained) -> Iterator[str]:
    found = [_resolved(described, parameter) for parameter in parameters]
    shown = [
        [
            code(one["name"]),
            YES[explained.language] if one.get("required") else "",
            _said(one, explained),
        ]
        for one in found
    ]
    if shown:
        yield rows(*HEADS[explained.language][:3], of=shown)


def _body(described: Document, body: Document | None, explained: Explained) -> Iterator[str]:
    if body is None:
        return
    for kind, content in _resolved(described, body)["content"].items():
        schema = _merged(described, content.get("schema", {}))
        yield f"{TYPES[explained.language]}: `{kind}`"
        needed = set(schema.get("required", ()))
        shown = [
            [code(name), YES[explained.language] if name in needed else "", _kind(described, one, explained)]
            for name, one in schema.get("properties", {}).items()
        ]
        if shown:
            yield rows(*HEADS[explained.language][:3], of=shown)


def _answers(described: Document, responses: Document, explained: Explained) -> Iterator[str]:
    shown = []
    for status, answer in responses.items():
        found = _resolved(described, answer)
        members = [
            name
            for content in found.get("content", {}).values()
            for name in _merged(described, content.get("schema", {})).get("properties", {})
        ]
        words = _said(found, explained)
        listed = ", ".join(code(name) for name in dict.fromkeys(members))
        shown.append([code(status), f"{words} {listed}".strip()])
    yield rows(*HEADS[explained.language][3:], of=shown)


def _kind(described: Document, schema: Document, explained: Explained) -> str:
    found = _resolved(described, schema)
    words = [_said(found, explained)] if "description" in found else []
    values = [found["const"]] if "const" in found else found.get("enum", [])
    values = values or [one["const"] for one in found.get("anyOf", ()) if "const" in one]
    words += [", ".join(map(code, values))] if values else [] if words else [str(found.get("type", ""))]
    return " ".join(words)


def _said(described: Document, explained: Explained) -> str:
    return cell(explained.sentence(str(described.get("description", ""))))


def _merged(described: Document, schema: Document) -> dict[str, Any]:
    """With the properties of what it is made of."""
    found = dict(_resolved(described, schema))
    properties, needed = dict(found.get("properties", {})), list(found.get("required", ()))
    for part in (*found.get("allOf", ()), *found.get("oneOf", ()), *found.get("anyOf", ())):
        merged = _merged(described, part)
        properties |= merged.get("properties", {})
        if part in found.get("allOf", ()):
            needed += merged.get("required", ())
    return {**found, "properties": properties, "required": needed}


def _resolved(described: Document, value: Document) -> Document:
    if (reference := value.get("$ref")) is None:
        return value
    found: Any = described
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return _resolved(described, found)
