"""The object permissions, each once, and the right that using one needs."""

from enum import StrEnum

from orgs.accounts.actor import Right


class Permission(StrEnum):
    VIEW_AGREEMENT = "view_agreement"
    SIGN_AGREEMENT = "sign_agreement"
    SUSPEND_AGREEMENT = "suspend_agreement"
    VIEW_COLLECTION = "view_collection"
    CONTRIBUTE_COLLECTION = "contribute_collection"
    KEYS_COLLECTION = "keys_collection"


# A credential's scopes narrow its role: the Group may have the permission, the key not.
NEEDS: dict[Permission, Right] = {
    Permission.SIGN_AGREEMENT: Right.SIGN,
    Permission.SUSPEND_AGREEMENT: Right.SIGN,
    Permission.VIEW_COLLECTION: Right.READ,
    Permission.CONTRIBUTE_COLLECTION: Right.SUBMIT,
    Permission.KEYS_COLLECTION: Right.KEYS,
}
