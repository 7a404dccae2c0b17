"""Telephone numbers in E.164 form."""

import re
from typing import ClassVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat
from phonenumbers.phonenumberutil import ValidationResult

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.vocabulary import IndicatorKind

MEXICO = 52
_LOOKS = re.compile(
    r"(?:tel:)?\s*[+\uff0b]?[\d\s().\-/\u2010-\u2015\xa0]+(?:(?:ext\.?|x|#)\s*\d{1,7})?",
    re.IGNORECASE,
)
_DIGITS_MIN = 7


class Phone(IndicatorType):
    """E.164, without extension. A national number needs the region it is dialled in.

    The length must fit the numbering plan; whether the number is assigned is not asked,
    because scam calls show numbers that nobody holds.
    """

    name = IndicatorKind.PHONE
    rank = 50
    length_max = 200
    examples: ClassVar = (
        ("+442079460958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("tel:+44-20-7946-0958;ext=12", "+442079460958"),
        ("+44 20 7946 0958 ext. 7", "+442079460958"),
        ("\uff0b\uff14\uff14 20 7946 0958", "+442079460958"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+54 11 15 2345-6789", "+5491123456789"),
    )
    region_examples: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("020 7946 0958", "GB", "+442079460958"),
        ("٠٢٠ ٧٩٤٦ ٠٩٥٨", "gb", "+442079460958"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("0044 20 7946 0958", "DE", "+442079460958"),
    )
    bad_examples: ClassVar = (
        "020 7946 0958",
        "+44 12",
        "+999 1234567890",
        "+1234567890123456789",
        "call me",
        "+",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        where = _region(region)
        number = _e164(text, where)
        if number == text:  # with its country code, so no region changed how it is read
            return number
        # Writing a number out can change how its prefix is read; settle before keeping.
        for _ in range(3):
            again = _e164(number, None)
            if again == number:
                return number
            number = again
        raise BadValue("bad-phone", "This is no possible telephone number.")

    def recognises(self, text: str) -> bool:
        if _LOOKS.fullmatch(text) is None:
            return False
        return sum(map(str.isdigit, text)) >= _DIGITS_MIN


def _region(region: str | None) -> str | None:
    if not region:
        return None
    code = region.upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise BadValue("bad-region", "The region is no known ISO 3166 code.")
    return code


def _e164(text: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not region:
            raise BadValue(
                "region-needed",
                "A number without country code needs a region; this code is not known.",
            ) from None
        raise BadValue("bad-phone", "This is no telephone number.") from None
    number = _mexico(number)
    if (
        phonenumbers.is_possible_number_with_reason(number)
        != ValidationResult.IS_POSSIBLE
    ):
        raise BadValue(
            "bad-phone", "The number has no possible length for its country."
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _mexico(number: PhoneNumber) -> PhoneNumber:
    """Until 2019 a 1 stood between +52 and a mobile number; the number is the same."""
    national = str(number.national_number)
    if number.country_code == MEXICO and len(national) == 11 and national[0] == "1":
        return PhoneNumber(country_code=MEXICO, national_number=int(national[1:]))
    return number
