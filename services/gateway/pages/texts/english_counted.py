"""Counted words in English, by plural category (CLDR)."""

ENGLISH_PLURALS = {
    "seconds": {"one": "{n} second", "other": "{n} seconds"},
    "days_left": {"one": "{n} day left", "other": "{n} days left"},
    "days_late": {"one": "{n} day late", "other": "{n} days late"},
    "requests": {"one": "{n} request", "other": "{n} requests"},
    "texts": {"one": "{n} text", "other": "{n} texts"},
    "documents": {"one": "{n} document", "other": "{n} documents"},
    "days": {"one": "{n} day", "other": "{n} days"},
    "scopes": {"one": "{n} permission", "other": "{n} permissions"},
    "events": {"one": "{n} event", "other": "{n} events"},
}
