"""Organizations, their people and roles."""

import pytest
from django.contrib.auth.models import Group

from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.accounts.actor import RIGHTS, SYSTEM, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.members import selectors, services
from orgs.members.models import Membership
from tests.cast import acting, person_in


def create(actor: Actor, **changes: object) -> Organization:
    facts = {
        "slug": "new",
        "name": "New",
        "kind": "bank",
        "jurisdiction": "se",
        **changes,
    }
    return services.create_organization(actor=actor, **facts)  # type: ignore[arg-type]


def test_organization_gets_a_group_for_each_role(erin: User) -> None:
    made = create(acting(erin))
    assert made.jurisdiction == "SE"
    assert len(selectors.groups([made.pk])) == len(Role) == Group.objects.count()
    assert {role for _, role in selectors.groups([made.pk])} == set(Role)
    assert AuditEvent.objects.get(verb="members:organization:create").user == erin


def test_organization_is_made_by_staff_and_the_hub_only(alice: User) -> None:
    for actor in (acting(alice), Actor()):
        with pytest.raises(Forbidden):
            create(actor)
    create(SYSTEM)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"kind": "cartel"}, Invalid),
        ({"jurisdiction": "DEU"}, Invalid),
        ({"jurisdiction": "4X"}, Invalid),
        ({"name": "Meadow Social"}, Conflict),
        ({"slug": "meadow"}, Conflict),
    ],
)
def test_organization_is_refused_when_a_fact_is_wrong(
    meadow: Organization, change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create(SYSTEM, **change)
    assert Organization.objects.get() == meadow


def test_actor_has_the_rights_of_the_only_membership(alice: User) -> None:
    actor = acting(alice)
    assert (actor.role, actor.rights) == (Role.MANAGER, RIGHTS[Role.MANAGER])


def test_actor_chooses_among_several_memberships(
    alice: User, harbour: Organization, meadow: Organization
) -> None:
    services.add_member(
        actor=SYSTEM, organization=harbour, user=alice, role=Role.AUDITOR
    )
    assert acting(alice).organization_id is None
    assert selectors.actor_for(alice, harbour.pk).role == Role.AUDITOR
    assert selectors.actor_for(alice, meadow.pk).role == Role.MANAGER


def test_actor_never_acts_for_an_organization_of_others(
    alice: User, meadow: Organization, harbour: Organization
) -> None:
    assert selectors.actor_for(alice, harbour.pk).organization_id == meadow.pk


@pytest.mark.parametrize("what", ["person", "organization"])
def test_actor_is_nobody_when_inactive(
    alice: User, meadow: Organization, what: str
) -> None:
    alice.is_active = what != "person"
    alice.save()
    Organization.objects.update(is_active=what != "organization")
    actor = acting(alice)
    assert actor.organization_id is None
    assert not actor.rights


def test_staff_acts_without_an_organization(erin: User) -> None:
    staff = Actor(user_id=erin.pk, is_staff=True)
    assert acting(erin, second_factor=False) == staff


def test_manager_changes_roles_of_their_own_people_only(
    meadow: Organization, alice: User, bob: User, carol: User
) -> None:
    ann = person_in(meadow, "ann", Role.ANALYST)
    pk = Membership.objects.get(user=ann).pk
    services.change_role(actor=acting(alice), membership_id=pk, role=Role.AUDITOR)
    assert acting(ann).role == Role.AUDITOR
    with pytest.raises(NotFound):
        services.change_role(actor=acting(bob), membership_id=pk, role=Role.ANALYST)
    with pytest.raises(NotFound):
        services.remove_member(actor=acting(bob), membership_id=pk)
    with pytest.raises(Forbidden):
        services.remove_member(actor=acting(ann), membership_id=pk)


def test_signatories_are_named_by_staff_only(
    meadow: Organization, alice: User, alice_signs: User, erin: User
) -> None:
    ann = Membership.objects.get(user=person_in(meadow, "ann", Role.ANALYST))
    signs = Membership.objects.get(user=alice_signs)
    for pk, role in ((ann.pk, Role.SIGNATORY), (signs.pk, Role.ANALYST)):
        with pytest.raises(Forbidden):
            services.change_role(actor=acting(alice), membership_id=pk, role=role)
    with pytest.raises(Forbidden):
        services.remove_member(actor=acting(alice), membership_id=signs.pk)
    services.change_role(actor=acting(erin), membership_id=ann.pk, role=Role.SIGNATORY)


def test_staff_lets_nobody_read_for_an_organization_that_has_managers(
    meadow: Organization, alice: User, alice_signs: User, erin: User
) -> None:
    signs = Membership.objects.get(user=alice_signs)
    ann = Membership.objects.get(user=person_in(meadow, "ann", Role.ANALYST))
    for pk, role in ((signs.pk, Role.ANALYST), (ann.pk, Role.MANAGER)):
        with pytest.raises(Forbidden):
            services.change_role(actor=acting(erin), membership_id=pk, role=role)
    manager = Membership.objects.get(user=person_in(meadow, "amy"))
    services.change_role(
        actor=acting(erin), membership_id=manager.pk, role=Role.ANALYST
    )
    User.objects.filter(pk=alice.pk).update(is_active=False)
    services.change_role(actor=acting(erin), membership_id=ann.pk, role=Role.MANAGER)


def test_last_manager_stays(meadow: Organization, alice: User) -> None:
    pk = Membership.objects.get(user=alice).pk
    with pytest.raises(Conflict):
        services.change_role(actor=acting(alice), membership_id=pk, role=Role.ANALYST)
    with pytest.raises(Conflict):
        services.remove_member(actor=acting(alice), membership_id=pk)
    person_in(meadow, "amy")
    services.remove_member(actor=acting(alice), membership_id=pk)
    assert acting(alice).organization_id is None


def test_person_belongs_to_an_organization_once(
    alice: User, meadow: Organization
) -> None:
    with pytest.raises(Conflict):
        services.add_member(
            actor=SYSTEM, organization=meadow, user=alice, role=Role.ANALYST
        )
    with pytest.raises(Forbidden):
        services.add_member(
            actor=acting(alice), organization=meadow, user=alice, role=Role.ANALYST
        )
