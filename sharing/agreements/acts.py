"""What can be done to an agreement besides signing: which act, by whom, in which state."""

from dataclasses import dataclass

from orgs.accounts.actor import Actor, Right, Role
from sharing.agreements import accession, facts
from sharing.agreements.models import Agreement
from sharing.agreements.selectors import RUNNING


@dataclass(frozen=True, slots=True)
class Act:
    """One of them, in the words of its page."""

    name: str
    label: str
    explains: str
    done: str
    reason: bool = True  # must one be given

    @property
    def route(self) -> str:
        return f"agreement-{self.name}"


ACTS = {
    act.name: act
    for act in (
        Act(
            "suspend",
            "Suspend",
            "From this second nobody reads anything under the agreement, until it is"
            " resumed. Contributions are kept up to date meanwhile. Every party reads"
            " the reason.",
            "The agreement is suspended; nobody reads anything under it.",
        ),
        Act(
            "resume",
            "Resume",
            "From this second the agreement goes on as before.",
            "The agreement goes on.",
            reason=False,
        ),
        Act(
            "leave",
            "Leave",
            "Your organization reads nothing more under the agreement, and what it"
            " contributed is no longer released. You are asked to purge what you hold."
            " The agreement goes on among the others; when fewer than two are left it"
            " ends. This cannot be undone.",
            "Your organization has left the agreement.",
        ),
        Act(
            "terminate",
            "End for everybody",
            "Every collection of the agreement closes and recipients are asked to purge"
            " what they hold. This cannot be undone.",
            "The agreement is over.",
        ),
    )
}

NOT_BY_STAFF, BY_STAFF_ALONE = "leave", "terminate"


def open_to(actor: Actor, agreement: Agreement) -> list[Act]:
    """The acts that the actor could do to the agreement in its present state."""
    names = [*_of_party(actor, agreement), *_of_staff(actor, agreement)]
    return [act for name, act in ACTS.items() if name in names]


def _of_party(actor: Actor, agreement: Agreement) -> list[str]:
    if actor.role != Role.SIGNATORY or agreement.state not in RUNNING:
        return []
    if not _has_signed(actor, agreement):
        return []
    if agreement.state == Agreement.State.ACTIVE:
        return ["suspend", "leave"]
    own = agreement.suspended_by_id == actor.organization_id
    return ["resume", "leave"] if own else ["leave"]


def _of_staff(actor: Actor, agreement: Agreement) -> list[str]:
    if not actor.is_staff:
        return []
    active = agreement.state == Agreement.State.ACTIVE
    suspended = agreement.state == Agreement.State.SUSPENDED
    over = agreement.state == Agreement.State.TERMINATED
    return [
        *(["suspend"] if active else []),
        *(["resume"] if suspended else []),
        *([] if over else ["terminate"]),
    ]


def may_invite(actor: Actor, agreement: Agreement) -> bool:
    """Whether the text in force is open to others, and the actor may ask them."""
    version = agreement.active_version
    if version is None or not accession.may_accede(version):
        return False
    return may_withdraw(actor, agreement)


def may_withdraw(actor: Actor, agreement: Agreement) -> bool:
    """Whether the actor may take invitations into the text in force back."""
    by_party = actor.may(Right.DRAFT) and _has_signed(actor, agreement)
    return actor.is_staff or by_party


def _has_signed(actor: Actor, agreement: Agreement) -> bool:
    pk = agreement.active_version_id
    signed = facts.signatories([pk])[pk] if pk else ()
    return actor.organization_id in {party.organization_id for party in signed}
