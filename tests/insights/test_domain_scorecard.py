"""The scorecard: strict, and clear about what is wrong with it."""

import pytest
import yaml

from services.insights.domain.scorecard import BadScorecard, parse
from tests.insights.given import CARD, TEXT

LEVELS = {"weight": 1, "source": "Test.", "levels": {"A": 1.0}, "sentences": {"A": "Yes."}}


def changed(path: str, value: object) -> str:
    tree = yaml.safe_load(TEXT)
    *above, last = path.split(".")
    node = tree
    for name in above:
        node = node[name]
    node[last] = value
    return yaml.safe_dump(tree, sort_keys=False)


def test_the_shipped_scorecard_names_its_model_and_sources() -> None:
    assert CARD.model == "agency-standard@2"
    for signals in (CARD.risk.signals, CARD.retention.signals):
        assert all(signal.source for _, signal in signals)


def test_the_shipped_windows_are_the_published_ones() -> None:
    lookback = CARD.lookback

    assert lookback.repeat_days == 7
    assert lookback.continued_minutes == 15
    assert lookback.velocity_half_life_minutes == 10


def test_the_retention_bands_are_the_published_ones() -> None:
    assert list(CARD.retention.bands.values()) == [0, 30, 50, 75]
    assert [CARD.retention.band(p) for p in (0, 29.999, 30, 50, 74.9, 75, 100)] == [
        "steady",
        "steady",
        "watch",
        "at_risk",
        "at_risk",
        "urgent",
        "urgent",
    ]


def test_one_ring_prefixes_are_those_of_the_ftc_and_the_fcc() -> None:
    areas = {"268", "284", "473", "664", "649", "767", "809", "829", "849", "876"}

    assert set(CARD.risk.signals.callback_trap.prefixes) == {f"1{a}" for a in areas} | {
        "232",
        "222",
    }


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("risk.signals.velocity.weight", "heavy", "risk.signals.velocity.weight: Input should"),
        ("risk.signals.velocity.weight", 101, "risk.signals.velocity.weight: .*less than"),
        ("risk.signals.velocity.weight", 2.5, "risk.signals.velocity.weight: .*valid integer"),
        ("risk.signals.velocity.full", 2, "risk.signals.velocity: .*full must be above start"),
        ("risk.signals.velocity.source", "", "risk.signals.velocity.source: .*at least 1"),
        ("risk.signals.gut_feeling", {}, "risk.signals.gut_feeling: Extra inputs"),
        ("risk.signals.attestation.levels.D", 1.0, "attestation: .*a sentence for each of .'D'"),
        ("risk.signals.attestation.levels.A", 2.0, "attestation.levels.A: .*less than or equal"),
        ("risk.signals.line_type.prefixes", {"870": "ufo"}, "line_type: .*each of .'ufo'"),
        ("risk.signals.neighbour.sentence", "{number}", "neighbour uses .'number'.; it may use"),
        ("risk.signals.neighbour.sentence", "{", "neighbour cannot be filled in: Single"),
        ("risk.signals.velocity.sentence", "{calls:d}", "velocity cannot be filled in: Unknown"),
        ("risk.signals.velocity.translations", {"ar": "{when}"}, "velocity uses .'when'."),
        (
            "risk.signals.screening.translations",
            {"ar": {}},
            "a sentence for each of .'spam_likely'",
        ),
        ("risk.signals.velocity.start", float("nan"), "velocity.start: .*finite number"),
        ("risk.signals.attestation", LEVELS, "attestation: give the level absent"),
        ("risk.signals.callback_trap", LEVELS, "callback_trap: give the level missed_before"),
        ("retention.signals.repeat.steps", {}, "retention.signals.repeat.steps: .*at least 1"),
        ("retention.bands", {"watch": 30}, "retention.bands: .*first band starts at 0"),
        ("retention.bands", {"a": 0, "b": 50, "c": 30}, "retention.bands: .*above the last"),
        ("retention.base", -1, "retention.base: .*greater than or equal to 0"),
        ("lookback.repeat_days", 0, "lookback.repeat_days: .*greater than 0"),
        ("version", "1", "version: .*valid integer"),
    ],
)
def test_each_fault_is_named_where_it_stands(path: str, value: object, complaint: str) -> None:
    with pytest.raises(BadScorecard, match=complaint):
        parse(changed(path, value))


def test_a_missing_signal_is_named() -> None:
    without = TEXT.replace("    withheld:\n", "    hidden:\n")

    with pytest.raises(BadScorecard, match=r"risk\.signals\.withheld: Field required"):
        parse(without)


@pytest.mark.parametrize("text", ["", "- a list", "just words"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(BadScorecard, match="cannot be used: it: Input should be"):
        parse(text)


def test_broken_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(BadScorecard, match=r"no YAML(.|\n)*line 1"):
        parse("id: [")
