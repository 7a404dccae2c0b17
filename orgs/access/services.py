"""Give and take object permissions, a whole organization's roles at a time."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission as StoredPermission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from guardian.utils import get_group_obj_perms_model

from orgs.access.permissions import Permission
from orgs.accounts.actor import Role
from orgs.members import selectors as members

Roles = Mapping[Permission, Iterable[Role]]
Wanted = Mapping[UUID, Roles]  # by organization
Pair = tuple[int, int]  # group, permission


def grant(obj: Model, wanted: Wanted) -> None:
    """Let these organizations do this to `obj` too; again changes nothing.

    A handful of statements, however many organizations there are.
    """
    _add(obj, _wished(obj, wanted), held=frozenset())


def grant_only(obj: Model, wanted: Wanted) -> None:
    """Let these organizations do to `obj` just this; what others may stays as it is."""
    rows = _rows_of(obj).objects.filter(
        content_object=obj, group__in=members.groups(wanted).values()
    )
    held = {
        (group, permission): pk
        for pk, group, permission in rows.values_list("pk", "group", "permission")
    }
    wished = _wished(obj, wanted)
    lost = [pk for pair, pk in held.items() if pair not in wished]
    if lost:
        rows.filter(pk__in=lost).delete()
    _add(obj, wished, held=held.keys())


def revoke_all(obj: Model, *organization_ids: UUID) -> None:
    """Take everything that any role of these organizations may do to `obj`."""
    groups = members.groups(organization_ids).values()
    _rows_of(obj).objects.filter(content_object=obj, group__in=groups).delete()


def _wished(obj: Model, wanted: Wanted) -> set[Pair]:
    groups = members.groups(wanted)
    stored = _stored(obj, {each for roles in wanted.values() for each in roles})
    return {
        (groups[organization_id, role], stored[permission])
        for organization_id, roles in wanted.items()
        for permission, holders in roles.items()
        for role in holders
        if (organization_id, role) in groups
    }


def _stored(obj: Model, permissions: Collection[Permission]) -> dict[Permission, int]:
    found = StoredPermission.objects.filter(
        content_type=ContentType.objects.get_for_model(obj),
        codename__in=[str(each) for each in permissions],
    )
    pks = {Permission(name): pk for name, pk in found.values_list("codename", "pk")}
    if len(pks) < len(permissions):
        message = f"{type(obj).__name__} has no such permission."
        raise StoredPermission.DoesNotExist(message)
    return pks


def _add(obj: Model, wished: set[Pair], held: AbstractSet[Pair]) -> None:
    rows = _rows_of(obj)
    rows.objects.bulk_create(
        [
            rows(group_id=group, permission_id=permission, content_object=obj)
            for group, permission in sorted(wished - held)
        ],
        ignore_conflicts=True,
    )


def _rows_of(obj: Model) -> Any:
    """The model's own permission table; guardian's generic one would keep orphans."""
    rows: Any = get_group_obj_perms_model(obj)
    if rows.objects.is_generic():
        message = f"{type(obj).__name__} has no permission table of its own."
        raise TypeError(message)
    return rows
