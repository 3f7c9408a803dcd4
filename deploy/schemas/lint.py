"""`python -m deploy.schemas.lint [--spectral]`: rules that the OpenAPI document keeps.

Exit status: 0 all is well, 1 a rule is broken. `--spectral` asks Spectral as well, by npx.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import jsonschema_rs

from deploy.schemas import openapi
from deploy.schemas.wiring import ROOT
from libs.common.refusals import codes_in

Document = Mapping[str, Any]
Operation = Mapping[str, Any]
Rule = Callable[[Document, str, Operation], Iterator[str]]

SPECTRAL: Final = "@stoplight/spectral-cli@6.16.0"
_PARAMETER: Final = re.compile(r"[a-z][a-z0-9_]*")
_HEADERS: Final = {"idempotency-key", "if-match", "if-none-match", "last-event-id"}
_MEDIA: Final = {"application/json", "application/problem+json"}


def faults(document: Document) -> list[str]:
    """A sentence per broken rule, beginning with the operation."""
    found = [
        f"{name}: {fault}"
        for name, operation in operations(document)
        for rule in RULES
        for fault in rule(document, name, operation)
    ]
    return [*found, *_unfit(document), *_twice(document), *_pages(document)]


def operations(document: Document) -> Iterator[tuple[str, Operation]]:
    """Every operation with its method and path."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def answers(document: Document, operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Status and answer, wherever it is written."""
    for status, answer in operation["responses"].items():
        name = answer.get("$ref", "").rpartition("/")[2]
        yield status, document["components"]["responses"][name] if name else answer


def contents(
    document: Document, operation: Operation
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Where it stands, its media type, and the content."""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "body", media, content
    for status, answer in answers(document, operation):
        for media, content in answer.get("content", {}).items():
            yield f"answer {status}", media, content


def _told(_: Document, __: str, operation: Operation) -> Iterator[str]:
    words = operation.get("operationId", "")
    if not re.fullmatch(r"[a-z]+(_[a-z]+)+", words):
        yield f"operationId `{words}` is no verb and noun in snake case"
    for word in ("summary", "description"):
        if not operation.get(word):
            yield f"no {word}"
    if operation.get("summary", "").endswith("."):
        yield "the summary ends with a full stop"
    if len(operation.get("tags", ())) != 1:
        yield "not one tag"
    if "security" not in operation:
        yield "does not say who may"


def _tagged(document: Document, _: str, operation: Operation) -> Iterator[str]:
    known = {tag["name"] for tag in document["tags"] if tag["description"]}
    for tag in operation.get("tags", ()):
        if tag not in known:
            yield f"nobody says what the tag `{tag}` is"


def _refusals(document: Document, name: str, operation: Operation) -> Iterator[str]:
    there = {status: codes_in(answer) for status, answer in answers(document, operation)}
    wanted = {"500"} | ({"401"} if operation.get("security") else set())
    if "{" in name:
        wanted |= {"404"}
    if not name.startswith("GET "):
        wanted |= {"403", "413", "415"}
    named = [part for part in operation.get("parameters", ()) if part["in"] != "header"]
    if named or "requestBody" in operation:
        wanted |= {"422"}
    for status in sorted(wanted - there.keys()):
        yield f"does not declare {status}"
    for status, codes in there.items():
        if status >= "4" and not codes:
            yield f"answer {status} names no code"


def _shown(content: Mapping[str, Any]) -> list[Any]:
    shown = [one["value"] for one in content.get("examples", {}).values()]
    return shown + ([content["example"]] if "example" in content else [])


def _examples(document: Document, _: str, operation: Operation) -> Iterator[str]:
    for place, media, content in contents(document, operation):
        if not _shown(content) and content.get("schema", {}).get("format") != "binary":
            yield f"{place}: no example of {media}"


def _unfit(document: Document) -> Iterator[str]:
    """Each shape is compiled once: most answers have that of a refusal."""
    compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}
    for name, operation in operations(document):
        for place, media, content in contents(document, operation):
            for example in _shown(content) if media in _MEDIA else ():
                shape = json.dumps(content["schema"], sort_keys=True)
                if shape not in compiled:
                    compiled[shape] = _validator(document, content["schema"])
                for error in compiled[shape].iter_errors(example):
                    yield f"{name}: {place}: the example does not fit: {error.message}"


def _validator(document: Document, schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    root = {"components": {"schemas": document["components"]["schemas"]}, **schema}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)


def _named(document: Document, _: str, operation: Operation) -> Iterator[str]:
    """A shape of JSON has a name, so that clients of several operations have one class."""
    for place, media, content in contents(document, operation):
        schema = content.get("schema", {})
        parts = schema.get("anyOf", [schema])
        anonymous = [part for part in parts if "$ref" not in part and part.get("properties")]
        if media in _MEDIA and anonymous:
            yield f"{place}: a shape without a name"


def _parameters(_: Document, name: str, operation: Operation) -> Iterator[str]:
    given = [(part["in"], part["name"]) for part in operation.get("parameters", ())]
    for place, word in given:
        if place == "header" and word.lower() not in _HEADERS:
            yield f"the header `{word}` is not among those that we know"
        elif place != "header" and not _PARAMETER.fullmatch(word):
            yield f"the parameter `{word}` is not in snake case"
        if place == "path" and f"{{{word}}}" not in name:
            yield f"the parameter `{word}` is not in the path"
    if (("query", "limit") in given) != (("query", "cursor") in given):
        yield "`limit` and `cursor` come together"


RULES: Final[Sequence[Rule]] = (_told, _tagged, _refusals, _examples, _named, _parameters)


def _twice(document: Document) -> Iterator[str]:
    names = Counter(operation["operationId"] for _, operation in operations(document))
    for name, times in names.items():
        if times > 1:
            yield f"{times} operations are called `{name}`"


def _pages(document: Document) -> Iterator[str]:
    """Whatever is answered with a cursor says so in one way."""
    for name, schema in document["components"]["schemas"].items():
        fields = schema.get("properties", {})
        if "next_cursor" in fields and fields["next_cursor"].get("anyOf", [{}])[-1] != {
            "type": "null"
        }:
            yield f"{name}: `next_cursor` is never null"
        if name.startswith("Page_") and list(fields) != ["data", "next_cursor"]:
            yield f"{name}: a page is `data` and `next_cursor`"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what is broken, and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.schemas.lint", description=__doc__)
    parser.add_argument("--spectral", action="store_true", help="ask Spectral as well")
    broken = faults(openapi.document())
    print(*broken, sep="\n", end="\n" if broken else "", file=sys.stderr)
    return int(bool(broken) or (parser.parse_args(arguments).spectral and _spectral() != 0))


def _spectral() -> int:
    """Its exit status over the committed document."""
    rules = ROOT / "deploy" / "schemas" / "spectral.yaml"
    command = ["npx", "--yes", SPECTRAL, "lint", "--ruleset", str(rules), openapi.PAGE]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
