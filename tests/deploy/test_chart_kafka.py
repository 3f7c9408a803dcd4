"""Topics, users and their rights, and what scales by them: as the code says."""

from typing import Any

import pytest

from deploy.charting import rendering
from deploy.cli import settings
from deploy.local.services import NAMES
from deploy.schemas.wiring import wirings
from libs.common.bus.topics import CATALOGUE
from libs.common.events import AuditNoted
from libs.common.service import orders, tenancy
from tests.deploy.charts import component, minimal, of_kind, pod_specs

PARTITIONS = {topic.name: topic.partitions for topic in CATALOGUE}


def may(service: str, operation: str) -> set[str]:
    users = {component(one): one["spec"] for one in of_kind("strimzi-keda", "KafkaUser")}
    acls = users[service]["authorization"]["acls"]
    return {
        acl["resource"]["name"]
        for acl in acls
        if acl["resource"]["type"] == "topic" and operation in acl["operations"]
    }


def test_topics_are_those_of_the_catalogue() -> None:
    made = {one["spec"]["topicName"]: one for one in of_kind("strimzi-keda", "KafkaTopic")}
    assert made.keys() == PARTITIONS.keys()
    for topic in CATALOGUE:
        spec = made[topic.name]["spec"]
        assert (spec["partitions"], spec["replicas"]) == (topic.partitions, 3)
        assert spec["config"] == topic.settings()
        assert made[topic.name]["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


@pytest.mark.parametrize("wiring", wirings(), ids=lambda wiring: wiring.service)
def test_a_user_may_do_what_its_service_does_and_no_more(wiring: Any) -> None:
    consumed = {kind.TOPIC for kind in wiring.consumes}
    assert may(wiring.service, "Read") == consumed | {kind.TOPIC for kind in wiring.follows}
    dead = {f"{wiring.service}.dead.v1"} if consumed else set()
    assert may(wiring.service, "Write") == dead | {kind.TOPIC for kind in wiring.emits}


@pytest.mark.parametrize("service", NAMES)
def test_what_every_process_does_is_allowed(service: str) -> None:
    assert {tenancy.TOPIC, orders.TOPIC} <= may(service, "Read")
    assert AuditNoted.TOPIC in may(service, "Write")
    assert may(service, "Describe") == may(service, "Read") | may(service, "Write")


def test_nobody_may_create_delete_or_use_anothers_group() -> None:
    for user in of_kind("strimzi-keda", "KafkaUser"):
        acls = user["spec"]["authorization"]["acls"]
        assert all(acl["resource"]["patternType"] == "literal" for acl in acls)
        assert {op for acl in acls for op in acl["operations"]} <= {"Read", "Write", "Describe"}
        groups = [acl["resource"]["name"] for acl in acls if acl["resource"]["type"] == "group"]
        assert groups == [component(user)]


def test_services_log_in_as_those_users() -> None:
    users = {one["metadata"]["name"] for one in of_kind("strimzi-keda", "KafkaUser")}
    for service, spec in pod_specs("strimzi-keda"):
        if service in NAMES:
            secrets = {v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v}
            told = {one["name"]: one.get("value") for one in spec["containers"][0]["env"]}
            assert told["KAFKA_USERNAME"] == f"intnet-{service}"
            assert told["KAFKA_USERNAME"] in users & secrets
            assert "main-cluster-ca-cert" in secrets


def test_with_certificates_in_place_of_passwords() -> None:
    values = minimal(
        kafka={"tls": {"enabled": True, "client": {"enabled": True}}, "topics": {"job": False}},
        strimzi={
            "cluster": "main",
            "users": {"enabled": True, "authentication": "tls"},
            "topics": {"enabled": True},
        },
    )
    ingest = next(one for one in rendering.manifests(values) if one["kind"] == "StatefulSet")
    volumes = ingest["spec"]["template"]["spec"]["volumes"]
    client = next(v["secret"] for v in volumes if v["name"] == "kafka-client")
    assert client["secretName"] == "intnet-ingest"
    assert [item["key"] for item in client["items"]] == ["user.crt", "user.key"]


def test_the_job_is_our_command_before_anything_else() -> None:
    (job,) = of_kind("production", "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["topics", "apply", "--replicas=3"]
    assert container["image"] == "intnet/tools:0.1.0"
    assert "MONGO_URL" not in {one["name"] for one in container["env"]}
    # A Secret that the release itself would make is not there yet.
    assert "serviceAccountName" not in job["spec"]["template"]["spec"]
    assert not of_kind("strimzi-keda", "Job")


def scaled() -> dict[str, dict[str, Any]]:
    return {component(one): one["spec"] for one in of_kind("strimzi-keda", "ScaledObject")}


def test_a_consumer_is_scaled_by_what_waits_for_its_group() -> None:
    for wiring in wirings():
        topics = sorted({kind.TOPIC for kind in wiring.consumes})
        if wiring.service == "ingest" or not topics:
            continue
        spec = scaled()[wiring.service]
        assert [trigger["metadata"]["topic"] for trigger in spec["triggers"]] == topics
        for trigger in spec["triggers"]:
            assert trigger["metadata"]["consumerGroup"] == wiring.service
            assert all(isinstance(value, str) for value in trigger["metadata"].values())
        assert spec["maxReplicaCount"] <= max(PARTITIONS[topic] for topic in topics)
        assert spec["minReplicaCount"] >= 2
        assert spec["fallback"]["replicas"] == spec["minReplicaCount"]


def test_ingest_is_not_scaled_since_its_spool_is_its_own() -> None:
    assert "ingest" not in scaled()


def test_what_is_scaled_has_no_fixed_number() -> None:
    for one in of_kind("strimzi-keda", "Deployment", "StatefulSet"):
        assert ("replicas" in one["spec"]) == (component(one) not in scaled())


def test_keda_logs_in_as_the_service() -> None:
    for one in of_kind("strimzi-keda", "TriggerAuthentication"):
        targets = {target["parameter"]: target for target in one["spec"]["secretTargetRef"]}
        assert targets["password"]["name"] == f"intnet-{component(one)}"
        assert targets["ca"]["name"] == "main-cluster-ca-cert"
        assert one["spec"]["env"][0]["name"] == "KAFKA_USERNAME"
        assert one["spec"]["env"][0]["containerName"] == component(one)


def test_the_job_may_have_a_user_of_its_own() -> None:
    sasl = {"enabled": True, "username": "all", "existingSecret": "all"}
    own = {"kafka": {"username": "maker", "existingSecret": "maker"}}
    values = minimal(kafka={"tls": {"enabled": True}, "sasl": sasl}, services={"topics": own})
    job = next(one for one in rendering.manifests(values) if one["kind"] == "Job")
    spec = job["spec"]["template"]["spec"]
    told = {one["name"]: one["value"] for one in spec["containers"][0]["env"]}
    assert told["KAFKA_USERNAME"] == "maker"
    assert "maker" in {v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v}


def test_the_command_line_takes_what_the_job_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = of_kind("production", "Job")
    for one in job["spec"]["template"]["spec"]["containers"][0]["env"]:
        monkeypatch.setenv(one["name"], one["value"])
    told = settings.read()
    assert (told.kafka_security, told.kafka_username) == ("SASL_SSL", "intnet")
    assert str(told.kafka_password_file) == "/secrets/kafka-password/password"
