"""The check before submitting: every line, every partner, and nothing stored."""

import json

import pytest

from hub.lib.errors import Forbidden, Invalid, Malformed, TooLarge
from orgs.accounts.actor import Role
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.distribution.foreseeing import dry_run
from sharing.distribution.models import Release
from sharing.events.models import OutboxRow
from sharing.indicators.models import ClaimBatch, Indicator
from sharing.intake.models import Chunk, ChunkResult, LineProblem, Submission
from tests.cast import acting, person_in
from tests.coalition import send
from tests.sharing.distribution.amending import amended, enacted
from tests.sharing.intake.held import LIMIT, lines, make_settled, make_small
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
MIXED = """hxxps://pay[.]example/x
pay.example
020 7946 0123
google.com
pay[.]example
"""


def checked(person, text, media="text/plain", **defaults):
    return dry_run(
        actor=acting(person),
        stream=[text.encode()],
        content_type=media,
        defaults=defaults,
    )


def outcomes(found):
    return {each.number: str(each.outcome) for each in found.checked.lines}


def clause(found, name):
    [one] = [each for each in found.clauses if each.clause.name == name]
    return one


def test_every_line_is_told_with_type_form_and_fault(coalition, alice):
    found = checked(alice, MIXED).checked
    one, two, three, four, five = found.lines
    assert (one.seen.kind, one.seen.how, one.text) == (
        "url",
        "guessed",
        "https://pay.example/x",
    )
    assert (two.outcome, five.outcome) == ("created", "unchanged")
    assert five.same_as == 2
    assert (three.outcome, three.field, three.text) == (
        "rejected",
        "value",
        "020 7946 0123",
    )
    assert "country" in three.detail
    assert (four.outcome, four.seen.kind) == ("stopped", "domain")


def test_what_is_known_already_is_told_apart(coalition, alice):
    send(alice, [{"value": "a.example"}, {"value": "b.example", "confidence": 20}])
    found = checked(alice, "a.example\nb.example\nc.example\n")
    assert outcomes(found) == {1: "unchanged", 2: "updated", 3: "created"}
    fraud = clause(found, FRAUD)
    assert (fraud.new, fraud.revised, fraud.unchanged) == (2, 0, 0)


def test_partners_see_exactly_the_bytes_that_would_leave(coalition, alice):
    found = checked(alice, "pay.example\n", scam_type="investment", confidence="80")
    fraud, police = clause(found, FRAUD), clause(found, POLICE)
    assert {each.name for each in fraud.recipients} == {
        "Harbour Bank",
        "Sentry Security",
    }
    assert {each.name for each in police.recipients} == {"Liaison Office"}
    [sample] = police.samples
    assert json.loads(sample.payload)["value"] == "pay.example"
    [masked] = fraud.samples
    assert b"pay.example" not in masked.payload
    assert json.loads(masked.payload)["token"].startswith("1:")


def test_reasons_are_told_when_a_clause_takes_nothing(coalition, alice):
    found = checked(alice, "pay.example\n", confidence="10")
    fraud = clause(found, FRAUD)
    assert (fraud.new, fraud.withheld) == (0, 1)
    assert [each.sentence for each in fraud.reasons] == ["Confidence is below 30."]
    assert {each.organization.name for each in found.nothing_for} == {
        "Harbour Bank",
        "Liaison Office",
        "Sentry Security",
    }


def test_withdrawal_is_foretold_as_a_tombstone(coalition, alice):
    send(alice, [{"value": "a.example", "confidence": 80}])
    line = '{"op":"withdraw","value":"a.example"}'
    found = checked(alice, line, "application/x-ndjson")
    assert outcomes(found) == {1: "withdrawn"}
    assert (clause(found, FRAUD).taken_back, clause(found, FRAUD).withheld) == (1, 0)


def test_correction_of_nothing_is_foretold_as_rejected(coalition, alice):
    line = '{"op":"correct","value":"a.example","confidence":90}'
    [told] = checked(alice, line, "application/x-ndjson").checked.lines
    assert (told.outcome, told.code) == ("rejected", "not-found")


def test_analyst_cannot_take_back_in_a_check_either(coalition, meadow):
    ann = person_in(meadow, "ann", Role.ANALYST)
    line = '{"op":"withdraw","value":"a.example"}'
    [told] = checked(ann, line, "application/x-ndjson").checked.lines
    assert (told.outcome, told.code) == ("rejected", "forbidden")


def test_nothing_but_an_audit_row_without_values_is_stored(coalition, alice):
    send(alice, [{"value": "a.example", "confidence": 80}])
    models = (
        Indicator,
        ClaimBatch,
        Submission,
        Chunk,
        ChunkResult,
        LineProblem,
        OutboxRow,
        Release,
    )
    before = [stored(model).count() for model in models]
    marks = list(stored(Indicator).values_list("revision", "updated_at"))
    checked(alice, "a.example\nb.example\nnothing at all\n", tlp="green")
    assert [stored(model).count() for model in models] == before
    assert list(stored(Indicator).values_list("revision", "updated_at")) == marks
    row = stored(AuditEvent).get(verb=Verb.SUBMISSION_CHECK)
    assert row.detail == {"lines": 3}


def test_card_is_shown_by_its_last_digits_alone(coalition, alice):
    [told] = checked(alice, "4111 1111 1111 1111", type="payment_card").checked.lines
    assert told.text == "…1111"


def test_wait_for_a_second_person_is_foretold(quiet_bells, alice, meadow, monkeypatch):
    make_small(monkeypatch)
    make_settled(meadow)
    many = "\n".join(lines(LIMIT))
    assert checked(alice, many).checked.wait.cause == "rise"
    assert checked(alice, "a.example").checked.wait is None


def test_lines_beyond_the_limit_are_counted_and_said(coalition, alice, monkeypatch):
    monkeypatch.setattr(v, "CHECK_LINES", 3)
    monkeypatch.setattr(v, "CHECK_COUNTED", 5)
    body = checked(alice, "".join(f"h{n}.example\n" for n in range(4))).checked.body
    assert (len(body.lines), body.counted, body.more) == (3, 4, False)
    body = checked(alice, "".join(f"h{n}.example\n" for n in range(9))).checked.body
    assert (len(body.lines), body.counted, body.more) == (3, 5, True)


def test_body_is_refused_when_it_is_too_large_to_check(coalition, alice, monkeypatch):
    monkeypatch.setattr(v, "CHECK_BYTES", 10)
    with pytest.raises(TooLarge):
        checked(alice, "a-long-name.example\n")


def test_check_refuses_what_submitting_refuses(coalition, alice, meadow):
    with pytest.raises(Invalid):
        checked(alice, "\n\n")
    with pytest.raises(Invalid):
        checked(alice, "a.example", tlp="purple")
    with pytest.raises(Malformed):
        checked(alice, "[", "application/json")
    auditor = person_in(meadow, "aud", Role.AUDITOR)
    with pytest.raises(Forbidden):
        checked(auditor, "a.example")


def test_embargo_is_foretold_with_its_end(coalition, alice):
    until = "2040-01-01T00:00:00Z"
    enacted(amended(coalition.agreement_id, {FRAUD: {"embargo_until": until}}))
    line = '{"value":"a.example","valid_until":"2041-01-01T00:00:00Z"}'
    fraud = clause(checked(alice, line, "application/x-ndjson"), FRAUD)
    assert (fraud.new, fraud.not_before.year) == (1, 2040)
