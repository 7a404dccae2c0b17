"""Object permissions: a stranger finds nothing, a member without the right is refused."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as StoredPermission
from django.db.models import Model

from hub.lib.clock import now
from hub.lib.errors import Forbidden, NotFound
from orgs.access import (
    Permission,
    grant,
    grant_only,
    need,
    require,
    revoke_all,
    visible,
)
from orgs.accounts.actor import SCOPES, SYSTEM, Actor, Right, Role
from orgs.accounts.models import Organization, User
from orgs.credentials.models import Credential
from orgs.credentials.services import verify
from orgs.members import selectors as members
from orgs.members.services import add_member
from sharing.agreements.models import (
    Agreement,
    Collection,
    CollectionGroupObjectPermission,
)
from tests.cast import acting, home_of, key_of, person_in
from tests.walls import OWNER, working_as

READERS = (Role.ANALYST, Role.MANAGER)


@pytest.fixture
def agreement(db: None) -> Agreement:
    return Agreement.objects.create(slug="a", title="A", created_at=now())


@pytest.fixture
def collection(agreement: Agreement, meadow: Organization) -> Collection:
    """Meadow's analysts and managers may read it; its managers may fetch its keys."""
    made = Collection.objects.create(
        agreement=agreement, title="C", disclosure="token", created_at=now()
    )
    give(Permission.VIEW_COLLECTION, meadow, made, READERS)
    give(Permission.KEYS_COLLECTION, meadow, made, [Role.MANAGER])
    return made


def give(
    permission: Permission,
    to: Organization,
    obj: Model,
    roles: Iterable[Role] = READERS,
) -> None:
    grant(obj, {to.pk: {permission: roles}})


def key_actor(
    person: User, scopes: object = SCOPES, role: Role = Role.MANAGER
) -> Actor:
    found = verify(key_of(person, scopes=scopes, role=role), address=None)  # type: ignore[arg-type]
    assert found
    return found[1]


def test_member_gets_what_the_role_may(alice: User, collection: Collection) -> None:
    actor = acting(alice)
    for permission in (Permission.VIEW_COLLECTION, Permission.KEYS_COLLECTION):
        assert require(actor, permission, Collection, collection.pk) == collection
    assert list(visible(actor, Collection)) == [collection]


def test_asking_costs_a_few_statements_and_no_list_of_ids(
    alice: User, collection: Collection, django_assert_num_queries: Any
) -> None:
    actor = acting(alice)
    for permission, statements in (
        (Permission.VIEW_COLLECTION, 2),
        (Permission.KEYS_COLLECTION, 3),
    ):
        with django_assert_num_queries(statements):
            require(actor, permission, Collection, collection.pk)


def test_stranger_gets_404(bob: User, carol: User, collection: Collection) -> None:
    for actor in (acting(bob), acting(carol), Actor(), SYSTEM):
        for permission in (Permission.VIEW_COLLECTION, Permission.KEYS_COLLECTION):
            with pytest.raises(NotFound):
                require(actor, permission, Collection, collection.pk)
        assert not visible(actor, Collection).exists()


@pytest.mark.parametrize("pk", [uuid4(), "not an id", "", None, 7])
def test_unknown_id_gets_404(alice: User, collection: Collection, pk: object) -> None:
    with pytest.raises(NotFound):
        require(acting(alice), Permission.VIEW_COLLECTION, Collection, pk)


def test_member_without_the_right_gets_403(
    meadow: Organization, collection: Collection
) -> None:
    analyst = acting(person_in(meadow, "ann", Role.ANALYST))
    require(analyst, Permission.VIEW_COLLECTION, Collection, collection.pk)
    with pytest.raises(Forbidden):
        require(analyst, Permission.KEYS_COLLECTION, Collection, collection.pk)


def test_role_without_any_permission_gets_404(
    meadow: Organization, collection: Collection
) -> None:
    auditor = acting(person_in(meadow, "ann", Role.AUDITOR))
    with pytest.raises(NotFound):
        require(auditor, Permission.VIEW_COLLECTION, Collection, collection.pk)


def test_staff_see_no_collection(erin: User, collection: Collection) -> None:
    assert not visible(acting(erin), Collection).exists()


def test_person_of_two_organizations_sees_what_the_acting_one_may(
    alice: User, harbour: Organization, meadow: Organization, collection: Collection
) -> None:
    add_member(actor=SYSTEM, organization=harbour, user=alice, role=Role.MANAGER)
    there, here = (members.actor_for(alice, each.pk) for each in (harbour, meadow))
    assert visible(here, Collection).exists()
    assert not visible(there, Collection).exists()


def test_actor_kept_from_before_sees_nothing_when_the_person_is_inactive(
    alice: User, collection: Collection
) -> None:
    actor = acting(alice)
    User.objects.update(is_active=False)
    assert not visible(actor, Collection).exists()
    assert not visible(acting(alice), Collection).exists()


def test_actor_kept_from_before_sees_nothing_when_the_organization_is_inactive(
    alice: User, collection: Collection
) -> None:
    person, system = acting(alice), key_actor(alice)
    Organization.objects.update(is_active=False)
    for actor in (person, system):
        with pytest.raises(NotFound):
            require(actor, Permission.VIEW_COLLECTION, Collection, collection.pk)


def test_actor_sees_nothing_when_the_role_is_not_theirs(
    meadow: Organization, alice: User, bob: User, collection: Collection
) -> None:
    ann = person_in(meadow, "ann", Role.AUDITOR)
    for person in (ann, bob):
        forged = replace(acting(alice), user_id=person.pk)
        assert not visible(forged, Collection).exists()


def test_key_sees_what_its_role_may_and_its_scopes_narrow(
    alice: User, collection: Collection
) -> None:
    whole = key_actor(alice)
    require(whole, Permission.KEYS_COLLECTION, Collection, collection.pk)
    reader = key_actor(alice, scopes=["read"])
    require(reader, Permission.VIEW_COLLECTION, Collection, collection.pk)
    with pytest.raises(Forbidden):
        require(reader, Permission.KEYS_COLLECTION, Collection, collection.pk)
    sender = key_actor(alice, scopes=["submit"])
    with pytest.raises(Forbidden):
        require(sender, Permission.VIEW_COLLECTION, Collection, collection.pk)


def test_scopes_never_widen_an_analyst_key(alice: User, collection: Collection) -> None:
    key = key_of(alice, scopes=["read"], role=Role.ANALYST)
    Credential.objects.update(scopes=[str(scope) for scope in SCOPES])
    found = verify(key, address=None)
    assert found
    with pytest.raises(Forbidden):
        require(found[1], Permission.KEYS_COLLECTION, Collection, collection.pk)
    with pytest.raises(Forbidden):
        need(found[1], Right.KEYS)


def test_revoked_key_sees_nothing(alice: User, collection: Collection) -> None:
    actor = key_actor(alice)
    Credential.objects.update(revoked_at=now())
    assert not visible(actor, Collection).exists()


def test_key_kept_from_before_sees_nothing_when_it_has_expired(
    alice: User, collection: Collection
) -> None:
    actor = key_actor(alice)
    Credential.objects.update(expires_at=now() + timedelta(minutes=1))
    assert visible(actor, Collection).exists()
    Credential.objects.update(expires_at=now())
    assert not visible(actor, Collection).exists()


def test_global_permission_of_the_group_opens_nothing(
    bob: User, alice: User, collection: Collection, agreement: Agreement
) -> None:
    for group in Group.objects.all():
        group.permissions.set(
            StoredPermission.objects.filter(content_type__app_label="sharing")
        )
    Collection.objects.create(
        agreement=agreement, title="D", disclosure="token", created_at=now()
    )
    assert not visible(acting(bob), Collection).exists()
    assert list(visible(acting(alice), Collection)) == [collection]


def test_superuser_flag_opens_nothing(bob: User, collection: Collection) -> None:
    User.objects.update(is_superuser=True)
    assert not visible(acting(bob), Collection).exists()


def test_permission_of_another_model_opens_nothing(
    alice: User, agreement: Agreement, collection: Collection
) -> None:
    assert not visible(acting(alice), Agreement).exists()
    with pytest.raises(NotFound):
        require(acting(alice), Permission.VIEW_AGREEMENT, Agreement, agreement.pk)


def test_grant_again_changes_nothing(
    meadow: Organization, collection: Collection
) -> None:
    before = CollectionGroupObjectPermission.objects.count()
    give(Permission.VIEW_COLLECTION, meadow, collection)
    assert CollectionGroupObjectPermission.objects.count() == before == 3


def test_grant_only_takes_what_is_not_named_and_leaves_others(
    alice: User, bob: User, collection: Collection
) -> None:
    give(Permission.VIEW_COLLECTION, home_of(bob), collection)
    giving = {Permission.CONTRIBUTE_COLLECTION: [Role.MANAGER]}
    grant_only(collection, {home_of(alice).pk: giving})
    grant_only(collection, {home_of(alice).pk: giving})
    rows = CollectionGroupObjectPermission.objects.values_list("permission__codename")
    assert sorted(rows) == [("contribute_collection",), *[("view_collection",)] * 2]
    assert not visible(acting(alice), Collection).exists()
    assert list(visible(acting(bob), Collection)) == [collection]


def test_revoke_all_takes_only_what_that_organization_had(
    alice: User, bob: User, collection: Collection
) -> None:
    give(Permission.VIEW_COLLECTION, home_of(bob), collection)
    revoke_all(collection, home_of(alice).pk)
    assert not visible(acting(alice), Collection).exists()
    assert list(visible(acting(bob), Collection)) == [collection]


def test_grant_is_refused_on_a_model_without_its_own_table(
    meadow: Organization, alice: User
) -> None:
    with pytest.raises(StoredPermission.DoesNotExist):
        give(Permission.VIEW_COLLECTION, meadow, alice)


def test_permissions_go_with_the_thing(
    collection: Collection, agreement: Agreement
) -> None:
    with working_as(OWNER):
        collection.delete()
    assert not CollectionGroupObjectPermission.objects.exists()


def test_need_refuses_a_right_the_actor_lacks(alice_signs: User) -> None:
    need(acting(alice_signs), Right.SIGN)
    with pytest.raises(Forbidden):
        need(acting(alice_signs), Right.READ)
    with pytest.raises(Forbidden):
        need(SYSTEM, Right.READ)
