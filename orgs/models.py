"""Django looks for models only here: every room's models, named."""

from orgs.accounts.models import Organization, RecoveryCode, SecondFactor, User
from orgs.audit.models import AuditEvent
from orgs.credentials.models import Credential
from orgs.members.models import Invitation, Membership, RoleGroup

__all__ = [
    "AuditEvent",
    "Credential",
    "Invitation",
    "Membership",
    "Organization",
    "RecoveryCode",
    "RoleGroup",
    "SecondFactor",
    "User",
]
