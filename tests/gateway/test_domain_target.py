"""Where deliveries may go: each kind of address that is not the open internet's is refused."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.hooks.target import Unfit, permitted, public, target

URL = "https://hooks.example.com/intnet?key=1"
REFUSED = {
    "loopback": "127.0.0.1 127.255.255.254 ::1",
    "this host": "0.0.0.0 0.1.2.3 ::",
    "private": "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1",
    "link-local, metadata": "169.254.169.254 fe80::1 fe80::1%eth0",
    "carrier-grade NAT": "100.64.0.1 100.127.255.255",
    "unique local": "fc00::1 fd00:ec2::254",
    "site-local": "fec0::1",
    "multicast": "224.0.0.1 239.255.255.250 ff02::1 ff0e::1",
    "reserved, broadcast": "240.0.0.1 255.255.255.255",
    "documentation": "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1",
    "benchmarks": "198.18.0.1 198.19.255.255",
    "protocols": "192.0.0.1 192.88.99.1 2001:2::1",
    "a cloud's platform": "168.63.129.16",
    "IPv4-mapped": "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254",
    "IPv4-compatible": "::127.0.0.1 ::10.0.0.1",
    "NAT64": "64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8",
    "6to4": "2002:7f00:1::1 2002:a00:1::1 2002:a9fe:a9fe::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "not given out": "4000::1 5f00::1 100::1 e000::1",
}
OPEN = "8.8.8.8 93.184.215.14 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1"


@pytest.mark.parametrize(
    "address", [one for kind in REFUSED.values() for one in kind.split()], ids=str
)
def test_an_address_that_is_not_on_the_open_internet_is_refused(address: str) -> None:
    assert not public(ip_address(address))
    assert not permitted(target(URL, loopback=False), address, loopback=False)


@pytest.mark.parametrize("address", OPEN.split())
def test_an_address_of_the_open_internet_is_permitted(address: str) -> None:
    assert permitted(target(URL, loopback=False), address, loopback=False)


@given(st.ip_addresses(v=4))
def test_what_wraps_an_address_is_judged_as_that_address_is(address: object) -> None:
    inner = ip_address(str(address))
    number = int(inner)
    for wrapped in (0xFFFF << 32 | number, (0x64FF9B << 96) | number, 0x2002 << 112 | number << 80):
        assert public(ip_address(wrapped.to_bytes(16, "big"))) is public(inner)


@pytest.mark.parametrize("address", ["", "hooks.example.com", "127.1", "0x7f.0.0.1", "1.2.3.4.5"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert not permitted(target(URL, loopback=True), address, loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://hooks.example.com:8443/",
        "https://hooks.example.com:80/",
        "https://user@hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com\\@evil.example.com/",
        "https://hooks example.com/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nHost: x",
        "https://пример.example.com/",
        "https:///path",
        "https://hooks.example.com:99999/",
        "//hooks.example.com/",
        "/relative",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com:443/",
        "",
        f"https://hooks.example.com/{'a' * 1000}",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_words_that_repeat_none_of_it(url: str) -> None:
    with pytest.raises(Unfit) as refused:
        target(url, loopback=False)
    assert "evil" not in str(refused.value)
    assert str(refused.value).startswith(("give", "leave"))


def test_a_url_is_read_once_for_what_is_looked_up_and_what_is_asked_for() -> None:
    to = target(URL, loopback=False)
    assert (to.host, to.port, to.secure) == ("hooks.example.com", 443, True)
    assert str(to.url) == URL


def test_this_machine_is_reached_only_where_that_is_allowed_and_others_by_https_all_the_same() -> (
    None
):
    here = target("http://127.0.0.1:8080/hook", loopback=True)
    assert permitted(here, "127.0.0.1", loopback=True)
    assert not permitted(here, "127.0.0.1", loopback=False)
    assert not permitted(here, "8.8.8.8", loopback=True)
    assert not permitted(here, "10.0.0.1", loopback=True)
    assert not permitted(target(URL, loopback=True), "10.0.0.1", loopback=True)
    assert permitted(target(URL, loopback=True), "8.8.8.8", loopback=True)
