"""The database refuses what the life cycle does not know, through bulk updates too."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction

from hub.lib.clock import now
from orgs.accounts.models import User
from sharing.agreements import services
from sharing.agreements.models import Agreement, Clause, Party, Signature, Version
from tests.cast import acting, organization
from tests.sharing.agreements.conftest import Enact, clause
from tests.walls import OWNER, working_as

AGREEMENT = {
    ("draft", "proposed"),
    ("draft", "terminated"),
    ("proposed", "active"),
    ("proposed", "terminated"),
    ("active", "suspended"),
    ("active", "expired"),
    ("active", "terminated"),
    ("suspended", "active"),
    ("suspended", "expired"),
    ("suspended", "terminated"),
    ("expired", "active"),
    ("expired", "terminated"),
}
VERSION = {
    ("draft", "proposed"),
    ("draft", "superseded"),
    ("draft", "ended"),
    ("proposed", "draft"),
    ("proposed", "active"),
    ("proposed", "superseded"),
    ("proposed", "ended"),
    ("active", "superseded"),
    ("active", "ended"),
}
WAY = {  # from the first state to each other
    "draft": (),
    "proposed": ("proposed",),
    "active": ("proposed", "active"),
    "suspended": ("proposed", "active", "suspended"),
    "expired": ("proposed", "active", "expired"),
    "terminated": ("terminated",),
    "superseded": ("superseded",),
    "ended": ("ended",),
}


def refused(change: Callable[[], object]) -> bool:
    """Whether a trigger refuses it even to the owner of the tables."""
    try:
        with working_as(OWNER), transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def pairs(states: Iterable[str]) -> list[tuple[str, str]]:
    known = list(states)
    return [(one, two) for one in known for two in known if one != two]


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), pairs(Agreement.State.values))
def test_agreement_moves_only_as_the_table_says(before: str, after: str) -> None:
    made = Agreement.objects.create(slug="a", title="A", created_at=now())
    found = Agreement.objects.filter(pk=made.pk)
    for _, state in pairwise(("draft", *WAY[before])):
        found.update(state=state)
    assert refused(lambda: found.update(state=after)) is (
        (before, after) not in AGREEMENT
    )


@pytest.mark.parametrize(("before", "after"), pairs(Version.State.values))
def test_version_moves_only_as_the_table_says(
    propose: Enact, signers: dict[str, User], before: str, after: str
) -> None:
    version = propose()
    found = Version.objects.filter(pk=version.pk)
    if "active" in (before, after):
        _sign_all(version, signers)
    if before == "draft" and after != "active":
        found.update(state="draft")
    elif before in ("active", "superseded", "ended"):
        found.update(state=before)
    elif before == "draft":
        return  # a signed text is no draft, and an unsigned one cannot take effect
    assert refused(lambda: found.update(state=after)) is (
        (before, after) not in VERSION
        or (after == "draft" and version.signatures.exists())
    )


def _sign_all(version: Version, signers: dict[str, User]) -> None:
    Signature.objects.bulk_create(
        Signature(
            version=version,
            organization=party.organization,
            user=signers[party.organization.slug],
            text_sha256=version.text_sha256,
            signed_at=now(),
        )
        for party in version.parties.select_related("organization")
    )


def test_version_takes_effect_only_when_every_party_has_signed(
    propose: Enact, signers: dict[str, User]
) -> None:
    version = propose()
    found = Version.objects.filter(pk=version.pk)
    assert refused(lambda: found.update(state="active"))
    for slug in ("meadow", "sentry", "harbour"):
        services.sign(actor=acting(signers[slug]), version_id=version.pk)
    assert refused(lambda: found.update(state="active"))


@pytest.mark.parametrize("state", ["proposed", "active"])
def test_agreement_and_version_begin_as_drafts(enact: Enact, state: str) -> None:
    agreement = enact().agreement
    text = {"text": {}, "text_sha256": "", "effective_from": now()}
    assert refused(
        lambda: Agreement.objects.create(
            slug="b", title="B", state=state, created_at=now()
        )
    )
    assert refused(
        lambda: Version.objects.create(
            agreement=agreement, number=9, state=state, created_at=now(), **text
        )
    )


def test_text_is_frozen_by_the_first_signature(
    propose: Enact, signers: dict[str, User]
) -> None:
    version = propose()
    found = Version.objects.filter(pk=version.pk)
    changes: list[dict[str, object]] = [
        {"text": {"title": "Other"}},
        {"text_sha256": "0" * 64},
        {"effective_from": now()},
        {"effective_until": now()},
        {"number": 7},
    ]
    for change in changes[:2]:
        assert not refused(partial(found.update, **change))
    found.update(text=version.text, text_sha256=version.text_sha256)
    services.sign(actor=acting(signers["meadow"]), version_id=version.pk)
    for change in changes:
        assert refused(partial(found.update, **change)), change


def test_clauses_and_signatures_of_a_signed_text_stay_as_they_are(
    enact: Enact,
) -> None:
    version = enact()
    clauses, signatures = version.clauses.all(), version.signatures.all()
    assert refused(lambda: clauses.update(name="Other"))
    assert refused(lambda: clauses.update(terms={}))
    assert refused(lambda: clauses.update(collection=None))
    assert refused(
        lambda: Clause.objects.filter(version=version)._raw_delete("default")
    )
    assert refused(
        lambda: Clause.objects.create(
            version=version, position=5, name="More", terms=clause()
        )
    )
    assert refused(lambda: signatures.update(signed_at=now()))
    assert refused(lambda: signatures._raw_delete("default"))
    harbour = Party.objects.filter(organization=organization("harbour"))
    assert refused(lambda: harbour._raw_delete("default"))
