"""The doctor by itself: what it says of keys, clocks, a cluster, a server and figures."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from deploy.cli.doctor import clocks, cluster, database, figures, files, finding, services
from deploy.cli.doctor.finding import Finding
from deploy.cli.doctor.services import Told
from deploy.cli.settings import Settings, read
from deploy.operations import alerts
from deploy.operations.metrics import exported
from libs.common import clock
from libs.common.bus import topics
from libs.common.bus.lag import Place
from libs.common.mongo import Server, introduced
from libs.common.web import create_admin
from tests.deploy.conftest import Intnet

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def by_check(findings: Any) -> dict[str, Finding]:
    return {one.check: one for one in findings}


@pytest.fixture
def made(intnet: Intnet, room: Path) -> Settings:
    """A machine with all its keys."""
    assert intnet("keys", "init").exit_code == 0
    return read()


def test_keys_as_they_are_made_are_well(made: Settings) -> None:
    assert {one.state for one in files.keys(made)} == {"ok"}


@pytest.mark.parametrize(
    ("check", "name"),
    [
        ("keys", "keys.json"),
        ("gateway key", "gateway.json"),
        ("operator key", "operator.json"),
        ("audit key", "audit-keys.json"),
        ("public keys", "jwks.json"),
    ],
)
def test_each_key_file_that_is_gone_damaged_or_open_is_told(
    made: Settings, room: Path, check: str, name: str
) -> None:
    whole = (room / name).read_bytes()
    for content in (b"", b"{}"):
        (room / name).write_bytes(content)
        found = by_check(files.keys(made))
        assert {one.check for one in found.values() if one.state != "ok"} == {check}
        assert (found[check].state, bool(found[check].do)) == ("fail", True)
    (room / name).write_bytes(whole)
    (room / name).chmod(0o644)
    state = "ok" if check == "public keys" else "warn"
    assert by_check(files.keys(made))[check].state == state
    (room / name).unlink()
    assert by_check(files.keys(made))[check].state == "fail"


def test_a_file_of_which_nobody_says_where_it_is_is_worth_a_look(made: Settings) -> None:
    told = made.model_copy(update={"audit_key_file": None})
    found = by_check(files.keys(told))["audit key"]
    assert (found.state, found.do) == ("warn", "Set CONSENT_AUDIT_KEY_FILE.")


@pytest.mark.parametrize(
    ("free", "state"), [(50, "ok"), (9, "warn"), (1, "fail")], ids=["room", "little", "none"]
)
def test_a_disk_that_fills_is_told(
    made: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    class Usage:
        total = 100 * 10**9

    Usage.free = free * 10**9  # type: ignore[attr-defined]
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    assert files.disk(made).state == state


@pytest.mark.parametrize(("seconds", "state"), [(2, "ok"), (6, "warn"), (31, "fail")])
def test_clocks_that_are_apart_are_told(seconds: int, state: str) -> None:
    told = clocks.told({"matcher": timedelta(), "MongoDB": timedelta(seconds=seconds)})
    assert (told.state, "MongoDB" in told.said) == (state, True)
    assert clocks.told({}).state == "warn"


def test_a_platform_whose_time_is_moved_is_told(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("3600")
    clock.follow(tmp_path / "clock")
    try:
        found = clocks.told({"matcher": timedelta()})
        assert abs(clocks.here() - datetime.now(UTC)) < timedelta(minutes=1)
    finally:
        clock.follow(None)
    assert (found.state, "3600 s" in found.said) == ("warn", True)


@pytest.mark.parametrize(
    ("server", "states"),
    [
        (Server("6.0.5", "rs0", True, NOW), ["ok", "ok", "ok"]),
        (Server("7.0.14", "rs0", False, NOW), ["ok", "fail", "ok"]),
        (Server("5.0.31", None, True, NOW), ["ok", "fail", "fail"]),
    ],
)
def test_a_server_must_be_a_primary_of_a_set_in_a_version_that_is_tested(
    server: Server, states: list[str]
) -> None:
    assert [one.state for one in database.findings(server)] == states


async def test_a_server_that_is_away_fails_and_a_real_one_says_what_it_is(mongo_url: str) -> None:
    away = await database.asked("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")
    assert isinstance(away, Finding)
    assert away.state == "fail"
    server = await introduced(mongo_url)
    assert server.version.startswith("6.0")
    assert server.writable
    assert abs(server.now - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(("behind", "state"), [(1000, "ok"), (1001, "warn"), (10001, "fail")])
def test_a_group_that_is_behind_is_told_with_its_topic(behind: int, state: str) -> None:
    places = {("calls.v1", 0): Place(5, 5), ("matches.v1", 3): Place(0, behind)}
    found = cluster._group("insights", places)
    assert (found.check, found.state) == ("lag of insights", state)
    assert ("matches.v1" in found.said) == (state != "ok")
    assert cluster._group("insights", {}).state == "ok"


async def test_topics_that_are_not_as_the_catalogue_says_are_told(
    kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"doctor-{n}.v1" for n in "abc"]
    made = topics.Topic(names[0]), topics.Topic(names[1], partitions=1, compacted=True)
    await topics.apply(kafka_url, topics=made)
    monkeypatch.setattr(topics, "CATALOGUE", made)
    assert await topics.differences(kafka_url) == []
    wanted = topics.Topic(names[0], partitions=3, days=1), topics.Topic(names[1], partitions=1)
    monkeypatch.setattr(topics, "CATALOGUE", (*wanted, topics.Topic(names[2])))
    assert await topics.differences(kafka_url) == [
        f"{names[2]} is missing",
        f"{names[0]} has 6 partitions, not 3",
        f"{names[0]} has retention.ms=604800000, not 86400000",
        f"{names[1]} has cleanup.policy=compact, not delete",
        f"{names[1]} has segment.ms=604800000, not 86400000",
    ]
    monkeypatch.setattr(topics, "CATALOGUE", wanted)
    assert (await cluster._topics(kafka_url)).state == "warn"


async def test_a_cluster_that_is_away_is_one_line() -> None:
    (found,) = await cluster.findings("127.0.0.1:1")
    assert (found.check, found.state) == ("kafka", "fail")


def told(**samples: float) -> Told:
    return Told("consent", live=True, samples={name: [({}, v)] for name, v in samples.items()})


@pytest.mark.parametrize(
    ("live", "reasons", "state"),
    [(True, (), "ok"), (True, ("stopping",), "fail"), (False, ("no progress",), "fail")],
)
def test_a_service_that_is_not_ready_says_why(
    live: bool, reasons: tuple[str, ...], state: str
) -> None:
    found = Told("matcher", live=live, reasons=reasons).finding()
    assert (found.state, all(reason in found.said for reason in reasons)) == (state, True)


async def test_a_service_is_asked_for_its_health_and_its_figures(
    made: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ready() -> list[str]:
        return ["the spool is nearly full"]

    admin = create_admin("ingest", list, ready)
    one = made.model_copy(update={"ingest_admin_url": "http://ingest"})
    async with AsyncClient(transport=ASGITransport(admin)) as http:
        found = await services._told(one, "ingest", http)
        unknown = await services._told(one, "matcher", http)
    assert isinstance(found, Told)
    assert (found.live, found.reasons) == (True, ["the spool is nearly full"])
    assert ({"component": "ingest"}, 0.0) in found.samples["service_ready"]
    assert isinstance(unknown, Finding)
    assert unknown.do == "Set INTNET_MATCHER_ADMIN_URL."


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.check)
def test_each_figure_is_exported_and_turns_at_its_bounds(
    figure: figures.Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert exported()[figure.metric] >= set(figure.of)

    def state(value: float) -> str:
        shown = NOW.timestamp() - value if figure.since else value
        one = Told("consent", samples={figure.metric: [(figure.of, shown)]})
        return figure.finding([one]).state

    assert state(figure.warns) == "ok"
    assert state(figure.warns + 1) == ("fail" if figure.fails == figure.warns else "warn")
    if figure.fails < float("inf"):
        assert state(figure.fails + 1) == "fail"
    assert figure.finding([]).state == "warn"
    assert figure.finding([Told("consent")]).state == "warn"


def test_what_was_never_done_is_more_than_every_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    (sweeps,) = (one for one in figures.FIGURES if one.check == "sweeps")
    found = sweeps.finding([told(sweep_done_timestamp_seconds=0)])
    assert (found.state, "never" in found.said) == ("fail", True)
    (beats,) = (one for one in figures.FIGURES if one.check == "heartbeat")
    assert beats.finding([told(consent_heartbeat_age_seconds=float("inf"))]).state == "fail"


def test_the_worst_line_is_the_exit_code() -> None:
    lines = [finding.ok("a", "b"), finding.warn("c", "d", "e"), finding.fail("f", "g", "h")]
    assert [finding.code(lines[:n]) for n in (0, 1, 2, 3)] == [0, 0, 4, 1]


def test_it_tells_in_lines_and_in_json(intnet: Intnet, made: Settings) -> None:
    asked = intnet("doctor", "--json")
    lines = json.loads(asked.stdout)
    assert asked.exit_code == 4
    assert {line["state"] for line in lines} == {"ok", "warn"}
    assert all(line["do"] for line in lines if line["state"] != "ok")
    shown = intnet("doctor").stdout
    for line in lines:
        assert line["check"] in shown
        assert line["do"] in shown


def test_a_setting_that_cannot_be_used_ends_as_everywhere(
    intnet: Intnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTNET_INGEST_ADMIN_URL", "not an address")
    done = intnet("doctor")
    assert done.exit_code == 2
    assert "INTNET_INGEST_ADMIN_URL" in done.stderr


def bounds(rule: alerts.Alert) -> Iterator[float]:
    """The figures after each `>` of a rule."""
    for part in rule.query.split(">")[1:]:
        word = part.strip().split(" and")[0].split(" or")[0].replace(" ", "")
        yield float(eval(word)) if word.replace("*", "").replace(".", "").isdigit() else -1


@pytest.mark.parametrize(
    ("check", "alert"),
    [
        ("oldest parked", "RecordsParkedLong"),
        ("heartbeat", "ConsentSilent"),
        ("texts late", "TextsLate"),
        ("audit checkpoint", "AuditUnsigned"),
        ("audit notes", "AuditNotSent"),
        ("erasures", "ErasureLate"),
        ("sweeps", "SweepLate"),
    ],
)
def test_what_fails_here_is_what_the_alert_is_about(check: str, alert: str) -> None:
    (figure,) = (one for one in figures.FIGURES if one.check == check)
    (rule,) = (one for one in alerts.read() if one.name == alert)
    assert list(bounds(rule)) == [figure.fails]
    assert figure.metric in rule.query
