"""The readable page: one file that needs nothing else, in English and Arabic, fit to be printed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from services.consent.domain.rights.package import tables
from services.consent.domain.rights.package.material import Material, Row
from services.consent.domain.rights.package.words import LANGUAGES, Said, pages
from services.consent.domain.rights.package.words.fields import heading
from services.consent.domain.rights.package.words.headings import TABLES

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Segoe UI", Tahoma, sans-serif; margin: 2rem auto;
 max-width: 70rem; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.both { display: flex; gap: 2rem; justify-content: space-between; flex-wrap: wrap; }
article { border-top: 3px solid #111; margin-top: 1.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { border: 1px solid #bbb; padding: .25rem .5rem; text-align: start; vertical-align: top; }
td { overflow-wrap: anywhere; white-space: pre-wrap; }
th span { display: block; }
dt { font-weight: 600; margin-top: .6rem; }
@media print {
 body { margin: 0; max-width: none; font-size: 11px; } .scroll { overflow: visible; }
 tr { break-inside: avoid; } h2 { break-after: avoid; }
}
"""


def page(material: Material, rows: Mapping[str, Sequence[Row]], told: Mapping[str, Any]) -> str:
    """The whole of it. `rows` are masked, `told` is about.json."""
    first = "ar" if material.language.lower().partition("-")[0] == "ar" else "en"
    order = sorted(LANGUAGES, key=lambda language: language != first)
    parts = [*(_article(told, language) for language in order), *_tables(rows)]
    return (
        f'<!DOCTYPE html>\n<html lang="{first}" dir="{LANGUAGES[first]}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(_said(pages.TITLE, first))}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body>\n</html>\n"
    )


def _article(told: Mapping[str, Any], language: str) -> str:
    """What there is to know besides the data, in one language."""
    facts = "".join(
        f"<dt>{escape(_said(name, language))}</dt>{_descriptions(values)}"
        for name, values in _facts(told, language)
        if values
    )
    title = escape(_said(pages.TITLE, language))
    return (
        f'<article lang="{language}" dir="{LANGUAGES[language]}">\n<h1>{title}</h1>\n'
        f"<dl>{facts}</dl>\n</article>"
    )


def _facts(told: Mapping[str, Any], language: str) -> Iterator[tuple[Said, list[str]]]:
    def said(pair: Mapping[str, str]) -> str:
        return pair[language]

    days = _said(pages.DAYS, language)
    yield pages.REQUEST, [told["request"]]
    yield pages.MADE, [told["made_at"]]
    yield pages.CONTROLLER, [told["controller"]]
    yield pages.PROCESSOR, [told["processor"]] if told["processor"] else []
    yield pages.CONTACT, [", ".join(told["contact"].values())]
    yield pages.WHY, [f"{said(p['purpose'])}: {said(p['basis'])}" for p in told["purposes"]]
    yield pages.HOW_LONG, [f"{said(p['what'])}: {p['days']} {days}" for p in told["kept_for"]]
    yield pages.RECIPIENTS, [_recipient(one, language) for one in told["recipients"]]
    yield pages.SOURCES, [said(one) for one in told["sources"]]
    yield pages.INDICATORS, [said(told["indicators"])]
    yield pages.RIGHTS, [said(one) for one in told["rights"]]
    yield pages.COMPLAINT, [said(told["complaint"])]
    yield pages.KEPT, [said(one) for one in told["kept_after_an_erasure"].values()]
    yield pages.READ_AT, [f"{store}: {at}" for store, at in told["read_at"].items()]
    yield pages.OTHERS, [said(told["replaced"]["meaning"])]


def _recipient(one: Mapping[str, Any], language: str) -> str:
    where = f" ({one['country']})" if "country" in one else ""
    return (
        f"{one['name']}{where}: {one['what'][language]}" if "name" in one else one["what"][language]
    )


def _descriptions(values: Iterable[str]) -> str:
    return "".join(f'<dd dir="auto">{escape(value)}</dd>' for value in values)


def _tables(rows: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    if not rows:
        yield f"<section><h2>{_both(pages.NOTHING)}</h2></section>"
    for name, many in rows.items():
        title = TABLES.get(name, Said(name, name))
        yield (
            f'<section id="{escape(name)}">\n<h2 class="both">{_both(title)}</h2>\n'
            f'<div class="scroll">{_table(many)}</div>\n</section>'
        )


def _table(rows: Sequence[Row]) -> str:
    cells = [tables.flat(row) for row in rows]
    names = tables.columns(cells)
    head = "".join(f'<th scope="col">{_both(heading(name))}</th>' for name in names)
    body = "\n".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(row.get(n, ""))}</td>' for n in names) + "</tr>"
        for row in cells
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _both(said: Said) -> str:
    return "".join(
        f'<span lang="{language}" dir="{way}">{escape(_said(said, language))}</span>'
        for language, way in LANGUAGES.items()
    )


def _said(said: Said, language: str) -> str:
    return said.ar if language == "ar" else said.en
