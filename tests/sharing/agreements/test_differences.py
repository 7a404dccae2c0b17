"""Two Versions side by side: what changed, in words, and what belongs together."""

import pytest

from sharing.agreements import texts
from sharing.agreements.differences import PARTS, TERMS, Fate, between, exact, labelled
from sharing.agreements.schema import KEYS
from tests.sharing.agreements.conftest import clause, text


def canonical(*clauses, **parts):
    found = text(*clauses, **{"effective_until": None, **parts})
    found["parties"] = [{"slug": slug, "hidden": False} for slug in found["parties"]]
    return found


def changed(before, after):
    found = between(canonical(clause(**before)), canonical(clause(**after)))
    [one] = found.clauses
    return {change.label: change.sentence for change in one.changes}


def test_every_term_has_a_label():
    assert TERMS.keys() == KEYS.keys()
    assert {*PARTS, "clauses"} == {*texts.KEYS, texts.DOCUMENT}


def test_nothing_is_told_when_the_texts_are_alike():
    found = between(canonical(), canonical())
    assert found.same
    assert found.clauses[0].fate == Fate.SAME


@pytest.mark.parametrize(
    ("term", "before", "after", "sentence"),
    [
        ("min_confidence", 30, 50, "Raised from 30 to 50."),
        ("retention_days", 3650, 90, "Lowered from 3,650 to 90."),
        ("roles", ["mule"], ["mule", "victim"], "Adds victim."),
        (
            "review_status",
            "all",
            ["reviewed"],
            "Drops pending and unreviewed.",
        ),
        (
            "to",
            [{"kind": "bank"}],
            ["liaison"],
            "Adds liaison. Drops every bank.",
        ),
        ("government_recipients", False, True, "It was no; it is yes."),
        ("disclosure", "value", "token", "It was value; it is token."),
        ("may_train", None, True, "It was not said; it is yes."),
        ("embargo_until", "2030-01-01", None, "It is not said; it was 2030-01-01."),
        (
            "redaction",
            {"note": "keep"},
            {"note": "drop", "labels": "keep"},
            "Changes labels from the default to keep and note from keep to drop.",
        ),
    ],
)
def test_change_of_a_term_is_told_in_words(term, before, after, sentence):
    assert changed({term: before}, {term: after}) == {TERMS[term]: sentence}


def test_all_and_the_whole_list_are_the_same():
    spelt = ["unreviewed", "pending", "reviewed"]
    assert changed({"review_status": "all"}, {"review_status": spelt}) == {}


def test_clause_is_added_or_dropped_when_the_other_text_lacks_it():
    found = between(
        canonical(clause("A"), clause("B")), canonical(clause("A"), clause("C"))
    )
    assert [(one.name, one.fate) for one in found.clauses] == [
        ("A", Fate.SAME),
        ("C", Fate.ADDED),
        ("B", Fate.DROPPED),
    ]


def test_clause_is_the_same_one_when_it_feeds_the_same_collection():
    old, new = canonical(clause("A"), clause("B")), canonical(clause("Z"))
    found = between(old, new, old_feeds=[1, 2], new_feeds=[2])
    assert [(one.name, one.fate) for one in found.clauses] == [
        ("Z", Fate.CHANGED),
        ("A", Fate.DROPPED),
    ]
    assert found.clauses[0].changes[0].sentence == "It was B; it is Z."


def test_parts_of_the_text_are_compared_too():
    found = between(
        canonical(), canonical(title="Other", parties=["meadow", "northline"])
    )
    told = {change.label: change.sentence for change in found.parts}
    assert told["Title"] == "It was Coalition; it is Other."
    assert told["Parties"] == "Adds northline. Drops harbour, liaison and sentry."


def test_terms_are_shown_exactly_and_in_order():
    shown = labelled({"may_train": False, "from": ["a", {"kind": "bank"}]})
    assert shown == [
        ("from", "Contributors", "a, kind: bank"),
        ("may_train", "Training of models", "no"),
    ]
    assert exact([]) == "nobody and nothing"
