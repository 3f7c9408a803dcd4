"""One place in the document for each error answer that several operations have alike."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from libs.common.refusals import codes_in

_PREFIX = "#/components/responses/"

Object = dict[str, JsonValue]


def shared_answers(operations: list[Object]) -> Object:
    """The answers by name: their status and codes. In `operations` each becomes a reference."""
    times = Counter(_text(answer) for _, _, answer in _errors(operations))
    found: Object = {}
    for answers, status, answer in list(_errors(operations)):
        name = "-".join((status, *sorted(codes_in(answer))))
        if times[_text(answer)] > 1 and found.setdefault(name, answer) == answer:
            answers[status] = {"$ref": f"{_PREFIX}{name}"}
    return dict(sorted(found.items()))


def _errors(operations: list[Object]) -> Iterator[tuple[Object, str, Object]]:
    """Each answer with problems: where it stands, its status, and itself."""
    for operation in operations:
        answers = operation["responses"]
        if isinstance(answers, dict):
            for status, answer in answers.items():
                if isinstance(answer, dict) and codes_in(answer):
                    yield answers, status, answer


def _text(answer: Mapping[str, JsonValue]) -> str:
    return json.dumps(answer, sort_keys=True)
