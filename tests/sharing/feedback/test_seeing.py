"""Who sees what was said about a record, and until when."""

import json

import pytest

from hub.lib.clock import iso, now
from hub.lib.errors import NotFound
from sharing.agreements import lifecycle
from sharing.distribution.models import Release
from sharing.feedback import selectors, services
from sharing.indicators.models import Indicator
from tests.cast import acting, home_of
from tests.coalition import collection, send, work_off
from tests.sharing.distribution.amending import amended, enacted
from tests.sharing.feedback.telling import (
    FRAUD,
    HOST,
    LINE,
    release_of,
    say,
    under,
)
from tests.sharing.lookup.questions import ASKED, with_questions
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

POOLED = {"originator": "hidden", "redaction": {"note": "drop", "labels": "drop"}}


def seen(person, release):
    return selectors.of_release(actor=acting(person), release_id=release)


def about(person):
    claim = stored(Indicator).get(owner=home_of(person))
    return selectors.of_claim(actor=acting(person), claim_id=claim.pk)


def givers(feedback):
    return [each.giver and each.giver.name for each in feedback.verdicts]


def test_contributor_and_giver_alone_see_it_when_the_clause_says_nothing(
    record, alice, bob, frank, carol, dana
):
    say(bob, record, "confirmed_harmful", note="Blocked at once.")
    say(bob, record, "blocked", count=4)
    mine, hers = seen(bob, record), about(alice)
    assert (mine.roll_up, mine.yours.kind) == ("positive", "confirmed_harmful")
    assert hers.roll_up == "positive"
    [clause] = hers.clauses
    assert clause.clause.name == FRAUD
    assert givers(clause.feedback) == ["Harbour Bank"]
    assert clause.feedback.verdicts[0].note == "Blocked at once."
    assert [(x.kind, x.count) for x in clause.feedback.sightings] == [("blocked", 4)]
    assert seen(alice, record).roll_up == "positive"
    nothing = seen(frank, record)
    assert (nothing.roll_up, nothing.verdicts, nothing.sightings) == (None, (), ())
    for stranger in (carol, dana):
        with pytest.raises(NotFound):
            seen(stranger, record)
    with pytest.raises(NotFound):
        selectors.of_claim(actor=acting(bob), claim_id=hers.indicator)


def test_recipients_see_it_when_the_clause_says_so_but_neither_note_nor_hour(
    coalition, alice, bob, frank
):
    under(coalition, feedback="recipients")
    send(alice, [LINE])
    record = release_of(alice)
    say(bob, record, "false_positive", note="Between us.")
    say(frank, record, "helpful")
    told = seen(frank, record)
    assert told.roll_up == "contested"
    assert told.counts == {"false_positive": 1, "helpful": 1}
    assert givers(told) == ["Harbour Bank", "Sentry Security"]
    assert told.verdicts[0].note is None
    assert told.verdicts[0].given_at.time().isoformat() == "00:00:00"
    assert about(alice).clauses[0].feedback.verdicts[0].note == "Between us."


def test_nobody_is_named_when_the_clause_says_unnamed(coalition, alice, bob, frank):
    under(coalition, feedback="recipients", feedback_giver="unnamed")
    send(alice, [LINE])
    record = release_of(alice)
    say(bob, record, "helpful")
    assert givers(seen(frank, record)) == givers(about(alice).clauses[0].feedback)
    assert givers(seen(frank, record)) == [None]
    assert givers(seen(bob, record)) == ["Harbour Bank"]


def test_recipients_are_not_named_where_the_contributor_hides(
    coalition, alice, bob, frank
):
    terms = {"from": ["meadow", "sentry", "harbour"], "feedback": "recipients"}
    under(coalition, **terms, **POOLED)
    send(alice, [LINE])
    record = release_of(alice)
    say(bob, record, "helpful")
    say(frank, record, "in_review")
    told = seen(frank, record)
    assert givers(told) == [None, "Sentry Security"]
    shown = json.dumps(repr(told))
    assert str(home_of(alice).pk) not in shown
    assert "Meadow" not in shown
    assert givers(about(alice).clauses[0].feedback) == [
        "Harbour Bank",
        "Sentry Security",
    ]


def test_later_text_opens_nothing_that_was_given_under_a_narrower_one(
    coalition, record, bob, frank, alice
):
    say(bob, record, "helpful")
    under(coalition, feedback="recipients")
    assert seen(frank, record).verdicts == ()
    assert say(bob, record, "helpful").changed == 1  # said again, under this text
    assert seen(frank, record).roll_up == "positive"
    under(coalition, feedback="recipients", feedback_giver="unnamed")
    assert givers(seen(frank, record)) == [None]
    under(coalition, feedback="contributor")
    assert seen(frank, record).verdicts == ()
    assert about(alice).roll_up == "positive"


def test_criticism_ends_when_its_owner_mends_what_was_criticised(
    record, alice, bob, frank
):
    say(bob, record, "wrong_type")
    say(frank, record, "outdated")
    assert about(alice).roll_up == "negative"
    send(alice, [{"op": "correct", "value": HOST, "scam_type": "phishing"}])
    [clause] = about(alice).clauses
    assert {x.kind: x.stands for x in clause.feedback.verdicts} == {
        "wrong_type": False,
        "outdated": True,
    }
    assert seen(bob, record).roll_up is None
    send(alice, [{**LINE, "scam_type": "phishing", "last_seen": iso(now())}])
    assert about(alice).roll_up is None


def test_false_positive_stands_until_the_claim_is_withdrawn(record, alice, bob):
    say(bob, record, "false_positive")
    send(alice, [{"op": "correct", "value": HOST, "scam_type": "phishing"}])
    assert about(alice).roll_up == "negative"
    send(alice, [{"op": "withdraw", "value": HOST}])
    assert about(alice).roll_up is None
    assert seen(bob, record).roll_up is None
    send(alice, [LINE])
    assert about(alice).roll_up == "negative", "sent again, nothing was mended"


def test_feedback_of_a_party_goes_with_it_when_it_leaves(
    coalition, record, alice, bob, bob_signs
):
    say(bob, record, "helpful")
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Enough."
    )
    work_off()
    assert about(alice).clauses == ()
    with pytest.raises(NotFound):
        seen(bob, record)
    assert services.take_back(actor=acting(bob), release_id=record) == 1


def test_hidden_party_is_neither_named_nor_counted(coalition, alice, bob, frank):
    enacted(
        amended(
            coalition.agreement_id,
            {FRAUD: {"feedback": "recipients"}},
            hidden=("harbour",),
        )
    )
    send(alice, [LINE])
    record = release_of(alice)
    say(bob, record, "helpful")
    assert seen(bob, record).roll_up == "positive"
    assert about(alice).clauses == ()
    assert seen(frank, record).verdicts == ()


def test_nothing_is_shown_where_one_can_only_ask(coalition, alice, bob):
    with_questions(coalition.agreement_id)
    send(alice, [LINE])
    with pytest.raises(NotFound):
        seen(bob, release_of(alice, ASKED))


def test_newest_word_of_an_organization_counts_for_the_claim(
    coalition, alice, bob, frank
):
    """Vendor exchange is Frank's, so the same claim stands in one clause or two."""
    send(frank, [{**LINE, "tlp": "green"}])
    titles = [FRAUD, "Vendor exchange"]
    for title, kind in zip(titles, ("false_positive", "helpful"), strict=True):
        say(bob, release_of(frank, title), kind)
    found = about(frank)
    assert [x.feedback.roll_up for x in found.clauses] == ["negative", "positive"]
    assert found.roll_up == "positive"


def test_many_are_told_at_once_and_the_silent_are_left_out(
    coalition, alice, bob, frank
):
    send(alice, [LINE, {**LINE, "value": "other.scam.example"}])
    stream = collection(FRAUD)
    rows = stored(Release).filter(generation__collection=stream)
    some = {row.public_id for row in rows}
    one = min(some)
    say(bob, one, "seen")
    found = selectors.of_releases(actor=acting(bob), release_ids=some)
    assert found.keys() == {one}
    assert selectors.of_releases(actor=acting(frank), release_ids=some) == {}
