"""A draft is its drafter's: who else sees it, and whom and what its words may name."""

import pytest

from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import Organization
from orgs.members.models import Membership
from sharing.agreements import drafts, preview, services, shown
from sharing.agreements.models import Version
from tests.cast import acting, organization
from tests.sharing.agreements.conftest import clause, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_bells")]


@pytest.fixture
def managers(signers):
    """A manager of each, by slug."""
    found = Membership.objects.filter(role=Role.MANAGER, organization__slug__in=signers)
    return {each.organization.slug: acting(each.user) for each in found}


@pytest.fixture
def amendment(enact, managers):
    """A draft of meadow's over the text in force."""
    version = enact()
    newer = text(clause(continues="Fraud", min_confidence=60))
    known = version.agreement_id
    return services.draft(actor=managers["meadow"], text=newer, agreement_id=known)


def sees(actor, version):
    try:
        assert shown.version(actor, version.pk) == version
        assert drafts.version_for(actor, version.pk) == version
    except NotFound:
        for ask in (shown.version, drafts.version_for):
            with pytest.raises(NotFound):
                ask(actor, version.pk)
        assert version not in shown.versions(actor)
        return False
    return True


def test_draft_is_seen_by_its_drafter_and_staff_until_it_is_proposed(
    amendment, managers, erin
):
    assert sees(managers["meadow"], amendment)
    assert sees(acting(erin), amendment)
    assert not sees(managers["harbour"], amendment)
    services.propose(actor=managers["meadow"], version_id=amendment.pk)
    assert sees(managers["harbour"], amendment)
    changed = text(clause(continues="Fraud", min_confidence=70))
    services.redraft(actor=managers["meadow"], version_id=amendment.pk, text=changed)
    assert sees(managers["meadow"], amendment)
    assert not sees(managers["harbour"], amendment)


def test_redraft_is_refused_under_the_lock_when_the_text_is_another_meanwhile(
    amendment, managers
):
    opened = amendment.text_sha256
    for confidence, fits in ((70, True), (80, False)):
        said = {
            "actor": managers["meadow"],
            "version_id": amendment.pk,
            "text": text(clause(continues="Fraud", min_confidence=confidence)),
            "was": opened,
        }
        if fits:
            services.redraft(**said)
        else:
            with pytest.raises(Conflict, match="Somebody changed"):
                services.redraft(**said)
    amendment.refresh_from_db()
    assert amendment.text["clauses"][0]["min_confidence"] == 70


def test_draft_of_staff_is_seen_by_no_party(enact, managers):
    known = enact().agreement_id
    version = services.draft(actor=SYSTEM, text=text(), agreement_id=known)
    assert not any(sees(actor, version) for actor in managers.values())


def test_draft_that_was_never_proposed_stays_unseen_when_another_takes_its_place(
    amendment, enact, managers
):
    enact(clause(continues="Fraud"))
    amendment.refresh_from_db()
    assert amendment.state == Version.State.SUPERSEDED
    assert not sees(managers["harbour"], amendment)
    assert sees(managers["meadow"], amendment)


def test_text_is_changed_and_proposed_by_whoever_drafted_it_and_by_staff(
    amendment, managers, erin
):
    other, own = managers["harbour"], managers["meadow"]
    said = amendment.text
    with pytest.raises(NotFound):
        services.redraft(actor=other, version_id=amendment.pk, text=said)
    with pytest.raises(NotFound):
        services.propose(actor=other, version_id=amendment.pk)
    services.propose(actor=own, version_id=amendment.pk)
    with pytest.raises(Forbidden):
        services.redraft(actor=other, version_id=amendment.pk, text=said)
    services.redraft(actor=acting(erin), version_id=amendment.pk, text=said)
    with pytest.raises(NotFound):
        services.propose(actor=other, version_id=amendment.pk)
    assert sees(own, amendment)


def refused(actor, *slugs):
    """What a drafter is told of these parties: as it saves, and as it writes."""
    said = text(parties=["meadow", *slugs])
    said["clauses"] = [clause(**{"from": ["meadow"], "to": list(slugs)})]
    with pytest.raises(Invalid) as fault:
        services.draft(actor=actor, text=said)
    seen = preview.preview(actor, str(said))
    assert seen.errors == fault.value.errors
    return fault.value.detail.replace(slugs[0], "SLUG"), str(seen)


def test_unlisted_organization_is_refused_in_the_words_for_one_that_is_not_there(
    managers, northline
):
    Organization.objects.filter(slug="northline").update(listed=False)
    told, seen = refused(managers["meadow"], "northline")
    assert northline.name not in seen
    assert refused(managers["meadow"], "nobody-here")[0] == told
    Organization.objects.update(is_active=False)


def test_unlisted_organization_is_named_by_its_partners_and_by_staff(
    enact, managers, northline, erin
):
    enact()
    Organization.objects.update(listed=False)
    both = text(parties=["meadow", "harbour"])
    both["clauses"] = [clause(**{"from": ["meadow"]})]
    services.draft(actor=managers["meadow"], text=both)
    with pytest.raises(Invalid):
        services.draft(
            actor=managers["meadow"], text=text(parties=["meadow", "northline"])
        )
    services.draft(
        actor=acting(erin),
        text={
            **text(clause(**{"from": ["northline"]})),
            "parties": ["harbour", "northline"],
        },
    )


def test_partner_that_is_hidden_stays_unknown_to_the_others(enact, managers):
    enact(parties=["meadow", "sentry", "harbour", {"slug": "liaison", "hidden": True}])
    Organization.objects.update(listed=False)
    assert (
        refused(managers["meadow"], "liaison")[0]
        == (refused(managers["meadow"], "nobody-here")[0])
    )


def test_collection_of_a_clause_one_does_not_see_is_refused_as_if_there_were_none(
    enact, managers
):
    hidden = {"slug": "liaison", "hidden": True}
    version = enact(
        clause("Fraud"),
        clause("Secret", to=["liaison"], government_recipients=True),
        parties=["meadow", "sentry", "harbour", hidden],
    )

    def told(actor, name):
        said = text(clause("One", continues=name))
        with pytest.raises(Invalid) as fault:
            services.draft(actor=actor, text=said, agreement_id=version.agreement_id)
        return fault.value.detail.replace(name, "NAME")

    unseen, none = (told(managers["meadow"], name) for name in ("Secret", "Nothing"))
    assert unseen == none
    said = text(clause("One", continues="Secret"))
    actor, known = managers["liaison"], version.agreement_id
    assert services.draft(actor=actor, text=said, agreement_id=known).number == 2
    assert organization("liaison").listed


def test_numbers_tell_nothing_of_drafts_that_one_cannot_see(
    enact, managers, signers, erin
):
    active = enact()

    def draft(slug):
        return services.draft(
            actor=managers[slug],
            text=text(clause(continues="Fraud")),
            agreement_id=active.agreement_id,
        )

    unseen, later, own = draft("meadow"), draft("meadow"), draft("harbour")
    assert [each.number for each in (unseen, later, own)] == [2, 3, 2]
    services.propose(actor=managers["harbour"], version_id=own.pk)
    numbered = {each.pk: each.number for each in shown.versions(managers["harbour"])}
    assert numbered == {active.pk: 1, own.pk: 2}
    for each in (unseen, later):
        each.refresh_from_db()
    assert (unseen.number, later.number) == (3, 4)
    services.propose(actor=managers["meadow"], version_id=later.pk)
    numbers = {each.number for each in shown.versions(managers["harbour"])}
    assert numbers == {1, 2, 3}
    every = shown.versions(acting(erin)).values_list("number", flat=True)
    assert sorted(every) == [1, 2, 3, 4]
