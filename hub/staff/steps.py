"""The steps by which an organization comes in, and what is still missing. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from orgs.onboarding.progress import Arrival, Post
from sharing.agreements.partaking import Part
from sharing.intake.begun import Begun
from sharing.vocabulary import NEW_MEMBER_LINES


class Mark(StrEnum):
    DONE = "done"
    WAITS = "waits"  # for somebody of the organization
    MISSING = "missing"  # staff can do it now


@dataclass(frozen=True, slots=True)
class Step:
    name: str  # of its page
    title: str
    mark: Mark
    sentence: str


def steps(arrival: Arrival, parts: list[Part], begun: Begun) -> list[Step]:
    """In the order in which they are taken; each can be taken again."""
    return [
        _details(arrival),
        _people(arrival),
        _connection(arrival),
        _vouching(arrival),
        _agreements(parts),
        _first(begun),
    ]


def _details(arrival: Arrival) -> Step:
    member = arrival.organization
    kind = member.kind.replace("_", " ")
    state = "government" if member.is_government else "no government"
    said = f"{kind}, {state}, {member.jurisdiction}; short name {member.slug}."
    mark = Mark.DONE if member.is_active else Mark.MISSING
    said += "" if member.is_active else " It is switched off, and sees nothing."
    return Step("staff-details", "Details", mark, said[0].upper() + said[1:])


def _people(arrival: Arrival) -> Step:
    manager, signatory = arrival.manager, arrival.signatory
    said = f"{_post('Manager', manager)} {_post('Signatory', signatory)}"
    if signatory.joined and not signatory.ready:
        said += " No signatory has a second factor yet, without which nobody signs."
    if manager.joined and signatory.ready:
        mark = Mark.DONE
    else:
        asked = all(post.joined or post.invited for post in (manager, signatory))
        mark = Mark.WAITS if asked else Mark.MISSING
    return Step("staff-people", "First manager and signatory", mark, said)


def _post(title: str, post: Post) -> str:
    if post.joined:
        return f"{title}: {', '.join(post.joined)}."
    if post.invited:
        return f"{title}: {', '.join(post.invited)} is invited."
    return f"{title}: nobody is invited."


def _connection(arrival: Arrival) -> Step:
    title = "API keys"
    if arrival.keys:
        n = arrival.keys
        said = f"{n} key{'' if n == 1 else 's'} in force."
        return Step("staff-connection", title, Mark.DONE, said)
    said = "No key in force. Its managers make them; people need none."
    return Step("staff-connection", title, Mark.WAITS, said)


def _vouching(arrival: Arrival) -> Step:
    title = "Vouching"
    if arrival.organization.vouched:
        said = "Staff vouch for it: its first lines go through."
        return Step("staff-vouch", title, Mark.DONE, said)
    said = (
        f"Nobody vouches for it: its first {NEW_MEMBER_LINES:,} lines wait until staff"
        " let them through."
    )
    return Step("staff-vouch", title, Mark.MISSING, said)


def _agreements(parts: list[Part]) -> Step:
    name, title = "staff-drafting", "Agreements"
    if any(part.in_force for part in parts):
        n = sum(part.in_force for part in parts)
        said = f"Party to {n} agreement{'' if n == 1 else 's'} in force."
        return Step(name, title, Mark.DONE, said)
    if any(part.signed for part in parts):
        return Step(name, title, Mark.WAITS, "It signed; others have not yet.")
    if any(part.state == "proposed" for part in parts):
        return Step(name, title, Mark.WAITS, "A text lies before it to be signed.")
    if parts:
        said = "A draft names it; propose it to its parties."
        return Step(name, title, Mark.MISSING, said)
    return Step(name, title, Mark.MISSING, "No text names it.")


def _first(begun: Begun) -> Step:
    name, title = "held", "First submission"
    if begun.accepted:
        return Step(name, title, Mark.DONE, "It was accepted.")
    if begun.waiting:
        said = "It came, and waits until staff let it through."
        return Step(name, title, Mark.MISSING, said)
    if begun.sent:
        return Step(name, title, Mark.WAITS, "It came; no line of it is accepted yet.")
    return Step(name, title, Mark.WAITS, "None came yet.")
