"""Who acts: a person or a system, for one organization at a time."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    ANALYST = "analyst"
    MANAGER = "manager"
    SIGNATORY = "signatory"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a role may do; the scopes of a credential are some of these."""

    READ = "read"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    EXPORT = "export"
    MEMBERS = "members"
    CREDENTIALS = "credentials"
    KEYS = "keys"
    SIGN = "sign"
    AUDIT = "audit"
    DRAFT = "draft"


_ANALYST = frozenset({Right.READ, Right.SUBMIT})
_MANAGER = _ANALYST | {
    Right.WITHDRAW,
    Right.EXPORT,
    Right.MEMBERS,
    Right.CREDENTIALS,
    Right.KEYS,
    Right.AUDIT,
    Right.DRAFT,
}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ANALYST: _ANALYST,
    Role.MANAGER: _MANAGER,
    Role.SIGNATORY: frozenset({Right.SIGN, Right.AUDIT}),
    Role.AUDITOR: frozenset({Right.AUDIT}),
}
# What a partner's system can be allowed; people do the rest in the browser.
SCOPES = frozenset(
    {
        Right.READ,
        Right.SUBMIT,
        Right.WITHDRAW,
        Right.EXPORT,
        Right.KEYS,
        Right.AUDIT,
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person or credential; hub staff act without an organization."""

    organization_id: UUID | None = None
    role: Role | None = None
    rights: frozenset[Right] = frozenset()
    user_id: int | None = None
    credential_id: UUID | None = None
    is_staff: bool = False
    second_factor: bool = False  # a code was verified in this very request

    def may(self, right: Right) -> bool:
        return self.organization_id is not None and right in self.rights


SYSTEM = Actor()  # the hub itself: expiry, releases, housekeeping
