"""Every error that the protocol can raise, read from its code: which words, for which detail."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from idp.oidc import errors
from idp.oidc.errors import ProtocolError, StillWaiting

ROOM = Path(errors.__file__).parent
WHATEVER = "something"
"""Stands for what is only known when it is raised."""
CODES: Mapping[str, str] = {
    name: kind.error
    for name, kind in vars(errors).items()
    if isinstance(kind, type)
    and issubclass(kind, ProtocolError)
    and not issubclass(kind, StillWaiting)
    and hasattr(kind, "error")
}


@dataclass(frozen=True)
class Raised:
    where: str
    error: str
    description: str
    detail: str


def all_raised() -> Iterator[Raised]:
    for path in sorted(ROOM.rglob("*.py")):
        tree = ast.parse(path.read_text())
        texts = constants(tree)
        codes = {**CODES, **_subclasses(tree)}
        makers = _makers(tree, codes)
        inside = {call for made in makers.values() for call in (made.call,)}
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or call in inside:
                continue
            where, name = f"{path.relative_to(ROOM)}:{call.lineno}", _name(call.func)
            if name in codes and call.args:
                yield from _raised(where, codes[name], call, texts)
            elif name in makers:
                made = makers[name]
                given = dict(zip(made.parameters, (_texts(one, texts) for one in call.args), strict=False))
                yield from _raised(where, made.error, made.call, {**texts, **given})


@dataclass(frozen=True)
class Maker:
    """A function that makes an error of the detail that it is given."""

    error: str
    call: ast.Call
    parameters: tuple[str, ...]


def _makers(tree: ast.Module, codes: Mapping[str, str]) -> Mapping[str, Maker]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.args.args:
            for inner in node.body:
                call = inner.value if isinstance(inner, ast.Return) else None
                if isinstance(call, ast.Call) and (error := codes.get(_name(call.func))) and call.args:
                    found[node.name] = Maker(error, call, tuple(one.arg for one in node.args.args))
    return found


def _raised(where: str, error: str, call: ast.Call, texts: Mapping[str, list[str]]) -> Iterator[Raised]:
    detail = next((one.value for one in call.keywords if one.arg == "detail"), None)
    for said in _texts(call.args[0], texts):
        for why in [""] if detail is None else _texts(detail, texts):
            yield Raised(where, error, said, why)


def refused_tokens() -> Iterator[tuple[str, str]]:
    """Where a JWT is refused, and the words of that: they become the detail of an error."""
    for path in sorted(ROOM.rglob("*.py")):
        tree = ast.parse(path.read_text())
        texts = constants(tree)
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and _name(call.func) in {"TokenRefused", "KeyUnknown"}
                and call.args
            ):
                for said in _texts(call.args[0], texts):
                    yield f"{path.relative_to(ROOM)}:{call.lineno}", said


def constants(tree: ast.Module) -> Mapping[str, list[str]]:
    """Names that stand for texts anywhere in a module."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                said = _texts(node.value, found) if isinstance(target, ast.Name) else [WHATEVER]
                if isinstance(target, ast.Name) and said != [WHATEVER]:
                    found[target.id] = [*found.get(target.id, []), *said]
    return found


def _subclasses(tree: ast.Module) -> Mapping[str, str]:
    """Of a module's own: `class NotBound(InvalidToken)`."""
    return {
        node.name: CODES[_name(node.bases[0])]
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.bases and _name(node.bases[0]) in CODES
    }


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _texts(node: ast.expr, texts: Mapping[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.Name):
        return texts.get(node.id, [WHATEVER])
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, texts), *_texts(node.orelse, texts)]
    if isinstance(node, ast.JoinedStr):
        parts = [
            _texts(part.value, texts)[0]
            if isinstance(part, ast.FormattedValue)
            else str(getattr(part, "value", ""))
            for part in node.values
        ]
        return ["".join(parts)]
    return [WHATEVER]
