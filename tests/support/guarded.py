"""A broker that asks for TLS, a name and a password, and lets each do what it was granted."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy.local.kafka import Kafka
from deploy.local.services import NAMES
from libs.common import clock
from libs.common.cluster import Cluster, KafkaSettings, options

# Kafka's own numbers (AclOperation, ResourceType).
_OPERATIONS = {"Read": 3, "Write": 4, "Describe": 8}
_RESOURCES = {"topic": 2, "group": 3}
_LITERAL, _ALLOW = 3, 3
_USERS = " ".join(f'user_{name}="opensesame"' for name in ("intnet", *NAMES))
_SECURED = """
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.\
PlainLoginModule required username="broker" password="b" user_broker="b" {users};
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:ANONYMOUS;User:intnet
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
    """The same broker behind TLS and SASL, where all but `intnet` may do what they were granted."""

    def command(self, port: int) -> Sequence[str | Path]:
        """As for the open one, and then other settings."""
        command = super().command(port)
        settings = self.state / "server.properties"
        text = settings.read_text().replace("PLAINTEXT://", "SASL_SSL://", 2)
        text = text.replace("PLAINTEXT:PLAINTEXT,", "SASL_SSL:SASL_SSL,")
        text = text.replace("listener.name=PLAINTEXT", "listener.name=SASL_SSL")
        certificate, both = certified(self.state)
        settings.write_text(
            text + _SECURED.format(certificate=certificate, both=both, users=_USERS)
        )
        return command


@dataclass
class Asked:
    """The broker, and a file with the password that all have."""

    broker: Guarded
    password: Path

    def cluster(self, **other: object) -> Cluster:
        """As an environment would tell of it."""
        told = {
            "KAFKA_URL": self.broker.url,
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_CA_FILE": self.broker.state / "ca.crt",
            "KAFKA_SASL_MECHANISM": "PLAIN",
            "KAFKA_USERNAME": "intnet",
            "KAFKA_PASSWORD_FILE": self.password,
        }
        return KafkaSettings.model_validate(told | other).kafka


async def grant(cluster: Cluster, user: str, acls: Iterable[dict[str, Any]]) -> None:
    """What a KafkaUser lists, as Strimzi's operator would grant it."""
    admin = AIOKafkaAdminClient(**options(cluster))
    await admin.start()
    try:
        # Topics last: whoever sees them has the rest.
        for acl in sorted(acls, key=lambda acl: str(acl["resource"]["type"])):
            resource = acl["resource"]
            kind, name = _RESOURCES[resource["type"]], resource["name"]
            for operation in acl["operations"]:
                rule = (kind, name, _LITERAL, f"User:{user}", "*", _OPERATIONS[operation], _ALLOW)
                answer = await admin._send_request(CreateAclsRequest(*rule))
                assert [code for code, _ in answer.creation_responses] == [0]
    finally:
        await admin.close()
