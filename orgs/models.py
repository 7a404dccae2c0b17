"""Django looks for models only here: every room's models, named."""

from orgs.accounts.models import (
    BrowserSession,
    Organization,
    RecoveryCode,
    SecondFactor,
    User,
)
from orgs.audit.models import AuditEvent
from orgs.credentials.models import Credential
from orgs.members.models import Invitation, Membership, RoleGroup
from orgs.mine.models import SavedView

__all__ = [
    "AuditEvent",
    "BrowserSession",
    "Credential",
    "Invitation",
    "Membership",
    "Organization",
    "RecoveryCode",
    "RoleGroup",
    "SavedView",
    "SecondFactor",
    "User",
]
