"""`all` in a signed text covers what the hub knew when it was first signed."""

from collections.abc import Callable, Iterator
from enum import StrEnum

import pytest
from django.db import DatabaseError, transaction

from orgs.accounts.models import User
from sharing import vocabulary as v
from sharing.agreements import facts, reading, schema, services
from sharing.agreements.models import Clause, Version
from sharing.agreements.policy import Terms
from tests.cast import acting
from tests.sharing.agreements.conftest import Enact, clause, text

NEW = {"types": "smoke_sign", "scam_types": "rain_making", "review_status": "dreamt"}
Learn = Callable[[], None]


@pytest.fixture
def learn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Learn]:
    """The hub comes to know one more word of each kind."""

    def do() -> None:
        for term, word in NEW.items():
            known = [str(each) for each in schema.VOCABULARIES[term]]
            words = [(each.upper(), each) for each in (*known, word)]
            larger: type[StrEnum] = StrEnum("Larger", words)  # type: ignore[misc]
            monkeypatch.setitem(schema.VOCABULARIES, term, larger)
            monkeypatch.setitem(schema._TODAY, term, sorted(larger))
            name = schema.KEYS[term][0]
            monkeypatch.setitem(schema.KEYS, term, (name, schema._words(larger)))
        facts._compiled.cache_clear()

    yield do
    facts._compiled.cache_clear()


def terms(version: Version) -> Terms:
    [found] = Clause.objects.filter(version=version)
    return facts.terms_of(found, version.agreement, version.number, ())


def test_signed_text_covers_no_word_that_the_hub_learnt_later(
    enact: Enact, learn: Learn
) -> None:
    signed = enact()
    learn()
    covered = terms(signed)
    assert covered.types == {*v.IndicatorKind}
    assert covered.scam_types == {*v.ScamType}
    assert covered.review_statuses == {*v.ReviewStatus}


def test_text_that_nobody_signed_covers_what_is_known_now(
    propose: Enact, learn: Learn
) -> None:
    version = propose()
    learn()
    assert "smoke_sign" in terms(version).types


def test_second_signature_covers_what_the_first_did(
    propose: Enact, signers: dict[str, User], learn: Learn
) -> None:
    version = propose()
    services.sign(actor=acting(signers["meadow"]), version_id=version.pk)
    learn()
    for slug in ("sentry", "harbour", "liaison"):
        services.sign(actor=acting(signers[slug]), version_id=version.pk)
    assert terms(version).types == {*v.IndicatorKind}


def test_words_tell_what_is_covered_and_what_an_amendment_adds(
    enact: Enact, learn: Learn, erin: User
) -> None:
    signed, staff = enact(), acting(erin)
    assert "indicators of every type" in str(
        reading.page(staff, signed).clauses[0].prose
    )
    learn()
    said = str(reading.page(staff, signed).clauses[0].prose)
    assert "every type" not in said
    assert "phone numbers" in said
    again = services.draft(
        actor=staff,
        text=text(clause(continues="Fraud"), effective_from="2025-02-01"),
        agreement_id=signed.agreement_id,
    )
    [changed] = reading.compare(staff, signed, again).difference.clauses
    told = {change.label: change.sentence for change in changed.changes}
    assert told["Types of indicator"] == "Adds smoke sign."


def test_database_keeps_what_was_known(enact: Enact, propose: Enact) -> None:
    signed = enact()
    with pytest.raises(DatabaseError, match="signed text"), transaction.atomic():
        Clause.objects.filter(version=signed).update(known={})
    open_ = propose(clause(continues="Fraud"))
    assert Clause.objects.filter(version=open_).update(known={}) == 1
