"""Every kind of problem the API answers with: its status and what to do about it."""

from dataclasses import dataclass

from hub import problems
from hub.lib import errors
from hub.lib.errors import Problem


@dataclass(frozen=True, slots=True)
class ProblemKind:
    code: str
    base: type[Problem]
    advice: str  # what the caller does now

    @property
    def status(self) -> int:
        return self.base.status

    @property
    def title(self) -> str:
        return self.base.title

    @property
    def retry(self) -> bool:
        return self.base.retry


_ALL = (
    ProblemKind(
        "malformed",
        errors.Malformed,
        "Read the detail; the request cannot be understood as it is.",
    ),
    ProblemKind(
        "bad-json",
        errors.Malformed,
        "Send strict JSON in UTF-8: no duplicate keys, no NaN, at most 32 levels deep.",
    ),
    ProblemKind(
        "bad-csv", errors.Malformed, "Mend the quotes near the line that is named."
    ),
    ProblemKind(
        "bad-gzip", errors.Malformed, "Pack the body again and send all of it."
    ),
    ProblemKind("no-header", errors.Malformed, "Give the CSV a header line."),
    ProblemKind(
        "bad-cursor",
        errors.Malformed,
        "Send a cursor exactly as an earlier answer gave it.",
    ),
    ProblemKind("bad-limit", errors.Malformed, "Send a whole number from 1 to 10000."),
    ProblemKind(
        "bad-parameter",
        errors.Malformed,
        "Send the parameter that is named once, in the form that its description asks.",
    ),
    ProblemKind(
        "unknown-parameter",
        errors.Malformed,
        "Leave out the query parameters that are named; a misspelled one is never ignored.",
    ),
    ProblemKind(
        "incomplete-body",
        errors.Malformed,
        "The connection broke before the body was whole. Nothing was stored: send it again.",
    ),
    ProblemKind(
        "unauthenticated",
        errors.Unauthenticated,
        "Send a valid API key. Unknown, revoked and expired keys, and keys used from"
        " another address than allowed, are answered alike.",
    ),
    ProblemKind(
        "forbidden",
        errors.Forbidden,
        "The key lacks a scope, or its role a permission. A manager of your organization"
        " can make a key that has it.",
    ),
    ProblemKind(
        "not-found",
        errors.NotFound,
        "It does not exist, or you have no grant for it now; the answer does not tell which.",
    ),
    ProblemKind(
        "method-not-allowed",
        problems.MethodNotAllowed,
        "Use one of the methods in the Allow header.",
    ),
    ProblemKind(
        "not-acceptable",
        problems.NotAcceptable,
        "Accept application/json, or application/x-ndjson where it is offered.",
    ),
    ProblemKind(
        "conflict", errors.Conflict, "Read what is stored now, then decide again."
    ),
    ProblemKind(
        "idempotency-key-reused",
        errors.Conflict,
        "Use a new Idempotency-Key for a new body or other parameters.",
    ),
    ProblemKind(
        "undo-too-early",
        errors.Conflict,
        "Ask again when the submission is `done`; one that is `held` you can refuse.",
    ),
    ProblemKind(
        "undo-over",
        errors.Conflict,
        "Send `withdraw` or `correct` for the lines that are wrong: `undo_until` is past.",
    ),
    ProblemKind(
        "nothing-to-undo",
        errors.Conflict,
        "The submission touched no claim, or was undone already: leave it.",
    ),
    ProblemKind(
        "not-oblivious",
        errors.Conflict,
        "This collection tells its values: compare them on your side.",
    ),
    ProblemKind(
        "generation-not-begun",
        errors.Conflict,
        "Ask in the generation that is live; `oprf/keys` says which, and from when the next"
        " one is.",
    ),
    ProblemKind(
        "other-scheme",
        errors.Conflict,
        "Make your elements as the `scheme` in `oprf/keys` says, or get a newer toolkit.",
    ),
    ProblemKind(
        "generation-closed",
        errors.Gone,
        "Get the public key of the live generation, and blind your values for it anew.",
    ),
    ProblemKind(
        "no-stream",
        errors.Conflict,
        "Ask instead: `filter`, `oprf/evaluate` and, after a hit, `details` of the same"
        " collection.",
    ),
    ProblemKind("gone", errors.Gone, "It will not come back."),
    ProblemKind(
        "resync-required",
        errors.Gone,
        "Forget what you hold of this collection and read it again without `after`.",
    ),
    ProblemKind(
        "key-destroyed",
        errors.Gone,
        "The keys of this generation no longer exist; use those of the live one.",
    ),
    ProblemKind(
        "length-required",
        problems.LengthRequired,
        "Send Content-Length instead of chunks: only then is a broken upload noticed.",
    ),
    ProblemKind("too-large", errors.TooLarge, "Split the body."),
    ProblemKind(
        "unsupported-type",
        errors.UnsupportedType,
        "Send one of the media types that the operation names; Content-Encoding is gzip"
        " or nothing.",
    ),
    ProblemKind("invalid", errors.Invalid, "Mend the fields that are listed."),
    ProblemKind(
        "bad-default",
        errors.Invalid,
        "Mend the query parameter that is named. Nothing was stored.",
    ),
    ProblemKind("empty", errors.Invalid, "Send at least one line. Nothing was stored."),
    ProblemKind(
        "no-value-column",
        errors.Invalid,
        "Name exactly one column of the CSV for the values. Nothing was stored.",
    ),
    ProblemKind(
        "beyond-delivered",
        errors.Invalid,
        "Acknowledge only what you were served in this generation.",
    ),
    ProblemKind(
        "too-many", errors.TooMany, "Wait as long as Retry-After says, then go on."
    ),
    ProblemKind(
        "internal",
        Problem,
        "Our fault. Report the `instance`; it is the only trace of it that you see.",
    ),
    ProblemKind(
        "unavailable",
        errors.Unavailable,
        "Wait as long as Retry-After says and repeat, with the same Idempotency-Key.",
    ),
)
KINDS: dict[str, ProblemKind] = {kind.code: kind for kind in _ALL}
