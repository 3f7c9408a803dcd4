"""English."""

from services.insights.domain.wording.words import Words


def _noun(one: str) -> dict[str, str]:
    return {"one": f"{{n}} {one}", "other": f"{{n}} {one}s"}


ENGLISH = Words(
    language="en",
    phrases={
        "moment": "less than a minute",
        "today": "today",
        "ahead": "in {days}",
        "past": "{days} ago",
        "hidden": "The caller hides the number.",
        "a_customer": "a customer",
        "unproven": "The number of {name}, but not proven to be the caller's.",
        "customer": "The number of {name}.",
        "customer_since": "The number of {name}, customer since {year}.",
        "ambiguous": "{customers} may be calling.",
        "not_a_person": "The number of a service or a company, not of a person.",
        "nobody": "No customer with this number.",
        "first_call": "First call in {days}.",
        "repeat_call": "Repeat caller: {calls} in {days}.",
        "recent_calls": "{calls} in {days}, with this one.",
        "last_call": "Last call {span} ago.",
        "last_call_missed": "Last call {span} ago, not answered.",
        "goes_on": "The same contact goes on: last call {span} ago.",
        "goes_on_missed": "The same contact goes on: last call {span} ago, not answered.",
    },
    nouns={
        noun.replace(" ", "_"): _noun(noun)
        for noun in ("minute", "hour", "day", "call", "earlier call", "contact", "customer")
    },
)
