"""A real broker that asks for TLS, a name and a password, entered as a service is told to."""

import asyncio
import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy.local.kafka import Kafka
from libs.common import clock
from libs.common.bus import Follower, Producer, Record, Unavailable, topics
from libs.common.bus.consumer import Consumer
from libs.common.cluster import Cluster, KafkaSettings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

TOPIC = topics.Topic("calls.v1", partitions=1)
_SECURED = """
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.\
PlainLoginModule required username="broker" password="b" user_broker="b" user_intnet="opensesame";
ssl.keystore.type=PEM
ssl.keystore.location={both}
ssl.truststore.type=PEM
ssl.truststore.location={certificate}
"""


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself; and a file with its key too."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(clock.now()).not_valid_after(clock.now().replace(year=2999))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    public = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificate, both = folder / "ca.crt", folder / "broker.pem"
    certificate.write_bytes(public)
    both.write_bytes(private + public)
    return certificate, both


class Guarded(Kafka):
    """The same broker behind TLS and SASL."""

    def command(self, port: int) -> Sequence[str | Path]:
        command = super().command(port)
        settings = self.state / "server.properties"
        text = settings.read_text().replace("PLAINTEXT://", "SASL_SSL://", 2)
        text = text.replace("PLAINTEXT:PLAINTEXT,", "SASL_SSL:SASL_SSL,")
        text = text.replace("listener.name=PLAINTEXT", "listener.name=SASL_SSL")
        certificate, both = certified(self.state)
        settings.write_text(text + _SECURED.format(certificate=certificate, both=both))
        return command


@dataclass
class Asked:
    broker: Guarded
    password: Path

    def cluster(self, **other: object) -> Cluster:
        told = {
            "KAFKA_URL": self.broker.url,
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_CA_FILE": self.broker.state / "ca.crt",
            "KAFKA_SASL_MECHANISM": "PLAIN",
            "KAFKA_USERNAME": "intnet",
            "KAFKA_PASSWORD_FILE": self.password,
        }
        return KafkaSettings.model_validate(told | other).kafka


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    place = tmp_path_factory.mktemp("guarded")
    password = place / "password"
    password.write_text("opensesame\n")
    broker = Guarded(place)
    broker.start()
    yield Asked(broker, password)
    broker.stop()


async def test_every_client_of_ours_comes_in(asked: Asked) -> None:
    cluster = asked.cluster()
    await topics.apply(cluster, topics=[TOPIC])
    await topics.check(cluster, [TOPIC.name])
    taken: asyncio.Queue[Record] = asyncio.Queue()
    consumer = Consumer(cluster, "matcher", (TOPIC.name,), taken.put)
    follower = Follower(cluster, "matcher", (TOPIC.name,), taken.put)
    producer = Producer(cluster, "matcher", {})
    await producer.start()
    await producer.send(TOPIC.name, b"tenant:1", b"{}")
    following = asyncio.ensure_future(follower.run())
    try:
        await consumer.start()
        async with asyncio.timeout(60):
            both = [await taken.get(), await taken.get()]
        assert [(record.key, record.value) for record in both] == [(b"tenant:1", b"{}")] * 2
    finally:
        following.cancel()
        await consumer.stop()
        await producer.stop()


async def test_a_wrong_password_is_kept_out(asked: Asked, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("closesesame")
    cluster = asked.cluster(KAFKA_PASSWORD_FILE=wrong)
    with pytest.raises(KafkaError):
        await topics.check(cluster, [TOPIC.name])
    producer = Producer(cluster, "matcher", {})
    with pytest.raises(Unavailable):
        await producer.start()
    await producer.stop()


async def test_a_broker_that_nobody_vouches_for_is_not_spoken_to(asked: Asked) -> None:
    producer = Producer(asked.cluster(KAFKA_CA_FILE=None), "matcher", {})
    with pytest.raises(Unavailable):
        await producer.start()
    await producer.stop()
