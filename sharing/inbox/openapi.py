"""Describes the operations of the inbox."""

from rest_framework import serializers

from hub.api.listing import LIMIT_DEFAULT
from hub.api.openapi import Shape, answer, describe, limit, lines_of, query, stream
from sharing.inbox.kinds import Kind, Outcome

TAG = "Inbox"
PLACE = "notice.5b0f6f0e-51a5-4a1e-8d2b-0e8b9f0a7c11.1795512600000000"


class InboxEntry(Shape):
    """Something that waits for your organization, or for you."""

    entry = serializers.CharField(
        help_text="Its name in decisions: kind, subject, and as of when you saw it."
    )
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind])
    subject = serializers.UUIDField(
        help_text="What it is about: a collection, notice, version or submission."
    )
    at = serializers.DateTimeField(help_text="When something last happened to it.")
    title = serializers.CharField()
    why = serializers.CharField(help_text="Why it is here, in a sentence.")
    urgent = serializers.BooleanField()
    claimed_by = serializers.CharField(
        allow_null=True, help_text="The person who is on it."
    )
    claimed_until = serializers.DateTimeField(allow_null=True)


class InboxPage(Shape):
    entries = InboxEntry(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="Give it as `after`; null: this was the last page."
    )


class Decision(Shape):
    """What was decided about entries."""

    entries = serializers.ListField(
        child=serializers.CharField(), help_text="As the inbox names them; 500 at most."
    )
    outcome = serializers.ChoiceField(choices=[str(each) for each in Outcome])
    days = serializers.IntegerField(
        required=False, help_text="How long to snooze, 1 to 90."
    )


class DecisionMade(Shape):
    decided = serializers.ListField(child=serializers.CharField())
    left = serializers.ListField(
        child=serializers.CharField(), help_text="Somebody else is on these."
    )
    gone = serializers.ListField(
        child=serializers.CharField(), help_text="No entries of your inbox any more."
    )


EXAMPLE = {
    "entry": PLACE,
    "kind": "notice",
    "subject": "5b0f6f0e-51a5-4a1e-8d2b-0e8b9f0a7c11",
    "at": "2026-11-24T09:30:00.000000Z",
    "title": "You may no longer read “Fraud prevention” of Coalition against scams",
    "why": "We leave the coalition. What you hold of it is to be purged by"
    " 2026-11-27 09:30 UTC.",
    "urgent": False,
    "claimed_by": "Bob",
    "claimed_until": "2026-11-24T10:40:00.000000Z",
}
END = {"kind": "end", "next": None, "more": False}

listed = describe(
    "list_inbox",
    "See what waits",
    "Everything open that the key's role may see, the newest first; what was decided about"
    " is not there until something new happens to it. An auditor sees notices and agreements"
    " that end, and no releases. Nothing is here that its own operation would not show.",
    answer(InboxPage, "A page of them.", {"entries": [EXAMPLE], "next": None})
    | stream(lines_of("InboxLine", InboxEntry), "All of them.", [EXAMPLE, END]),
    tag=TAG,
    fails=("bad-parameter", "bad-limit"),
    parameters=[
        query("after", "An entry, as the page before gave it."),
        query("kind", "Of one kind alone.", words=list(Kind)),
        limit(LIMIT_DEFAULT),
    ],
)
decided = describe(
    "decide_inbox",
    "Decide about what waits",
    "`done` and `dismissed` take an entry out of everybody's inbox until something new"
    " happens to its subject, `snoozed` for so many days; `acknowledged`, for recalls and"
    " notices, also tells whoever waits for it. What a person is on is left to them.",
    answer(
        DecisionMade,
        "What was decided.",
        {"decided": [PLACE], "left": [], "gone": []},
    ),
    tag=TAG,
    fails=(
        "bad-json not-found conflict length-required too-large unsupported-type invalid"
    ).split(),
    request=Decision,
)
