"""Secrets from a store: each that is listed is made, and is one that something takes."""

import json

import pytest

from deploy.charting import rendering
from tests.deploy.charts import SETS, minimal, objects, of_kind

LISTED = rendering.read(rendering.sets()["production"])["externalSecrets"]["secrets"]


def made() -> dict[str, dict[str, object]]:
    return {one["metadata"]["name"]: one["spec"] for one in of_kind("production", "ExternalSecret")}


def test_each_secret_comes_from_its_entry() -> None:
    assert made().keys() == LISTED.keys()
    for name, spec in made().items():
        assert spec["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "vault"}
        assert spec["dataFrom"] == [{"extract": {"key": LISTED[name]}}]
        assert spec["refreshInterval"] == "1h"


def test_a_store_that_is_away_takes_nothing() -> None:
    for name, spec in made().items():
        wanted = {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"}
        assert spec["target"] == wanted


def test_each_is_taken_by_a_pod_and_none_by_the_job_before_them() -> None:
    pods = {
        kind: json.dumps([one["spec"] for one in objects("production") if one["kind"] == kind])
        for kind in ("Deployment", "StatefulSet", "Job")
    }
    assert pods["Job"] != "[]"
    for name in LISTED:
        assert f'"{name}"' in pods["Deployment"] + pods["StatefulSet"]
        assert f'"{name}"' not in pods["Job"]


@pytest.mark.parametrize("name", [name for name in SETS if name != "production"])
def test_none_is_made_unasked(name: str) -> None:
    assert not of_kind(name, "ExternalSecret", "Secret")


def test_a_topics_job_that_is_off_leaves_kafka_to_them_too() -> None:
    kafka = {"tls": {"enabled": True, "ca": {"existingSecret": "ca"}}, "topics": {"job": False}}
    external = {"enabled": True, "store": {"name": "vault", "kind": "SecretStore"}}
    values = minimal(kafka=kafka, externalSecrets=external | {"secrets": {"ca": "a"}})
    (one,) = (m for m in rendering.manifests(values) if m["kind"] == "ExternalSecret")
    assert one["spec"]["secretStoreRef"]["kind"] == "SecretStore"
