"""A clause in plain words: what it says, and nothing that it does not."""

from typing import Any

import pytest
import yaml

from sharing.agreements.prose import clause, listed
from sharing.agreements.texts import terms_in
from tests.coalition import FILE
from tests.sharing.agreements.conftest import TERMS

NAMES = {
    "meadow": "Meadow Social",
    "sentry": "Sentry Security",
    "harbour": "Harbour Bank",
    "liaison": "Liaison Office",
}


def said(**terms: Any) -> str:
    return str(clause({**TERMS, **terms}, NAMES))


def demo(place: int) -> str:
    text = yaml.safe_load(FILE.read_text())
    return str(clause(terms_in(text["clauses"][place]), NAMES))


def test_demo_clause_reads_as_counsel_would_say_it():
    assert demo(0) == (
        "Meadow Social and Sentry Security give indicators of every type to every"
        " bank, every platform and every security vendor among the parties, as keyed"
        " tokens, never as the values themselves."
        " Not to governments, even where one is named."
        " A claim enters for the role perpetrator, mule or infrastructure, with a"
        " confidence of 30 or more, marked TLP:AMBER or more open."
        " Recipients may use it for detection, disruption and victim support, and for"
        " nothing else."
        " Legal basis: Legitimate interest in the prevention of fraud (GDPR, article"
        " 6(1)(f))."
        " It may not be used for training models."
        " Recipients see who contributed each record."
        " Left out: note."
        " What recipients report back about a record (sightings and verdicts) is seen by"
        " its contributor, with the name of whoever reports."
        " Kept 180 days from its first release."
    )


def test_clause_for_governments_says_so_and_names_its_types():
    shown = demo(1)
    assert shown.startswith(
        "Meadow Social and Sentry Security give domains, URLs, e-mail addresses, phone"
        " numbers, EVM wallets and Bitcoin wallets about romance, investment, phishing,"
        " job offer and other scams to Liaison Office, with the value itself"
    )
    assert "Government organizations among the recipients receive it too." in shown
    assert "Given to the day only: first seen, last seen and valid until." in shown


def test_single_contributor_gives_and_training_is_named_when_it_is_allowed():
    shown = demo(2)
    assert shown.startswith(
        "Sentry Security gives domains and URLs to Harbour Bank and"
    )
    assert "Only to recipients in GB and US." in shown
    assert "It may be used for training models." in shown
    assert "Left out" not in shown


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"disclosure": "query"}, "only as a yes or no to a question about one value"),
        ({"disclosure": "query"}, "which tells the hub what was hit."),
        ({"from": "all parties"}, "Every party gives indicators"),
        ({"from": [{"kind": "bank"}]}, "Every bank among the parties gives"),
        ({"from": []}, "nobody"),
        ({"originator": "hidden"}, "do not learn who contributed"),
        ({"redaction": {"originator": "drop"}}, "do not learn who contributed"),
        ({"redaction": {"originator": "pseudonym"}}, "see a pseudonym"),
        (
            {"disclosure": "value", "redaction": {"value": "domain"}},
            "The value is given to the domain only.",
        ),
        ({"review_status": ["reviewed"]}, "It enters only when it is reviewed."),
        ({"roles": []}, "for no role at all"),
        ({}, "is seen by its contributor, with the name of whoever reports."),
        (
            {"feedback": "recipients", "feedback_giver": "unnamed"},
            "by its contributor and the other recipients, without the name",
        ),
        ({"disclosure": "query"}, "No sightings or verdicts are given"),
        ({"retention_days": 1}, "Kept 1 day from"),
        (
            {"embargo_until": "2030-01-01"},
            "Nothing is released before 2030-01-01 00:00:00 UTC.",
        ),
    ],
)
def test_sentence_is_there_when_the_term_says_it(terms, sentence):
    assert sentence.casefold() in said(**terms).casefold()


@pytest.mark.parametrize("raw", [None, [], {}, {"from": 3, "to": {}}, {"types": [1]}])
def test_clause_that_cannot_be_read_says_so_and_never_fails(raw):
    assert "It permits nothing as it stands" in str(clause(raw, NAMES))


def test_silence_is_read_as_the_safe_meaning():
    shown = said()
    assert "Not to governments" in shown
    assert "as keyed tokens" in shown
    assert "may not be used for training" in shown
    assert "Left out: labels and note." in shown


def test_list_reads_as_people_write_it():
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
