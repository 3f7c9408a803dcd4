"""Uploaded files: batches of bounded size, whatever the size of the pieces."""

import threading
from collections.abc import AsyncIterator, Sequence

import pytest
from fastapi import Request
from starlette.types import Message

from libs.common.csvfile import CsvFile, Row, Sheet
from libs.common.web import Problem, batches, csv_stream


class Cells(Sheet[int, str]):
    """The first cell of each line, and on which thread it was read."""

    def __init__(self) -> None:
        super().__init__(CsvFile("US"))
        self.threads: set[int] = set()

    def recognise(self, header: Sequence[str]) -> int:
        return header.index("id")

    def read(self, row: Row, columns: int) -> str:
        self.threads.add(threading.get_ident())
        return row.cells[columns]


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def file(rows: int) -> bytes:
    return b"id,name\n" + b"".join(f"{n},{'x' * 100}\n".encode() for n in range(rows))


@pytest.mark.parametrize("size", [1_000, 70_000, 10_000_000])
@pytest.mark.parametrize("rows", [1, 300, 2_000, 2_001])
async def test_batches_are_full_but_for_the_last(rows: int, size: int) -> None:
    found = [batch async for batch in batches(Cells(), pieces(file(rows), size), 100)]
    assert [cell for batch in found for cell in batch] == [str(n) for n in range(rows)]
    assert {len(batch) for batch in found[:-1]} <= {100}
    assert 1 <= len(found[-1]) <= 100


async def test_a_batch_comes_before_the_file_ends() -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield file(1_000)
        while True:
            yield b"7,seven\n"

    reading = batches(Cells(), endless(), 500)
    assert len(await anext(reading)) == 500


async def test_reading_stays_off_the_event_loop() -> None:
    sheet = Cells()
    assert [batch async for batch in batches(sheet, pieces(file(2), 9), 10)] == [["0", "1"]]
    assert sheet.threads
    assert threading.get_ident() not in sheet.threads


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"id,name\n", "no_rows"), (b"id,na\x81me\n1,a\n", "encoding")],
)
async def test_a_file_that_cannot_be_used_is_a_problem(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        [_ async for _ in batches(Cells(), pieces(content, 4), 10)]
    assert (caught.value.status, caught.value.code) == (422, code)
    assert caught.value.detail.endswith(".")


def asked(media_type: bytes | None) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"id\n1\n"}

    headers = [(b"content-type", media_type)] if media_type is not None else []
    return Request({"type": "http", "headers": headers}, receive)


@pytest.mark.parametrize("media_type", [b"text/csv", b"Text/CSV; charset=utf-8"])
async def test_a_csv_body_is_taken(media_type: bytes) -> None:
    assert b"".join([chunk async for chunk in csv_stream(asked(media_type))]) == b"id\n1\n"


@pytest.mark.parametrize("media_type", [None, b"", b"text/plain", b"multipart/form-data; x=y"])
def test_any_other_body_is_refused(media_type: bytes | None) -> None:
    with pytest.raises(Problem) as caught:
        csv_stream(asked(media_type))
    assert (caught.value.status, caught.value.code) == (415, "not_csv")
