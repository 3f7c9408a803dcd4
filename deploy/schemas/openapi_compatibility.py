"""Refuses a change of the API that breaks an app which was written for the released document.

What an app sends may be taken more widely and never more narrowly; what it is answered may say
more and never less. The two are told apart by the way that a schema is reached.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.schemas.node import Node

Document = Mapping[str, Any]

_PROBLEM = "#/components/schemas/ProblemDetails"
_METHODS = ("get", "put", "post", "delete", "patch")
_BOUNDS = {"minimum": 1, "minLength": 1, "minItems": 1, "maximum": -1, "maxLength": -1}
_BOUNDS |= {"maxItems": -1, "minProperties": 1, "maxProperties": -1}


def breaking(released: Document, current: Document) -> list[str]:
    """What breaks, a sentence each, beginning with the operation; empty if nothing."""
    before, after = (_node(document, {"$ref": _PROBLEM}) for document in (released, current))
    return [
        *(f"errors: {change}" for change in _compare(before, after, "", taken=False)),
        *(
            f"{method.upper()} {path}: {change}"
            for path, item in sorted(released["paths"].items())
            for method in _METHODS
            if method in item
            for change in _operation((released, item[method]), _found(current, path, method))
        ),
    ]


Placed = tuple[Document, Mapping[str, Any]]


def _found(document: Document, path: str, method: str) -> Placed | None:
    there = document["paths"].get(path, {}).get(method)
    return None if there is None else (document, there)


def _operation(old: Placed, new: Placed | None) -> Iterator[str]:
    if new is None:
        yield "gone"
        return
    yield from _parameters(old, new)
    yield from _body(old, new)
    for status, answer in old[1]["responses"].items():
        now = new[1]["responses"].get(status)
        if status.startswith("2") and now is None:
            yield f"no longer answers {status}"
        elif status.startswith("2"):
            for change in _contents((old[0], answer), (new[0], now), taken=False):
                yield f"answer {status}: {change}"
    before, after = (_scopes(one[1]) for one in (old, new))
    for scheme in sorted(before - after):
        yield f"no longer open to {scheme}"


def _scopes(operation: Mapping[str, Any]) -> set[str]:
    """Who may; nobody need show anything where it is `anybody`."""
    schemes = operation.get("security", [])
    named = {f"{name} {' '.join(scopes)}" for one in schemes for name, scopes in one.items()}
    return {one.strip() for one in named} or {"anybody"}


def _parameters(old: Placed, new: Placed) -> Iterator[str]:
    before, after = (
        {(p["in"], p["name"]): p for p in one[1].get("parameters", [])} for one in (old, new)
    )
    for key, parameter in before.items():
        if key not in after:
            if key[0] != "path":  # its name is not sent
                yield f"parameter `{key[1]}` is gone"
            continue
        nodes = (_node(old[0], parameter["schema"]), _node(new[0], after[key]["schema"]))
        yield from _compare(*nodes, f"parameter `{key[1]}`", taken=True)
    for key, parameter in after.items():
        was = before.get(key, {}).get("required", False)
        if parameter.get("required") and not was and key[0] != "path":
            yield f"parameter `{key[1]}` is required and was not"


def _body(old: Placed, new: Placed) -> Iterator[str]:
    before, after = (one[1].get("requestBody", {}) for one in (old, new))
    if after.get("required") and not before.get("required"):
        yield "a body is required and was not"
    if before and not after:
        yield "takes no body any more"
        return
    for change in _contents((old[0], before), (new[0], after), taken=True):
        yield f"body: {change}"


def _contents(old: Placed, new: Placed, *, taken: bool) -> Iterator[str]:
    before, after = (one[1].get("content", {}) for one in (old, new))
    for media, content in before.items():
        if media not in after:
            yield f"{media} is gone"
        elif "schema" in content and "schema" in after[media]:
            nodes = (_node(old[0], content["schema"]), _node(new[0], after[media]["schema"]))
            yield from _compare(*nodes, "", taken=taken)


def _node(document: Document, schema: Mapping[str, Any]) -> Node:
    return Node({"$defs": document["components"]["schemas"]}, dict(schema))


def _compare(old: Node, new: Node, path: str, *, taken: bool) -> Iterator[str]:
    at = f"{path.lstrip('.')}: " if path else ""
    if not _kinds_fit(old, new, taken=taken):
        yield f"{at}was {old.kind}, is {new.kind}"
        return
    for change in (*_enum(old, new, taken=taken), *_narrower(old, new, taken=taken)):
        yield at + change
    yield from _fields(old, new, path, taken=taken)
    before, after = ({part.kind: part for part in one.parts().values()} for one in (old, new))
    for kind, part in before.items():
        if kind in after:
            yield from _compare(part, after[kind], f"{path}[]", taken=taken)


def _kinds_fit(old: Node, new: Node, *, taken: bool) -> bool:
    """Whether what was sent is still taken, or what is answered was known before."""
    before, after = set(old.kind.split(" or ")), set(new.kind.split(" or "))
    if "anything" in (after if taken else before):
        return True
    return before <= after if taken else after <= before


def _fields(old: Node, new: Node, path: str, *, taken: bool) -> Iterator[str]:
    at = f"{path.lstrip('.')}: " if path else ""
    before, after = old.fields(), new.fields()
    for name, field in before.items():
        if name in after:
            yield from _compare(field, after[name], f"{path}.{name}", taken=taken)
        else:
            yield f"{at}field `{name}` is gone"
    required, now = (set(one.schema.get("required", ())) for one in (old, new))
    for name in sorted(now - required if taken else (required - now) & after.keys()):
        yield f"{at}field `{name}` " + (
            "is required and was not" if taken else "was always there and may be missing now"
        )


def _enum(old: Node, new: Node, *, taken: bool) -> Iterator[str]:
    """Words that are taken stay; of answers too, and new ones may come: readers are told so."""
    before, after = _words(old), _words(new)
    if taken and after is not None:
        for word in ["any value"] if before is None else before:
            if word not in after:
                yield f"no longer takes {word}"
    if not taken and before is not None and after is None:
        yield f"may be anything and was one of {', '.join(map(str, before))}"


def _words(node: Node) -> list[Any] | None:
    return [node.schema["const"]] if "const" in node.schema else node.schema.get("enum")


def _narrower(old: Node, new: Node, *, taken: bool) -> Iterator[str]:
    """Rules for what is sent may only be eased."""
    if not taken:
        return
    for word, sign in _BOUNDS.items():
        before, after = old.schema.get(word), new.schema.get(word)
        if after is not None and (before is None or (after - before) * sign > 0):
            yield f"`{word}` was {before}, is {after}"
    for word in ("pattern", "additionalProperties"):
        before, after = old.schema.get(word), new.schema.get(word)
        if after not in {None, True, before} if not isinstance(after, dict) else False:
            yield f"`{word}` was {before}, is {after}"
