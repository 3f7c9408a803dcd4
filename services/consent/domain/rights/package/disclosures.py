"""To whom the person's data went, and when: each text that was handed to the provider.

PDPL Implementing Regulation, Article 20(6), wants a record of disclosures; here it follows from the
messages themselves.
"""

from services.consent.domain.rights.package.material import Material, Row

PROVIDER = "telnyx"


def disclosed(material: Material) -> list[Row]:
    """One row per text that went out."""
    recipient = material.profile.recipients[PROVIDER]
    return [
        {
            "recipient": recipient.name,
            "at": row["handed_over_at"],
            "what": "the person's number and the text",
            "purpose": row.get("purpose"),
            "message": row["id"],
        }
        for row in material.rows.get("messages", ())
        if row.get("direction") == "out" and row.get("handed_over_at")
    ]
