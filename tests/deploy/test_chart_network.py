"""Who reaches whom: policies, and the two public host names."""

from typing import Any

import pytest

from deploy.charting import facts, rendering
from deploy.local.services import NAMES, PROXIED
from deploy.schemas import operations
from tests.deploy.charts import component, minimal, of_kind

WITH_POLICIES = ("minimal", "production", "strimzi-keda", "airgapped")
PRIVATE = {"10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}


def policies(name: str) -> dict[str, dict[str, Any]]:
    found = of_kind(name, "NetworkPolicy")
    return {component(policy): policy["spec"] for policy in found if component(policy)}


def ports(rule: dict[str, Any]) -> set[Any]:
    return {port["port"] for port in rule["ports"]}


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_what_is_not_allowed_is_denied(name: str) -> None:
    denial = next(p for p in of_kind(name, "NetworkPolicy") if not component(p))["spec"]
    assert denial["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & denial.keys()
    assert denial["podSelector"]["matchLabels"].keys() == {
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
    }
    assert policies(name).keys() >= set(NAMES)


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_only_messaging_and_gateway_reach_the_internet_and_only_there(name: str) -> None:
    def outside(spec: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            rule
            for rule in spec["egress"]
            if any(
                to.get("ipBlock", {}).get("cidr") in {"0.0.0.0/0", "2000::/3"}
                for to in rule.get("to", ())
            )
        ]

    reaching = {service: outside(spec) for service, spec in policies(name).items()}
    assert {service for service, rules in reaching.items() if rules} == {"messaging", "gateway"}
    for rule in (*reaching["messaging"], *reaching["gateway"]):
        assert ports(rule) == {443}
        assert set(rule["to"][0]["ipBlock"]["except"]) >= PRIVATE


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_a_rule_without_an_address_has_a_port_of_kafka_or_a_store(name: str) -> None:
    for spec in policies(name).values():
        for rule in spec["egress"]:
            assert ports(rule)
            if not rule.get("to"):
                assert ports(rule) <= {9092, 9093, 9094, 27017}


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_the_four_behind_are_asked_by_the_gateway_alone(name: str) -> None:
    for service in PROXIED:
        http = [rule for rule in policies(name)[service]["ingress"] if ports(rule) == {"http"}]
        peers = [peer for rule in http for peer in rule["from"]]
        assert len(peers) == 1
        labels = peers[0]["podSelector"]["matchLabels"]
        assert labels["app.kubernetes.io/component"] == "gateway"
        assert "namespaceSelector" not in peers[0]


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_metrics_are_for_monitoring_and_the_test_alone(name: str) -> None:
    for service in NAMES:
        for rule in policies(name)[service]["ingress"]:
            if "metrics" in ports(rule):
                assert ports(rule) == {"metrics"}
                assert [sorted(peer) for peer in rule["from"]] == [
                    ["podSelector"],
                    ["namespaceSelector"],
                ]


def test_the_ports_of_kafka_are_those_of_its_addresses() -> None:
    values = minimal(kafka={"bootstrapServers": "a:9094,b:9094,c:19094"})
    found = [m for m in rendering.manifests(values) if m["kind"] == "NetworkPolicy"]
    matcher = next(policy["spec"] for policy in found if component(policy) == "matcher")
    assert {9094, 19094} in [ports(rule) for rule in matcher["egress"]]


def routes(name: str) -> dict[str, dict[str, Any]]:
    return {component(route): route["spec"] for route in of_kind(name, "HTTPRoute")}


def test_the_webhook_is_all_that_the_first_host_has() -> None:
    ingest = routes("production")["ingest"]
    assert ingest["hostnames"] == ["hooks.example.com"]
    (rule,) = ingest["rules"]
    assert rule["matches"] == [
        {"path": {"type": "Exact", "value": "/webhooks/telnyx"}, "method": "POST"}
    ]
    assert rule["timeouts"] == {"request": "10s"}
    assert rule["backendRefs"] == [{"name": "intnet-ingest", "port": 8000}]


def test_the_live_stream_has_no_time_limit() -> None:
    gateway = routes("production")["gateway"]
    assert gateway["hostnames"] == ["console.example.com"]
    stream, rest = gateway["rules"]
    assert stream["matches"] == [{"path": {"type": "Exact", "value": "/v1/live"}}]
    assert stream["timeouts"] == {"request": "0s"}
    assert rest["timeouts"] == {"request": "300s"}


def test_the_operators_door_is_not_public_and_all_else_is() -> None:
    _, rest = routes("minimal")["gateway"]["rules"]
    exact = {m["path"]["value"] for m in rest["matches"] if m["path"]["type"] == "Exact"}
    prefixes = [m["path"]["value"] for m in rest["matches"] if m["path"]["type"] == "PathPrefix"]

    def public(path: str) -> bool:
        return path in exact or any(path == p or path.startswith(f"{p}/") for p in prefixes)

    served = {operation.path for operation in operations.of("gateway")}
    hidden = {path for path in served if not public(path)}
    assert hidden
    assert all(path.startswith("/operator/") for path in hidden)
    assert not any(path.startswith("/operator") for path in facts.paths()["public"])


def test_both_hosts_are_on_the_gateway_that_is_named() -> None:
    wanted = [{"name": "public", "namespace": "gateways", "sectionName": "https"}]
    assert all(route["parentRefs"] == wanted for route in routes("production").values())


def test_an_ingress_has_the_same_paths() -> None:
    made = {component(one): one["spec"] for one in of_kind("ingress", "Ingress")}
    assert not routes("ingress")
    assert [p["path"] for p in made["ingest"]["rules"][0]["http"]["paths"]] == ["/webhooks/telnyx"]
    paths = {p["path"]: p["pathType"] for p in made["gateway"]["rules"][0]["http"]["paths"]}
    assert paths == {"/": "Exact", **dict.fromkeys(facts.paths()["public"], "Prefix")}
    assert made["gateway"]["tls"] == [
        {"hosts": ["console.example.com"], "secretName": "console-tls"}
    ]


@pytest.mark.parametrize("name", ["minimal", "ingress"])
def test_no_route_leads_to_metrics(name: str) -> None:
    for route in of_kind(name, "HTTPRoute"):
        assert all(ref["port"] == 8000 for r in route["spec"]["rules"] for ref in r["backendRefs"])
    for ingress in of_kind(name, "Ingress"):
        backends = [p["backend"]["service"] for p in ingress["spec"]["rules"][0]["http"]["paths"]]
        assert {backend["port"]["name"] for backend in backends} == {"http"}
