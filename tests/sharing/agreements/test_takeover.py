"""Activation or leaving and releasing at the same time: neither overtakes nor blocks the other."""

from concurrent.futures import ThreadPoolExecutor, wait
from uuid import UUID

import pytest
from django.db import connection, transaction

from hub.lib.clock import now
from orgs.accounts.models import User
from sharing.agreements import lifecycle, selectors, services
from sharing.agreements.models import Generation, Grant
from sharing.distribution.models import ReleaseBatch
from tests.cast import acting, organization
from tests.sharing.agreements.conftest import Enact, clause
from tests.walls import stored


@pytest.mark.django_db(transaction=True)
def test_activation_waits_for_the_batch_that_holds_the_stream(
    enact: Enact, propose: Enact, signers: dict[str, User]
) -> None:
    old = enact()
    new = propose(clause(continues="Fraud", min_confidence=90))
    for slug in ("meadow", "sentry", "harbour"):
        services.sign(actor=acting(signers[slug]), version_id=new.pk)
    generation = Generation.objects.get()
    found = selectors.active_clause(generation.collection_id)
    assert found is not None

    def last_signature() -> None:
        try:
            services.sign(actor=acting(signers["liaison"]), version_id=new.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            selectors.lock_heads([generation.pk])
            signing = pool.submit(last_signature)
            wait([signing], timeout=0.5)
            assert not signing.done()
            assert found.still_active()
            stored(ReleaseBatch).create(
                generation=generation,
                version=old,
                first_seq=1,
                n=0,
                commitments=b"",
                created_at=now(),
            )
        signing.result(timeout=10)
    assert not found.still_active()
    states = Generation.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "closed"), (2, "live")]


@pytest.mark.django_db(transaction=True)
def test_leaving_waits_for_the_batch_that_holds_the_stream(
    enact: Enact, signers: dict[str, User]
) -> None:
    version = enact()
    generation = Generation.objects.get()

    def leave() -> None:
        try:
            lifecycle.leave(
                actor=acting(signers["harbour"]),
                agreement_id=version.agreement_id,
                reason="We go.",
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            (head,) = selectors.lock_heads([generation.pk])
            leaving = pool.submit(leave)
            wait([leaving], timeout=0.5)
            assert not leaving.done()
            assert selectors.grant_now(home("harbour"), generation.collection_id)
            head.next_seq = 8
            head.save(update_fields=["next_seq"])
        leaving.result(timeout=10)
    ended = Grant.objects.get()
    assert (ended.until_generation, ended.until_seq) == (1, 7)
    assert not selectors.grant_now(home("harbour"), generation.collection_id)


def home(slug: str) -> UUID:
    return organization(slug).pk
