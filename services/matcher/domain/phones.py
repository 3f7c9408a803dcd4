"""The telephone numbers of one line: several columns, several numbers in a cell."""

from libs.common.customers.values import numbers
from libs.common.phone import NotANumber
from services.matcher.domain.cells import Line
from services.matcher.domain.drafts import Phone


def read_phones(line: Line, region: str | None) -> tuple[Phone, ...]:
    """The valid numbers, each once, the first one primary. The others become faults."""
    found: dict[tuple[str, str | None], Phone] = {}
    for column in line.columns.phones:
        cell = line.phone(column.index)
        for number in numbers(cell, region) if cell else ():
            if isinstance(number, NotANumber):
                line.wrong_at(column.index, number.code, number.explanation)
                continue
            # The extension column belongs to the first number that has none of its own.
            extension = number.extension or (None if found else line.text("extension"))
            phone = Phone(
                label=column.label,
                raw=number.raw,
                e164=number.e164,
                extension=extension,
                region=number.region,
                kind=number.kind,
                valid=number.valid,
                read_in=region,
                primary=not found,
            )
            found.setdefault((phone.e164, phone.extension), phone)
    return tuple(found.values())
