"""What the hub's answers must look like where the toolkit reads them; more may be there."""

from typing import Annotated, Any, NotRequired, TypedDict

import msgspec

from hub.client.errors import UnverifiedError

# As it stands in addresses of further questions and names of files.
Id = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z",
    ),
]
Something = dict[str, Any]  # read further by who asks for it, with the same refusals


class Collection(TypedDict):
    id: Id
    title: str
    agreement: str
    disclosure: str
    can_read: bool
    releases: NotRequired[int | None]


class Collections(TypedDict):
    collections: list[Collection]


class Notice(TypedDict):
    id: Id
    collection: str
    acknowledged_at: str | None
    ended_at: str
    reason: str
    purge_by: str


class Notices(TypedDict):
    notices: list[Notice]


class Originator(TypedDict):
    id: NotRequired[str | None]
    name: NotRequired[str | None]


class Release(TypedDict):
    id: Id
    type: NotRequired[str]
    token: NotRequired[str | None]
    tlp: NotRequired[str]
    originator: NotRequired[Originator | None]


class Fault(TypedDict):
    code: str
    detail: str


class Correlation(TypedDict):
    over_correlating: NotRequired[bool]
    reason: NotRequired[str | None]


class Result(TypedDict):
    line: int
    releases: list[Release]
    error: NotRequired[Fault | None]
    correlation: NotRequired[Correlation | None]


class Results(TypedDict):
    results: list[Result]


class Taken(TypedDict):
    id: Id


class Held(TypedDict):
    reason: str


class Submission(TypedDict):
    id: Id
    state: str
    lines: int
    rejected: int
    stopped: int
    counts: dict[str, int]
    progress: float
    held: Held | None
    refusal: str | None


class Problem(TypedDict):
    line: int
    outcome: str
    field: str | None
    code: str
    detail: str


class Outcome(TypedDict):
    line: int
    outcome: str


def shaped(answer: Any, shape: Any) -> Any:
    """The answer as it came if it has that shape, or UnverifiedError."""
    try:
        msgspec.convert(answer, shape)
    except msgspec.ValidationError:  # its message may quote what came
        raise UnverifiedError("The hub's answer is not as it must be.") from None
    return answer
