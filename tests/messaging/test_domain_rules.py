"""The rules by country: what is shipped, and what is refused."""

from datetime import time

import pytest
import yaml

from services.messaging.domain.data import BadData
from services.messaging.domain.rules import parse
from tests.messaging.asks import BOOK, TEXT


def changed(path: str, value: object) -> str:
    tree = yaml.safe_load(TEXT.replace("*north_america", "null"))
    tree["regions"] = {"SA": tree["regions"]["SA"]}
    *above, last = path.split(".")
    node = tree
    for name in above:
        node = node[name]
    node[last] = value
    return yaml.safe_dump(tree)


def test_saudi_arabia() -> None:
    rules = BOOK.of("SA")

    assert (rules.hours.start, rules.hours.until) == (time(9), time(21))
    assert rules.hours.zones == "Asia/Riyadh"
    assert rules.direct_collection
    assert rules.safeguard
    assert rules.alphanumeric
    assert rules.promotional_suffix == "-AD"
    assert rules.registration


@pytest.mark.parametrize("region", ["US", "CA", "PR", "GU", "VI", "AS", "MP"])
def test_the_united_states_and_canada(region: str) -> None:
    rules = BOOK.of(region)

    assert (rules.hours.start, rules.hours.until) == (time(8), time(21))
    assert rules.hours.zones == "number"
    assert not rules.alphanumeric
    assert not any([rules.safeguard, rules.direct_collection, rules.registration])
    assert rules.promotional_suffix is None


@pytest.mark.parametrize("region", ["GB", "001", "sa", "", None])
def test_elsewhere_the_default_holds(region: str | None) -> None:
    rules = BOOK.of(region)

    assert rules == BOOK.default
    assert (rules.hours.start, rules.hours.until) == (time(8), time(21))
    assert rules.hours.zones == "number"
    assert rules.alphanumeric


@pytest.mark.parametrize("source", ["64.1200(c)(1)", "395/1439", "article 26", "CASL"])
def test_the_rules_name_their_sources(source: str) -> None:
    assert any(line.strip().startswith("#") and source in line for line in TEXT.splitlines())


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("dated", "yesterday", "dated: Input should be a valid date"),
        ("default.hours.start", 1260, "default.hours.start: .*in quotation marks"),
        ("default.hours.start", "25:00", "default.hours.start: .*hour must be in 0..23"),
        ("default.hours.start", "08:00+03:00", "default.hours.start: .*in quotation marks"),
        ("default.hours.start", "22:00", "default.hours: .*start must be before until"),
        ("default.hours.until", "08:00", "default.hours: .*start must be before until"),
        ("default.hours.zones", "Mars/Base", "default.hours.zones: .*name an IANA time zone"),
        ("default.hours.zones", "../etc", "default.hours.zones: .*name an IANA time zone"),
        ("default.hours.days", 5, "default.hours.days: Extra inputs"),
        ("default.safeguard", "no", "default.safeguard: Input should be a valid boolean"),
        ("default.promotional_suffix", "", "default.promotional_suffix: .*at least 1"),
        ("default.promotional_suffix", 5, "default.promotional_suffix: .*valid string"),
        ("regions.Saudi", {}, "regions.Saudi.*: String should match"),
        ("regions.SA.whim", True, "regions.SA.whim: Extra inputs"),
    ],
)
def test_each_fault_is_named_where_it_stands(path: str, value: object, complaint: str) -> None:
    with pytest.raises(BadData, match=complaint):
        parse(changed(path, value))


def test_the_changed_text_was_usable_before() -> None:
    assert parse(changed("default.hours.zones", "Europe/London")).default.hours.zones


def test_broken_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(BadData, match=r"rules: this is no YAML(.|\n)*line 1"):
        parse("default: [")
