"""A type is there as soon as its file is, and knows what holds for it."""

import pytest

from sharing import vocabulary as v
from sharing.agreements.prose import TYPE_WORDS
from sharing.indicators.types import TYPES, hash_only


def test_every_type_has_its_examples_and_words():
    assert set(TYPES) == set(v.VALID_FOR) == set(TYPE_WORDS)
    for type_ in TYPES.values():
        assert len(type_.examples) >= 2
        assert len(type_.bad_examples) >= 3


def test_types_that_are_only_hashed_are_those_of_the_vocabulary():
    assert (
        {kind for kind in TYPES if hash_only(kind)} == v.HASH_ONLY == {"payment_card"}
    )


def test_what_no_type_knows_is_never_kept_in_clear():
    assert hash_only("fax")


@pytest.mark.parametrize(
    "kind", ["phone", "ipv4", "payment_card", "iban", "bank_account", "cidr"]
)
def test_types_with_few_values_are_known_as_such(kind):
    assert kind in v.LOW_ENTROPY


def test_claims_about_accounts_outlive_those_about_numbers():
    days = {str(kind): time.days for kind, time in v.VALID_FOR.items()}
    assert days["phone"] == days["cidr"] == 90
    assert days["payment_handle"] == days["platform_account"] == 180
    assert days["iban"] == days["tron_wallet"] == days["file_sha256"] == 365
