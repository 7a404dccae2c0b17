"""What a filter asks for, and which releases fit."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.lib.errors import Invalid
from sharing.inbox import wanting
from sharing.inbox.wanting import Facts, Wanted

HERE, WHO = UUID(int=1), UUID(int=2)
SAID = Facts("phone", "investment", "green", 70, str(WHO))


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(collection=HERE), True),
        (Wanted(collection=uuid4()), False),
        (Wanted(types={"phone", "url"}), True),
        (Wanted(types={"url"}), False),
        (Wanted(scam_types={"investment"}), True),
        (Wanted(scam_types={"romance"}), False),
        (Wanted(tlp={"green"}), True),
        (Wanted(tlp={"red"}), False),
        (Wanted(confidence=70), True),
        (Wanted(confidence=71), False),
        (Wanted(contributor=WHO), True),
        (Wanted(contributor=HERE), False),
        (Wanted(types={"phone"}, confidence=71), False),
        (Wanted(types={"phone"}, confidence=10, tlp={"green", "amber"}), True),
    ],
)
def test_release_fits_when_every_condition_holds(wanted: Wanted, fits: bool) -> None:
    assert wanted.fits(HERE, SAID) is fits


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(types={"phone"}),
        Wanted(scam_types={"investment"}),
        Wanted(tlp={"green"}),
        Wanted(confidence=0),
        Wanted(contributor=WHO),
    ],
)
def test_what_a_clause_left_out_fits_no_condition_about_it(wanted: Wanted) -> None:
    assert not wanted.fits(HERE, Facts.of({}))


def test_pseudonym_is_no_contributor() -> None:
    facts = Facts.of({"type": "phone", "originator": {"id": "p-91"}})
    assert not Wanted(contributor=WHO).fits(HERE, facts)


WHOLE: dict[str, Any] = {
    "collection": str(HERE),
    "types": ["phone", "url"],
    "scam_types": ["romance"],
    "tlp": ["amber+strict"],
    "confidence": 0,
    "contributor": str(WHO),
}


def test_conditions_are_told_in_words_without_ids() -> None:
    said = "phone, url; romance; TLP amber+strict; confidence 0 or more"
    told = wanting.read(WHOLE).words
    assert told == f"{said}; in one collection; of one contributor"
    assert Wanted(scam_types={"job_offer"}).words == "job offer"


def test_conditions_are_read_as_they_were_stored() -> None:
    assert wanting.read(WHOLE).stored() == WHOLE


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ([], "where"),
        ({}, "where"),
        ({"types": []}, "where"),
        ({"value": "x"}, "value"),
        ({"types": ["telephone"]}, "types"),
        ({"types": "phone"}, "types"),
        ({"types": [["phone"]]}, "types"),
        ({"tlp": ["purple"]}, "tlp"),
        ({"scam_types": [7]}, "scam_types"),
        ({"confidence": 101}, "confidence"),
        ({"confidence": True}, "confidence"),
        ({"confidence": "70"}, "confidence"),
        ({"collection": "x"}, "collection"),
        ({"contributor": 7}, "contributor"),
    ],
)
def test_what_is_no_condition_is_named(said: object, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        wanting.read(said)
    assert refused.value.errors[0]["field"] == field
