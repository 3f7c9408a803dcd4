"""How a cluster is entered: what the environment says is what both clients are given."""

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from faststream.kafka.security import parse_security

from libs.common import clock
from libs.common.bus.security import security
from libs.common.cluster import Cluster, Entry, KafkaSettings, options
from libs.common.settings import SettingsError
from tests.common.test_settings import MatcherSettings, env

__all__ = ["env"]  # a fixture: the shared values of any service


@pytest.fixture
def password(tmp_path: Path, env: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "password"
    file.write_text("opensesame\n")
    env.setenv("KAFKA_USERNAME", "intnet-matcher")
    env.setenv("KAFKA_PASSWORD_FILE", str(file))
    return file


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    from_now = made.not_valid_before(clock.now()).not_valid_after(clock.now().replace(year=2999))
    vouching = from_now.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    signed = vouching.sign(key, hashes.SHA256())
    certificate, private = tmp_path / "tls.crt", tmp_path / "tls.key"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


def told(name: str, env: pytest.MonkeyPatch, **values: object) -> Cluster:
    env.setenv("KAFKA_SECURITY_PROTOCOL", name)
    for variable, value in values.items():
        env.setenv(f"KAFKA_{variable.upper()}", str(value))
    return MatcherSettings().kafka


def test_an_open_cluster_is_its_address(env: pytest.MonkeyPatch) -> None:
    open_one = {"bootstrap_servers": "127.0.0.1:9092", "security_protocol": "PLAINTEXT"}
    assert MatcherSettings().kafka == "127.0.0.1:9092"
    assert options(MatcherSettings().kafka) == options("127.0.0.1:9092") == open_one
    assert parse_security(security("127.0.0.1:9092"))["security_protocol"] == "PLAINTEXT"


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_both_clients_get_the_same_name_and_password(
    env: pytest.MonkeyPatch, password: Path, protocol: str, mechanism: str
) -> None:
    cluster = told(protocol, env, sasl_mechanism=mechanism)
    given = options(cluster)
    assert given["security_protocol"] == protocol
    assert given["sasl_mechanism"] == mechanism
    assert given["sasl_plain_username"] == "intnet-matcher"
    assert given["sasl_plain_password"] == "opensesame"
    assert ("ssl_context" in given) == (protocol == "SASL_SSL")
    streamed = {name: value for name, value in parse_security(security(cluster)).items() if value}
    assert streamed | {"bootstrap_servers": "127.0.0.1:9092"} == given


def test_brokers_are_vouched_for_and_asked_by_name(
    env: pytest.MonkeyPatch, pair: tuple[Path, Path]
) -> None:
    certificate, key = pair
    cluster = told("SSL", env, ca_file=certificate, cert_file=certificate, key_file=key)
    context = options(cluster)["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert [ca["subject"] for ca in context.get_ca_certs()] == [((("commonName", "broker"),),)]
    assert parse_security(security(cluster)) == {"security_protocol": "SSL", "ssl_context": context}


def test_nothing_shows_the_password(env: pytest.MonkeyPatch, password: Path) -> None:
    cluster = told("SASL_PLAINTEXT", env)
    shown = f"{cluster!r} {cluster.entry!r} {MatcherSettings()!r}"
    assert "opensesame" not in shown
    assert repr(Entry()) == "Entry(PLAINTEXT)"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"SECURITY_PROTOCOL": "SASL_SSL"},
            r"^SASL needs KAFKA_USERNAME and KAFKA_PASSWORD_FILE\.$",
        ),
        (
            {"SECURITY_PROTOCOL": "SSL", "CERT_FILE": "/x"},
            r"^KAFKA_CERT_FILE and KAFKA_KEY_FILE go together\.$",
        ),
        ({"CA_FILE": "/x"}, r"^KAFKA_CA_FILE is for TLS: set KAFKA_SECURITY_PROTOCOL\.$"),
        ({"SECURITY_PROTOCOL": "TLS"}, r"^KAFKA_SECURITY_PROTOCOL: Input should be 'PLAINTEXT'"),
    ],
)
def test_what_does_not_go_together_is_refused(
    env: pytest.MonkeyPatch, values: dict[str, str], sentence: str
) -> None:
    for name, value in values.items():
        env.setenv(f"KAFKA_{name}", value)
    with pytest.raises(SettingsError, match=sentence):
        MatcherSettings()


def test_a_file_that_is_not_there_ends_in_a_sentence(
    env: pytest.MonkeyPatch, password: Path
) -> None:
    password.unlink()
    with pytest.raises(SettingsError, match=r"^Kafka's certificates or password: .*No such file"):
        told("SASL_PLAINTEXT", env)


def test_a_broken_certificate_ends_in_a_sentence(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "ca.crt"
    broken.write_text("nothing")
    with pytest.raises(SettingsError, match=r"^Kafka's certificates or password: "):
        told("SSL", env, ca_file=broken)


def test_whoever_needs_no_kafka_is_told_none() -> None:
    assert KafkaSettings(KAFKA_URL=None).kafka_url is None
