"""What makes a tenant's particulars usable."""

ID = r"^[a-z0-9]{8,26}$"
REGION = r"^[A-Z]{2}$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
RESERVED = "platform"
E164 = r"^\+[1-9][0-9]{6,14}$"


class TenantExists(ValueError):
    """There is a tenant with this id already."""


def reserved(tenant: str) -> bool:
    """Whether the id is the platform's own."""
    return tenant == RESERVED


def right_to_left(language: str) -> bool:
    """Whether the language's script runs from right to left."""
    return language.partition("-")[0] in {"ar", "fa", "he", "ur"}
