"""The cast of the demo: five members, their people, and what each is there to show."""

from dataclasses import dataclass
from pathlib import Path

AGREEMENT = Path(__file__).with_name("agreement.yaml")


@dataclass(frozen=True, slots=True)
class Member:
    """An organization of the demo, its analyst-in-chief, and what it is there to show."""

    slug: str
    name: str
    kind: str
    jurisdiction: str
    person: str
    part: str
    is_government: bool = False
    contributes: bool = False

    @property
    def email(self) -> str:
        return f"{self.person}@{self.slug}.example"

    @property
    def signatory(self) -> str:
        return f"{self.person}-signs@{self.slug}.example"


CAST = (
    Member(
        "meadow", "Meadow Social", "platform", "US", "alice",
        "a platform that contributes", contributes=True,
    ),
    Member(
        "sentry", "Sentry Security", "security_vendor", "GB", "frank",
        "a security vendor that contributes and reads", contributes=True,
    ),
    Member("harbour", "Harbour Bank", "bank", "GB", "bob", "a bank that reads"),
    Member(
        "liaison", "Liaison Office", "law_enforcement", "DE", "dana",
        "law enforcement, with a clause of its own", is_government=True,
    ),
    Member(
        "northline", "Northline Telecom", "telecom", "FR", "carol",
        "a telecom without an agreement: it gets nothing",
    ),
)  # fmt: skip
STAFF = "erin@accord.example"
