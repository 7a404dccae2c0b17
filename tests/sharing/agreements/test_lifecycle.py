"""What becomes of an agreement in force: who may do what, and what it does to Grants."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.access import visible
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import due, lifecycle, selectors, services
from sharing.agreements.models import (
    Agreement,
    Collection,
    Generation,
    Grant,
    Party,
    StreamHead,
    Version,
)
from sharing.events.models import OutboxRow
from sharing.vocabulary import PURGE_DEADLINE
from tests.cast import acting, organization, person_in
from tests.sharing.agreements.conftest import Enact, clause

Signers = dict[str, User]


def collection(title: str = "Fraud") -> Collection:
    return Collection.objects.get(title=title)


def reads(slug: str = "harbour", title: str = "Fraud") -> bool:
    pk = collection(title).pk
    return selectors.grant_now(organization(slug).pk, pk) is not None


def told() -> list[str]:
    return list(OutboxRow.objects.order_by("id").values_list("kind", flat=True))


def suspend(person: User, agreement: Agreement, reason: str = "A breach.") -> Agreement:
    return lifecycle.suspend(
        actor=acting(person), agreement_id=agreement.pk, reason=reason
    )


def leave(person: User, agreement: Agreement, reason: str = "We go.") -> None:
    lifecycle.leave(actor=acting(person), agreement_id=agreement.pk, reason=reason)


def terminate(person: User, agreement: Agreement, reason: str = "Over.") -> Agreement:
    return lifecycle.terminate(
        actor=acting(person), agreement_id=agreement.pk, reason=reason
    )


def resume(person: User, agreement: Agreement) -> Agreement:
    return lifecycle.resume(actor=acting(person), agreement_id=agreement.pk)


def test_suspended_agreement_is_read_by_nobody_until_it_is_resumed(
    enact: Enact, signers: Signers
) -> None:
    agreement = enact().agreement
    assert reads()
    found = suspend(signers["meadow"], agreement, "  A  breach ")
    assert not reads()
    assert (found.state, found.state_reason) == ("suspended", "A breach")
    assert found.suspended_by == organization("meadow")
    assert not selectors.active_clauses()
    assert len(selectors.fed_clauses()) == 1
    resume(signers["meadow"], agreement)
    assert reads()
    agreement.refresh_from_db()
    assert (agreement.state_reason, agreement.state_since) == ("", None)
    assert told()[-2:] == ["agreement_suspended", "agreement_resumed"]
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {Verb.AGREEMENT_SUSPEND, Verb.AGREEMENT_RESUME} <= verbs


def test_only_whoever_suspended_or_staff_resumes(
    enact: Enact, signers: Signers, erin: User
) -> None:
    agreement = enact().agreement
    suspend(signers["meadow"], agreement)
    with pytest.raises(Forbidden):
        resume(signers["sentry"], agreement)
    resume(erin, agreement)
    suspend(erin, agreement)
    with pytest.raises(Forbidden):
        resume(signers["meadow"], agreement)
    resume(erin, agreement)
    with pytest.raises(Conflict):
        resume(erin, agreement)


def test_strangers_find_no_agreement_and_managers_may_not(
    enact: Enact, signers: Signers, carol_signs: User
) -> None:
    agreement = enact().agreement
    mia = person_in(organization("meadow"), "mia")
    for act in (suspend, leave, terminate):
        with pytest.raises(NotFound):
            act(carol_signs, agreement)
        with pytest.raises(Forbidden):
            act(mia, agreement)
    with pytest.raises(Forbidden):
        terminate(signers["meadow"], agreement)
    careless = replace(acting(signers["meadow"]), second_factor=False)
    for service in (lifecycle.suspend, lifecycle.leave):
        with pytest.raises(Forbidden) as refused:
            service(actor=careless, agreement_id=agreement.pk, reason="x")
        assert refused.value.problem_code == "second-factor"
    assert Agreement.objects.get().state == "active"


def test_whoever_has_not_signed_the_text_in_force_suspends_nothing(
    enact: Enact, propose: Enact, carol_signs: User
) -> None:
    agreement = enact().agreement
    propose(parties=["meadow", "sentry", "harbour", "liaison", "northline"])
    assert visible(acting(carol_signs), Agreement).exists()
    for act in (suspend, leave):
        with pytest.raises(Forbidden):
            act(carol_signs, agreement)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_reason_is_needed(enact: Enact, signers: Signers, reason: str) -> None:
    agreement = enact().agreement
    for act in (suspend, leave):
        with pytest.raises(Invalid):
            act(signers["meadow"], agreement, reason)


def test_leaver_gets_a_notice_and_the_agreement_goes_on(
    enact: Enact, signers: Signers
) -> None:
    agreement = enact(clause(to="all parties")).agreement
    StreamHead.objects.update(next_seq=43)
    leave(signers["harbour"], agreement, "We were sold.")
    assert not reads("harbour")
    assert reads("meadow")
    ended = Grant.objects.get(recipient__slug="harbour")
    assert ended.reason == "We were sold."
    assert (ended.until_generation, ended.until_seq) == (1, 42)
    assert ended.valid_until is not None
    assert ended.purge_by == ended.valid_until + PURGE_DEADLINE
    assert ended.notice is not None
    assert Grant.objects.filter(valid_until__isnull=True).count() == 2
    harbour = acting(signers["harbour"])
    assert not visible(harbour, Agreement).exists()
    agreement.refresh_from_db()
    assert agreement.state == "active"
    assert Generation.objects.count() == 1
    with pytest.raises(NotFound):
        leave(signers["harbour"], agreement)


def test_leaver_is_no_contributor_any_more(enact: Enact, signers: Signers) -> None:
    agreement = enact().agreement
    leave(signers["meadow"], agreement)
    (found,) = selectors.active_clauses()
    assert found.terms.contributors == {organization("sentry").pk}
    meadow = person_in(organization("meadow"), "mia")
    assert not visible(acting(meadow), Collection).exists()
    assert told()[-1] == "party_left"


def test_clause_that_a_leaving_makes_void_ends_the_grants_of_the_others(
    enact: Enact, signers: Signers
) -> None:
    agreement = enact(
        clause(**{"from": ["meadow", "sentry", "liaison"]}, originator="hidden")
    ).agreement
    assert reads("harbour")
    leave(signers["liaison"], agreement)
    assert not reads("harbour")
    assert "hidden originator" in Grant.objects.get(recipient__slug="harbour").reason


def test_amendment_takes_effect_without_a_party_that_left(
    enact: Enact, propose: Enact, signers: Signers
) -> None:
    agreement = enact().agreement
    amended = propose(clause(continues="Fraud", min_confidence=10))
    for slug in ("harbour", "meadow"):
        services.sign(actor=acting(signers[slug]), version_id=amended.pk)
    leave(signers["harbour"], agreement)
    leave(signers["liaison"], agreement)
    with pytest.raises(NotFound):
        services.sign(actor=acting(signers["liaison"]), version_id=amended.pk)
    services.sign(actor=acting(signers["sentry"]), version_id=amended.pk)
    amended.refresh_from_db()
    assert amended.state == "active"
    assert not reads("harbour")
    assert not visible(acting(signers["harbour"]), Agreement).exists()


def test_agreement_ends_when_fewer_than_two_are_left(
    enact: Enact, signers: Signers
) -> None:
    agreement = enact().agreement
    for slug in ("liaison", "harbour", "sentry"):
        leave(signers[slug], agreement)
    agreement.refresh_from_db()
    assert agreement.state == "terminated"
    assert Party.objects.filter(left_at__isnull=True).count() == 1
    assert collection().state == "closed"


def test_termination_closes_all_and_tells_every_recipient(
    enact: Enact, propose: Enact, signers: Signers, erin: User
) -> None:
    agreement = enact(clause(to="all parties")).agreement
    propose(clause(continues="Fraud"))
    terminate(erin, agreement, "The hub closes.")
    assert not reads()
    grants = Grant.objects.filter(notice__isnull=False, reason="The hub closes.")
    assert grants.count() == 3
    assert collection().state == "closed"
    assert Generation.objects.get().state == "closed"
    assert set(Version.objects.values_list("state", flat=True)) == {"ended"}
    assert visible(acting(signers["harbour"]), Agreement).exists()
    for again in (terminate, suspend):
        with pytest.raises(Conflict):
            again(erin, agreement)
    with pytest.raises(Conflict):
        propose()


def test_agreement_expires_to_the_second_and_tells_every_recipient(
    enact: Enact,
) -> None:
    end = now().replace(microsecond=0) + timedelta(hours=1)
    enact(effective_until=end.isoformat())
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert lifecycle.expire_due(actor=SYSTEM) == 0
    with time_machine.travel(end + timedelta(seconds=5), tick=False):
        assert lifecycle.expire_due(actor=SYSTEM) == 1
        assert lifecycle.expire_due(actor=SYSTEM) == 0
    assert Agreement.objects.get().state == "expired"
    ended = Grant.objects.get()
    assert ended.valid_until == end
    assert ended.purge_by == end + PURGE_DEADLINE
    assert ended.notice is not None
    assert AuditEvent.objects.filter(verb=Verb.AGREEMENT_EXPIRE).count() == 1


def test_expired_agreement_is_taken_up_by_an_amendment_in_a_new_generation(
    enact: Enact,
) -> None:
    end = now().replace(microsecond=0) + timedelta(hours=1)
    enact(effective_until=end.isoformat())
    with time_machine.travel(end + timedelta(minutes=1)):
        lifecycle.expire_due(actor=SYSTEM)
        enact(clause(continues="Fraud"))
        assert reads()
    assert Agreement.objects.get().state == "active"
    states = Generation.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "closed"), (2, "live")]
    grant = Grant.objects.get()
    assert (grant.notice, grant.purge_by, grant.until_seq) == (None, None, None)


def test_amendment_that_cannot_take_effect_keeps_no_other_from_it(
    enact: Enact, propose: Enact, signers: Signers
) -> None:
    begin = now().replace(microsecond=0) + timedelta(hours=1)
    enact(clause(), clause("Second"))
    for parts in ({"Fraud"}, {"Fraud", "Second"}):
        version = propose(
            *(clause(name, continues=name) for name in sorted(parts)),
            effective_from=begin.isoformat(),
        )
        for user in signers.values():
            services.sign(actor=acting(user), version_id=version.pk)
    with time_machine.travel(begin):
        assert due.activate_due(actor=SYSTEM) == 1
        assert due.activate_due(actor=SYSTEM) == 0


def test_nobody_ends_or_suspends_without_a_code_staff_neither(
    enact: Enact, erin: User
) -> None:
    agreement = enact().agreement
    actor = acting(erin, second_factor=False)
    for service in (lifecycle.suspend, lifecycle.terminate):
        with pytest.raises(Forbidden, match="second factor"):
            service(actor=actor, agreement_id=agreement.pk, reason="Over.")
    suspend(erin, agreement)
    with pytest.raises(Forbidden, match="second factor"):
        lifecycle.resume(actor=actor, agreement_id=agreement.pk)
