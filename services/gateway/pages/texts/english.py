"""The words of the pages in English."""

ENGLISH = {
    "language": "en",
    "title": "Intnet",
    "sign_in": "Sign in",
    "sign_out": "Sign out",
    "policies": "Privacy policies",
    "email": "E-mail address",
    "name": "Your name",
    "password": "Password",
    "new_password": "New password (12 characters or more)",
    "join": "Set password",
    "joined": "Your account is ready. You can sign in now.",
    "password_set": "The new password holds. You can sign in now.",
    "no_token": "This link is not complete. Open the whole link that you were given.",
    "live": "Live calls",
    "nothing": "No calls yet. They appear here as they ring.",
    "connecting": "Connecting …",
    "connected": "Connected",
    "lost": "Connection lost, trying again …",
    "incoming": "Incoming call",
    "ringing": "Ringing",
    "answered": "Answered",
    "ended": "Ended",
    "line": "Line",
    "no_number": "Number withheld",
    "matching": "Looking for the caller …",
    "unknown": "Unknown caller",
    "withheld": "Number withheld",
    "not_a_person": "Not a person",
    "possible": "{n} possible callers",
    "pending": "Insight pending …",
    "risk": "Risk",
    "retention": "Retention",
    "why": "Why",
    "points": "points",
    "band_low": "low",
    "band_caution": "caution",
    "band_high": "high",
    "band_steady": "steady",
    "band_watch": "watch",
    "band_at_risk": "at risk",
    "band_urgent": "urgent",
    "error": "That did not work. Try again.",
    "error_wrong_credentials": "The e-mail address or the password is not right.",
    "error_too_many_tries": "Too many tries. Wait a little, then try again.",
    "error_invitation_gone": "This invitation is not good any more. Ask for another.",
    "error_reset_gone": "This link is not good any more. Ask for another.",
    "error_weak_password": "Choose another password: 12 to 128 characters, and not a common one.",
    "write": "Messages",
    "messages": "Messages",
    "no_messages": "No messages yet. They appear here as they come.",
    "message_from": "Message from {who}",
    "unanswered": "Unanswered: {n}",
    "stopped": "Stopped",
    "conversation": "Conversation",
    "close": "Close",
    "older": "Earlier messages",
    "no_thread": "Nothing has been written yet.",
    "no_text": "(no text)",
    "cancel": "Do not send",
    "text": "Your message",
    "class": "Kind of message",
    "class_service": "Service",
    "class_promotional": "Promotion",
    "class_personal": "Personal",
    "class_one_time_code": "One-time code",
    "class_confirmation": "Confirmation",
    "send": "Send",
    "size": "Parts: {parts} · Characters: {units} ({encoding})",
    "cost": "Cost: {cost} {currency}",
    "later": "It is too early or too late for this now. It goes out at",
    "state_queued": "Waiting to be sent",
    "state_sending": "Being sent",
    "state_accepted": "Taken by the provider",
    "state_sent": "Sent",
    "state_delivered": "Delivered",
    "state_undelivered": "Not delivered",
    "state_failed": "Failed",
    "state_unknown": "Not known yet whether it was sent",
    "state_needs_review": "Not known whether it was sent; a person is looking",
    "state_blocked": "Refused, not sent",
    "state_cancelled": "Cancelled, not sent",
    "state_unconfirmed": "Sent; delivery never confirmed",
    "state_received": "Received",
    "consent": "Consent",
    "marketing": "Promotions by SMS",
    "consent_granted": "allowed",
    "consent_withdrawn": "refused",
    "consent_unknown": "nothing is known, so none may be sent",
    "since": "since",
    "means_sms": "by SMS",
    "means_api": "by the agency's own system",
    "means_csv": "by an imported file",
    "means_agent": "noted by an agent",
    "means_web": "on the web",
    "means_voice": "by voice",
    "means_paper": "on paper",
    "means_provider": "reported by the provider",
    "means_erasure": "with the erasure of all data",
    "means_provider_list": "from the provider's list",
    "not_direct": "not given to the agency itself",
    "suppressed": "Wants no messages at all",
    "suspected": "May have asked for no more promotions; they wait until you decide",
    "objected": "Objects to being assessed: no card is made",
    "restricted": "Restricted: the data is kept and may not be used, so no texts and no cards",
    "decide": "What did the person mean?",
    "decide_stop": "No more promotions",
    "decide_clear": "Nothing of the kind",
    "grant": "The person allows promotions",
    "withdraw": "The person refuses promotions",
    "why_not_a_mobile_number": "This number takes no texts: it is a fixed line or belongs to a "
    "service. Use the person's mobile number.",
    "why_sender_not_yours": "This number is not yours, or not any more. Send from one of your own.",
    "why_sender_not_allowed": "Senders made of letters are not allowed in the recipient's "
    "country. Send from one of your numbers.",
    "why_sender_suffix_missing": "In the recipient's country a promotion is sent under a name "
    "that marks it as one (in Saudi Arabia it ends in -AD). Choose such a sender.",
    "why_sender_suffix_misused": "This sender is marked for promotions. Choose another one for a "
    "message of this class.",
    "why_sender_not_registered": "This sender is not registered for promotions in the recipient's "
    "country. Register it with the authority there and record the registration under your "
    "senders.",
    "why_too_long": "The text has more than 10 parts. Shorten it or send it as several messages.",
    "why_no_transfer_safeguard": "No safeguard for sending data to the recipient's country is in "
    "force. Record one under your safeguards, then send again.",
    "why_restricted": "The person's data may be kept and not used until a request about it is "
    "decided. Do not send until it is; then record the end of the restriction.",
    "why_withdrawn": "The person does not want these messages any more. Do not send again until "
    "the person agrees anew; then record the consent.",
    "why_suppressed": "The person has asked to get no more texts from you. Use another way, or "
    "wait until the person writes START.",
    "why_no_consent": "The person has not agreed to promotions. Ask for consent and record it "
    "before you send any.",
    "why_not_collected_directly": "In the recipient's country promotions may go only to people "
    "who gave you their data themselves. Ask the person for consent and record it.",
    "why_suspected_revocation": "The person may have asked you to stop. Read the conversation and "
    "decide: record a withdrawal, or clear the suspicion.",
    "why_consent_unknown": "Nobody can tell now whether the person still agrees, so promotions "
    "wait. Send again in a few minutes.",
    "why_no_common_hour": "No hour of the day suits a promotion everywhere this number may be. "
    "Use another number of the person.",
    "why_quiet_hours": "It is too late or too early for a promotion where the recipient may be. "
    "It is sent when the hours there allow it.",
    "why_recipient_stopped": "The person has told the provider STOP. Do not text again unless the "
    "person writes START.",
    "why_provider_unpaid": "The provider wants to be paid before it sends more. Ask your operator "
    "to see to that, then send it again.",
    "why_provider_disabled": "The provider has switched texts off for your agency. Ask your "
    "operator to have them switched on, then send it again.",
    "why_region_blocked": "The provider does not let this sender reach this country. Ask your "
    "operator to have it allowed.",
    "why_spend_limit": "As much was spent on texts as your agency's limit allows. Ask your "
    "operator to raise it, or send it again tomorrow.",
    "why_sender_unhealthy": "Too much of what this sender sends is not delivered, so that the "
    "provider holds it back. Ask your operator to look into it before you send more.",
    "why_number_unusable": "No text can reach this number. Check it, or use another number of the "
    "person.",
    "why_sender_blocked": "The provider does not let this sender send. Ask your operator to "
    "register or unblock it, then send it again.",
    "why_sender_misconfigured": "The sender is not set up at the provider. Ask your operator to "
    "correct it.",
    "why_content_refused": "The provider does not take this text. Change or shorten it, then send "
    "it again.",
    "why_needs_attention": "The provider holds messages of this kind back. Ask your operator to "
    "look into it before you send more.",
    "why_held_back": "The provider blocks such messages for a day. Wait, and send it again then.",
    "why_sent_too_fast": "More messages were sent than the networks take. Send it again later, "
    "and fewer at a time.",
    "why_not_reached_now": "The person's network did not take the message. Send it again later.",
    "why_provider_refused": "The provider refused the message for a reason not known here. Look "
    "its code up, or ask it.",
    "why_provider_unreachable": "The provider could not be reached while the message was still "
    "wanted. Send it again.",
    "why_attempt_delayed": "The platform was too slow to send the message while it was still "
    "wanted. Send it again.",
    "why_provider_denied": "The provider did not admit the platform while the message was still "
    "wanted. Ask your operator to look into it, then send it again.",
}
