"""Submitting: whole or not at all, once, with an answer for every line."""

import gzip
import uuid

import pytest
from django.db.models import F

from hub.lib.errors import Conflict, Forbidden, Invalid, Malformed, NotFound
from orgs.accounts.actor import Actor, Right, Role
from orgs.audit.models import AuditEvent
from orgs.credentials.services import create_credential
from sharing import vocabulary as v
from sharing.events.models import OutboxRow
from sharing.indicators.models import Indicator
from sharing.intake import selectors
from sharing.intake import services as intake
from sharing.intake.models import Chunk, ChunkResult, LineProblem, Submission
from tests.cast import acting, person_in
from tests.coalition import pulled, send, work_off
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

TOP_SITE = "metamask.io"


def submit(person, body, **options):
    options.setdefault("content_type", "text/plain")
    return intake.submit(actor=acting(person), stream=[body], **options)


def view(person, batch):
    return selectors.submission(acting(person), batch.id)


def test_good_lines_are_accepted_and_broken_ones_get_an_error_each(quiet_bells, alice):
    lines: list[object] = [f"host-{n}.scam.example" for n in range(1000)]
    for n in range(50):
        lines.insert(n * 20, {"value": f"not a value {n}", "note": "x"})
    batch = send(alice, lines)
    found = view(alice, batch)
    assert (found.accepted, found.rejected, found.stopped) == (1000, 50, 0)
    assert (found.state, found.progress) == ("done", 1.0)
    problems = selectors.problems(acting(alice), batch.id)
    assert [each.line for each in problems] == [n * 20 + 1 for n in range(50)]
    assert {(each.field, each.code) for each in problems} == {("value", "unrecognised")}
    assert all(each.detail and "not a value" not in each.detail for each in problems)


def test_results_tell_every_line(quiet_bells, alice):
    send(alice, ["a.scam.example"])
    batch = send(
        alice,
        [
            "a.scam.example",
            "b.scam.example",
            "nonsense",
            TOP_SITE,
            {"op": "withdraw", "value": "b.scam.example"},
        ],
    )
    found = {
        each.line: each.outcome
        for each in selectors.line_results(acting(alice), batch.id)
    }
    assert found == {
        1: "unchanged",
        2: "created",
        3: "rejected",
        4: "stopped",
        5: "withdrawn",
    }


def test_chunks_are_cut_and_their_last_line_about_a_value_wins(
    quiet_bells, alice, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 3)
    lines = [{"value": f"h{n % 4}.scam.example", "confidence": n} for n in range(10)]
    batch = send(alice, lines, work=False)
    assert stored(Chunk).count() == 4
    OutboxRow.objects.filter(payload__number=0).update(shard=3)  # handled last
    work_off()
    found = dict(stored(Indicator).values_list("source_line", "confidence"))
    assert found == {7: 6, 8: 7, 9: 8, 10: 9}
    assert view(alice, batch).accepted == 10


def test_repeat_with_the_same_key_gives_the_same_submission(quiet_bells, alice, frank):
    first, new = submit(alice, b"a.example", idempotency_key="k")
    again, repeated = submit(alice, b"a.example", idempotency_key="k")
    assert (new, repeated, again.pk) == (True, False, first.pk)
    assert stored(Submission).count() == stored(Chunk).count() == 1
    _, theirs = submit(frank, b"a.example", idempotency_key="k")
    assert theirs is True
    with pytest.raises(Conflict):
        submit(alice, b"b.example", idempotency_key="k")


def test_submission_is_written_whole_with_its_audit_row(quiet_bells, alice):
    batch, _ = submit(alice, b"a.example\n\nb.example\n", defaults={"tlp": "green"})
    assert (batch.lines, batch.defaults) == (2, {"tlp": "green"})
    event = AuditEvent.objects.get(verb="intake:submission:create")
    assert (event.subject, event.detail) == (str(batch.id), {"lines": 2})


@pytest.mark.parametrize(
    ("body", "options", "error"),
    [
        (b"", {}, Invalid),
        (b"\n \n", {}, Invalid),
        (b"a.example", {"defaults": {"tlp": "pink"}}, Invalid),
        (b"a.example", {"defaults": {"colour": "pink"}}, Invalid),
        (b"xx", {"content_encoding": "gzip"}, Malformed),
        (b"a.example\n" * 9, {"idempotency_key": "k" * 300}, Malformed),
    ],
)
def test_nothing_is_written_when_a_submission_is_refused(
    quiet_bells, alice, body, options, error
):
    with pytest.raises(error):
        submit(alice, body, **options)
    assert stored(Submission).count() == OutboxRow.objects.count() == 0


def test_gzip_is_read(quiet_bells, alice):
    batch, _ = submit(alice, gzip.compress(b"a.example\n"), content_encoding="gzip")
    assert batch.lines == 1


def test_submitting_needs_the_right(quiet_bells, meadow):
    auditor = person_in(meadow, "ann", Role.AUDITOR)
    for actor in (acting(auditor), Actor()):
        with pytest.raises(Forbidden):
            intake.submit(actor=actor, stream=[b"x"], content_type="text/plain")


def test_analyst_may_not_take_back_what_was_shared(quiet_bells, meadow, alice):
    send(alice, ["a.scam.example"])
    analyst = person_in(meadow, "amy", Role.ANALYST)
    batch = send(analyst, [{"op": "withdraw", "value": "a.scam.example"}])
    assert stored(LineProblem).get(submission=batch).code == "forbidden"
    assert stored(Indicator).get().state == "active"


def test_stranger_sees_no_submission(quiet_bells, alice, bob):
    batch = send(alice, ["a.scam.example"])
    for read in (selectors.submission, selectors.problems):
        with pytest.raises(NotFound):
            read(acting(bob), batch.id)
    assert selectors.submissions(acting(bob)) == []


class TestOverruling:
    @pytest.fixture
    def stopped(self, coalition, alice):
        batch = send(alice, ["a.scam.example", TOP_SITE], tlp="green")
        assert "list" in stored(LineProblem).get(submission=batch).detail
        return batch

    def overrule(self, person, batch, line=2):
        intake.overrule(actor=acting(person), submission_id=batch.id, line=line)
        work_off()

    def test_second_person_lets_the_line_through(self, stopped, meadow, alice, bob):
        assert len(pulled(bob, "Fraud prevention")) == 1
        self.overrule(person_in(meadow, "amy"), stopped)
        found = view(alice, stopped)
        assert (found.accepted, found.stopped, found.state) == (2, 0, "done")
        assert len(pulled(bob, "Fraud prevention")) == 2
        assert stored(LineProblem).get().sealed_line is None

    def test_line_far_behind_blank_ones_is_let_through(self, coalition, meadow, alice):
        body = b"a.example" + b"\n" * 300_000 + TOP_SITE.encode()
        batch, _ = submit(alice, body)
        work_off()
        assert [
            len(row.outcomes) for row in stored(ChunkResult).order_by("number")
        ] == [1, 1]
        self.overrule(person_in(meadow, "amy"), batch, line=300_001)
        found = view(alice, batch)
        assert (found.accepted, found.stopped, found.state) == (2, 0, "done")

    def test_sender_cannot(self, stopped, alice):
        with pytest.raises(Forbidden):
            self.overrule(alice, stopped)

    def test_who_made_the_key_that_sent_it_cannot(self, coalition, meadow, alice):
        key, _ = create_credential(
            actor=acting(alice),
            organization=meadow,
            name="cron",
            scopes=[Right.SUBMIT],
        )
        system = Actor(
            meadow.pk, Role.MANAGER, frozenset({Right.SUBMIT}), credential_id=key.pk
        )
        batch, _ = intake.submit(
            actor=system, stream=[TOP_SITE.encode()], content_type="text/plain"
        )
        work_off()
        with pytest.raises(Forbidden):
            self.overrule(alice, batch, line=1)
        self.overrule(person_in(meadow, "amy"), batch, line=1)
        assert view(alice, batch).accepted == 1

    def test_stranger_and_wrong_line_are_not_found(self, stopped, meadow, bob):
        with pytest.raises(NotFound):
            self.overrule(bob, stopped)
        with pytest.raises(NotFound):
            self.overrule(person_in(meadow, "amy"), stopped, line=1)

    def test_analyst_cannot(self, stopped, meadow):
        with pytest.raises(Forbidden):
            self.overrule(person_in(meadow, "amy", Role.ANALYST), stopped)

    def test_twice_is_a_conflict(self, stopped, meadow):
        amy = person_in(meadow, "amy")
        self.overrule(amy, stopped)
        with pytest.raises(Conflict):
            self.overrule(amy, stopped)


def test_text_of_bad_lines_is_forgotten_after_seven_days(quiet_bells, alice):
    batch = send(alice, ["nonsense"])
    assert by_worker(intake.forget_bad_lines) == 0
    stored(LineProblem).update(created_at=F("created_at") - v.BAD_LINES_KEPT * 2)
    assert by_worker(intake.forget_bad_lines) == 1
    assert stored(LineProblem).get(submission=batch).sealed_line is None


def test_unknown_submission_is_not_found(alice):
    with pytest.raises(NotFound):
        selectors.submission(acting(alice), uuid.uuid4())
