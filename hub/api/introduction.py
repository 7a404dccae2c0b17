"""What a caller should know before the first call: for the document and for the page."""

from typing import Any

TAGS = {
    "Account": "Who the key belongs to.",
    "Submitting": "Telling the hub what you saw, and what became of it.",
    "Receiving": "Reading what clauses of agreements let you have.",
    "Inbox": "What waits for people, and decisions about it.",
    "Looking up": "Asking whether something is known, and who says so.",
    "Feedback": "Telling contributors what came of their records, and reading it.",
    "Agreements": "What agreements do, before they do it.",
}
SECTIONS = (
    (
        "Keys",
        (
            "Send an API key as `Authorization: Bearer KEY`, or as the password of Basic."
            " A manager of your organization makes it, chooses its scopes, and sees it once."
        ),
    ),
    (
        "Errors",
        (
            "Every error is a problem (RFC 9457, `application/problem+json`). `code` is for your"
            " program, `detail` for people, `errors` says which line or field is at fault, and"
            " `retry` whether the same request can succeed later. No error repeats what you sent."
            "\n\nWhat does not exist and what you may not see are answered alike: `not-found`."
        ),
    ),
    (
        "Lists",
        (
            "A list comes in pages. `next` is what to send for the following page, and the Link"
            " header is its address; null means that there is none. With"
            " `Accept: application/x-ndjson` a list comes as one JSON value a line, all of it"
            " unless you give a `limit`. Its last line is always"
            ' `{"kind": "end", "next": ..., "more": ...}`: an answer without it was cut off.'
        ),
    ),
    (
        "Streams",
        (
            "A collection is a stream with a cursor, `generation.seq`. Keep the cursor of what you"
            " have dealt with and read `after` it: nothing is skipped. Apply records in order:"
            " keep a release under its id, forget it at its tombstone."
        ),
    ),
    (
        "Repeating",
        (
            "Give each submission an `Idempotency-Key`. If an answer does not arrive, send the"
            " same again: it is stored once, and the repeat is answered with the header"
            " `Idempotent-Replayed: true`."
        ),
    ),
    (
        "Times and ids",
        (
            "Times are RFC 3339 in UTC with microseconds. Ids are UUIDs. Query parameters that"
            " an operation does not know are an error, not ignored. Every answer has an"
            " `X-Request-ID` that our log has too."
        ),
    ),
)


def add(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: put both into the document."""
    text = "\n\n".join(f"## {title}\n\n{text}" for title, text in SECTIONS)
    result["info"]["description"] += "\n\n" + text
    result["tags"] = [
        {"name": name, "description": text} for name, text in TAGS.items()
    ]
    return result
