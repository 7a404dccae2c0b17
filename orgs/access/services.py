"""Give and take object permissions, a whole organization's roles at a time."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission as StoredPermission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from guardian.utils import get_group_obj_perms_model

from orgs.access.permissions import Permission
from orgs.accounts.actor import Role
from orgs.members import selectors as members


def grant(
    permission: Permission,
    *,
    organization_id: UUID,
    roles: Iterable[Role],
    obj: Model,
) -> None:
    """Let these roles of one organization do this to `obj`; again changes nothing."""
    stored = StoredPermission.objects.get(
        content_type=ContentType.objects.get_for_model(obj), codename=str(permission)
    )
    rows = _rows_of(obj)
    rows.objects.bulk_create(
        [
            rows(group_id=group, permission=stored, content_object=obj)
            for group in members.group_ids(organization_id, roles)
        ],
        ignore_conflicts=True,
    )


def revoke_all(obj: Model, organization_id: UUID) -> None:
    """Take everything that any role of the organization may do to `obj`."""
    groups = members.group_ids(organization_id)
    _rows_of(obj).objects.filter(content_object=obj, group_id__in=groups).delete()


def _rows_of(obj: Model) -> Any:
    """The model's own permission table; guardian's generic one would keep orphans."""
    rows: Any = get_group_obj_perms_model(obj)
    if rows.objects.is_generic():
        message = f"{type(obj).__name__} has no permission table of its own."
        raise TypeError(message)
    return rows
