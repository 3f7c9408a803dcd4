"""values.yaml is the source: its comments become the schema's and the README's words."""

import json

import jsonschema
import pytest

from deploy.charting import page, rendering, schema, values
from tests.deploy.charts import SETS

TEXT = """\
# yaml-language-server: $schema=values.schema.json

# Who it is. [enum: a|b]
name: a
parts:
  # How many,
  # at least one. [min: 1]
  count: 2
  # Anything. [free]
  labels: {x: "1"}
  # Numbers. [items: integer]
  ports: [1]
  # Words. [map: string]
  words: {}
default:
  # Whether.
  on: true
services:
  matcher: {}
"""
READ = values.read(TEXT)
LEAVES = {leaf.name: leaf for value in READ for leaf in value.leaves()}


def test_a_comment_right_above_is_the_description() -> None:
    assert LEAVES["name"].told == "Who it is."
    assert LEAVES["parts.count"].told == "How many, at least one."
    assert list(LEAVES) == [
        *("name", "parts.count", "parts.labels", "parts.ports", "parts.words"),
        *("default.on", "services.matcher"),
    ]


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"name": "b", "parts": {"count": 1, "labels": {"y": 2}, "ports": [9]}}, True),
        ({"services": {"matcher": {"on": False}}}, True),
        ({"name": "c"}, False),
        ({"parts": {"count": 0}}, False),
        ({"parts": {"count": "1"}}, False),
        ({"parts": {"ports": ["http"]}}, False),
        ({"parts": {"words": {"a": "b"}}}, True),
        ({"parts": {"words": {"a": {"b": "c"}}}}, False),
        ({"parts": {"more": 1}}, False),
        ({"services": {"matcher": {"off": True}}}, False),
        ({"services": {"other": {}}}, False),
    ],
)
def test_the_schema_takes_what_the_defaults_are_like(given: object, fits: bool) -> None:
    assert jsonschema.Draft7Validator(schema.schema(READ)).is_valid(given) == fits


def test_the_table_stands_between_its_marks() -> None:
    filled = page.filled(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n", READ)
    assert filled.startswith("before\n")
    assert filled.endswith(f"{page.END}\nafter\n")
    assert '| `name` | `"a"` | Who it is. One of `a`, `b`. |\n' in filled
    assert "old" not in filled
    assert page.filled(filled, READ) == filled


def test_every_value_of_the_chart_is_described() -> None:
    told = values.read((rendering.CHART / "values.yaml").read_text())
    leaves = [leaf for value in told for leaf in value.leaves()]
    assert len(leaves) > 100
    assert not [x.name for x in leaves if not x.told and not x.name.startswith("services.")]


def test_the_schema_of_the_chart_is_a_schema_and_takes_every_set() -> None:
    written = json.loads((rendering.CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(written)
    for name in SETS:
        jsonschema.validate(rendering.read(rendering.sets()[name]), written)
