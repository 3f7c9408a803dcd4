"""A wrong value is refused before anything is made, by a sentence that names it."""

import re
from functools import cache
from typing import Any

import helm_python as helm
import pytest
import yaml

from deploy.charting import rendering
from deploy.charting.rendering import Values
from tests.deploy.charts import minimal

WRONG: list[tuple[str, str]] = [
    # What a key or a type is wrong in, by the schema.
    ("{kafak: {}}", "'kafak' not allowed"),
    ("{kafka: {bootstrapServer: a}}", "'bootstrapServer' not allowed"),
    ("{services: {mathcer: {}}}", "'mathcer' not allowed"),
    ("{services: {matcher: {replica: 3}}}", "'replica' not allowed"),
    ("{default: {replicas: two}}", "/default/replicas"),
    ("{default: {replicas: 0}}", "/default/replicas"),
    ("{default: {startupSeconds: 90}}", "/default/startupSeconds"),
    ("{default: {terminationGracePeriodSeconds: 30}}", "/default/terminationGracePeriodSeconds"),
    ("{environment: staging}", "/environment"),
    ("{logLevel: info}", "/logLevel"),
    ("{image: {tag: 1.0}}", "/image/tag"),
    ("{ingest: {spool: {bytes: 10}}}", "/ingest/spool/bytes"),
    ("{kafka: {sasl: {mechanism: GSSAPI}}}", "/kafka/sasl/mechanism"),
    ("{strimzi: {users: {authentication: none}}}", "/strimzi/users/authentication"),
    ("{networkPolicy: {privateRanges: 10.0.0.0/8}}", "/networkPolicy/privateRanges"),
    ("{keda: {enabled: 'yes'}}", "/keda/enabled"),
    ("{externalSecrets: {store: {kind: Vault}}}", "/externalSecrets/store/kind"),
    ("{externalSecrets: {secrets: {intnet-shared: {key: a}}}}", "/externalSecrets/secrets/intnet"),
    # What does not go together, by our own sentences.
    ("{hosts: {ingest: ''}}", "hosts.ingest is empty: give the host name"),
    ("{hosts: {gateway: ''}}", "hosts.gateway is empty: give the host name"),
    ("{hosts: {gateway: hooks.example.com}}", "hosts.ingest is hosts.gateway"),
    ("{kafka: {bootstrapServers: ''}}", "kafka.bootstrapServers is empty"),
    ("{mongodb: {existingSecret: ''}}", "mongodb.existingSecret is empty"),
    ("{mongodb: {existingSecret: '', url: 'mongodb://x'}}", "mongodb.existingSecret is empty"),
    ("{secrets: {shared: {existingSecret: ''}}}", "secrets.shared.existingSecret is empty"),
    ("{secrets: {gateway: {existingSecret: ''}}}", "secrets.gateway.existingSecret is empty"),
    ("{secrets: {messaging: {existingSecret: ''}}}", "secrets.messaging.existingSecret is empty"),
    ("{secrets: {consent: {existingSecret: ''}}}", "secrets.consent.existingSecret is empty"),
    ("{telnyx: {publicKeys: []}}", "telnyx.publicKeys is empty"),
    ("{telnyx: {publicKeysSecret: {existingSecret: x}}}", "are both given: keep one"),
    (
        "{externalSecrets: {enabled: true, secrets: {intnet-shared: a}}}",
        "externalSecrets.store.name is empty",
    ),
    (
        "{externalSecrets: {enabled: true, store: {name: vault}}}",
        "externalSecrets.secrets is empty",
    ),
    (
        "{externalSecrets: {enabled: true, store: {name: vault}, secrets: {intnet-shard: a}}}",
        "externalSecrets.secrets.intnet-shard is a Secret that no value names",
    ),
    (
        "{kafka: {tls: {enabled: true, ca: {existingSecret: ca}}},"
        " externalSecrets: {enabled: true, store: {name: vault}, secrets: {ca: a}}}",
        "externalSecrets.secrets.ca would come too late for the Job",
    ),
    ("{image: {tag: latest}}", "image.tag is latest"),
    ("{ingress: {enabled: true}}", "gatewayApi.enabled and ingress.enabled are both true"),
    ("{gatewayApi: {parentRefs: []}}", "gatewayApi.parentRefs is empty"),
    ("{strimzi: {topics: {enabled: true}}}", "strimzi.cluster is empty"),
    (
        "{strimzi: {cluster: main, topics: {enabled: true}}}",
        "strimzi.topics.enabled and kafka.topics.job are both true",
    ),
    (
        "{strimzi: {cluster: main, users: {enabled: true}}}",
        "strimzi.users.enabled gives no user to the Job",
    ),
    (
        "{strimzi: {cluster: main, users: {enabled: true}}}",
        "strimzi.users.authentication is scram-sha-512: set kafka.sasl.enabled",
    ),
    (
        "{strimzi: {cluster: main, users: {enabled: true, authentication: tls}}}",
        "strimzi.users.authentication is tls: set kafka.tls.enabled",
    ),
    ("{kafka: {tls: {client: {enabled: true}}}}", "kafka.tls.client.enabled is true, but"),
    (
        "{kafka: {tls: {enabled: true, client: {enabled: true}}}}",
        "kafka.tls.client.existingSecret is empty for matcher",
    ),
    ("{kafka: {sasl: {enabled: true}}}", "sends passwords in the clear: not in production"),
    (
        "{kafka: {tls: {enabled: true}, sasl: {enabled: true, username: x}}}",
        "kafka.sasl.username or kafka.sasl.existingSecret is empty for ingest",
    ),
    (
        "{services: {matcher: {preStopSeconds: 30}}}",
        "terminationGracePeriodSeconds of matcher is 75",
    ),
    (
        "{keda: {enabled: true}, services: {insights: {autoscaling: {minReplicas: 7}}}}",
        "autoscaling.minReplicas of insights is more than autoscaling.maxReplicas",
    ),
    (
        "{keda: {enabled: true}, services: {consent: {autoscaling: {maxReplicas: 12}}}}",
        "autoscaling.maxReplicas of consent is 12, but its topics have 6 partitions",
    ),
]


@cache
def refused(wrong: str) -> str:
    """What Helm says to the least values with this in their place."""
    with pytest.raises(helm.HelmError) as told:
        rendering.rendered(minimal(**yaml.safe_load(wrong)))
    return str(told.value)


@pytest.mark.parametrize(("wrong", "sentence"), WRONG)
def test_a_wrong_value_is_named(wrong: str, sentence: str) -> None:
    assert sentence in refused(wrong)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(helm.HelmError) as told:
        rendering.rendered({})
    said = re.findall(r"([a-zA-Z.]+) is empty: ", str(told.value))
    assert len(said) == len(set(said)) == 10


def development(**changes: Any) -> Values:
    plain = {"existingSecret": "", "url": "mongodb://mongodb/?replicaSet=rs0"}
    return minimal(environment="development", mongodb=plain, **changes)


def test_development_may_say_its_connection_string() -> None:
    made = rendering.manifests(development())
    told = next(m for m in made if m["kind"] == "Deployment")["spec"]["template"]["spec"]
    env = {one["name"]: one.get("value") for one in told["containers"][0]["env"]}
    assert env["MONGO_URL"] == "mongodb://mongodb/?replicaSet=rs0"


def test_every_own_sentence_is_tried() -> None:
    template = (rendering.CHART / "templates" / "validations.yaml").read_text()
    own = re.findall(r'append \$wrong (?:\(printf )?"([^"]+)"', template)
    assert len(own) > 20
    said = "".join(refused(wrong) for wrong, _ in WRONG)
    for text in own:
        longest = max(re.split(r"%[sd]", text), key=len)
        assert longest in said
