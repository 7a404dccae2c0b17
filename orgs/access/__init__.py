"""Who may do what: guardian's only importer, and the scope of every transaction."""

from orgs.access.permissions import Permission
from orgs.access.scoping import as_worker, collection_scope, person_scope, scope
from orgs.access.selectors import require, visible
from orgs.access.services import grant, grant_only, revoke_all
from orgs.accounts.rights import need

__all__ = [
    "Permission",
    "as_worker",
    "collection_scope",
    "grant",
    "grant_only",
    "need",
    "person_scope",
    "require",
    "revoke_all",
    "scope",
    "visible",
]
