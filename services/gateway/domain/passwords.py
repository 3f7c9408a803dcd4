"""Which passwords are refused (OWASP ASVS 5.0, 6.2: length counts, composition does not)."""

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 5

_COMMON = frozenset(
    {
        "111111111111",
        "123123123123",
        "1234567890ab",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "abcdefghijklm",
        "adminadminadmin",
        "administrator",
        "asdfghjkl123",
        "changeme1234",
        "changeme12345",
        "changemenow!",
        "iloveyou1234",
        "letmein12345",
        "letmeinplease",
        "passw0rd1234",
        "password1234",
        "password12345",
        "password123456",
        "passwordpassword",
        "q1w2e3r4t5y6",
        "qazwsxedcrfv",
        "qwerty123456",
        "qwertyqwerty",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdf",
        "trustno1trustno1",
        "welcome12345",
        "welcome123456",
        "zaq12wsxcde3",
        "correcthorsebatterystaple",
        "p@ssw0rd1234",
        "p@ssword1234",
        "administrator1",
        "football1234",
        "baseball1234",
        "sunshine1234",
        "superman1234",
        "princess1234",
    }
)
_RUNS = (
    "0123456789" * 3,
    "9876543210" * 3,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


class WeakPassword(ValueError):
    """A password that is refused; the message says what to do and does not repeat it."""


def check(password: str, *, email: str) -> None:
    """Raises WeakPassword for one that is too short, too long, common, or about its owner."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"use {SHORTEST} to {LONGEST} characters")
    plain = password.casefold()
    if plain in _COMMON or any(plain in run for run in _RUNS):
        raise WeakPassword("this one is among the first that anybody would try: choose another")
    if len(set(plain)) < FEWEST_DIFFERENT:
        raise WeakPassword(f"use at least {FEWEST_DIFFERENT} different characters")
    if email.partition("@")[0] in plain and len(email.partition("@")[0]) > 3:
        raise WeakPassword("leave your e-mail address out of it")
