"""Why a message may not be sent, in words that say what to do."""

from typing import Final

SENTENCES: Final = {
    "not_a_mobile_number": (
        "This number takes no texts: it is a fixed line or belongs to a service. "
        "Use the person's mobile number."
    ),
    "sender_not_yours": "This number is not yours, or not any more. Send from one of your own.",
    "sender_not_allowed": (
        "Senders made of letters are not allowed in the recipient's country. "
        "Send from one of your numbers."
    ),
    "sender_suffix_missing": (
        "In the recipient's country a promotion is sent under a name that marks it as one "
        "(in Saudi Arabia it ends in -AD). Choose such a sender."
    ),
    "sender_suffix_misused": (
        "This sender is marked for promotions. Choose another one for a message of this class."
    ),
    "sender_not_registered": (
        "This sender is not registered for promotions in the recipient's country. Register it "
        "with the authority there and record the registration under your senders."
    ),
    "too_long": "The text has more than 10 parts. Shorten it or send it as several messages.",
    "no_transfer_safeguard": (
        "No safeguard for sending data to the recipient's country is in force. "
        "Record one under your safeguards, then send again."
    ),
    "restricted": (
        "The person's data may be kept and not used until a request about it is decided. "
        "Do not send until it is; then record the end of the restriction."
    ),
    "withdrawn": (
        "The person does not want these messages any more. "
        "Do not send again until the person agrees anew; then record the consent."
    ),
    "suppressed": (
        "The person has asked to get no more texts from you. "
        "Use another way, or wait until the person writes START."
    ),
    "no_consent": (
        "The person has not agreed to promotions. "
        "Ask for consent and record it before you send any."
    ),
    "not_collected_directly": (
        "In the recipient's country promotions may go only to people who gave you their data "
        "themselves. Ask the person for consent and record it."
    ),
    "suspected_revocation": (
        "The person may have asked you to stop. Read the conversation and decide: "
        "record a withdrawal, or clear the suspicion."
    ),
    "consent_unknown": (
        "Nobody can tell now whether the person still agrees, so promotions wait. "
        "Send again in a few minutes."
    ),
    "no_common_hour": (
        "No hour of the day suits a promotion everywhere this number may be. "
        "Use another number of the person."
    ),
    "quiet_hours": (
        "It is too late or too early for a promotion where the recipient may be. "
        "It is sent when the hours there allow it."
    ),
}
"""By code, in the order in which they are looked for. None holds anything about the person."""

ERASED: Final = "The person was erased at their request, so nothing is sent to them."
EXPIRED: Final = "It came too late to be of use. Ask for it again."
