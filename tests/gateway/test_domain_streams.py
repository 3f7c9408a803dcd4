from services.gateway.domain.streams import Places, Streams

ONE, TWO = "tenant0001", "tenant0002"


def test_each_has_so_many_and_their_agency_has_so_many_in_all() -> None:
    streams = Streams(Places(user=2, tenant=3))
    assert [streams.take(ONE, "usr_1") for _ in range(3)] == [True, True, False]
    assert [streams.take(ONE, "usr_2") for _ in range(2)] == [True, False]
    assert streams.take(TWO, "usr_3")
    assert len(streams) == 4


def test_a_place_that_was_given_back_is_free() -> None:
    streams = Streams(Places(user=1, tenant=1))
    assert streams.take(ONE, "usr_1")
    assert not streams.take(ONE, "usr_2")
    streams.leave(ONE, "usr_1")
    assert streams.take(ONE, "usr_2")
    streams.leave(ONE, "usr_2")
    assert len(streams) == 0
