"""Describes the operation about who calls."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from orgs.accounts.actor import SCOPES, Role
from orgs.accounts.models import Organization


class Member(Shape):
    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Organization.Kind.values)
    is_government = serializers.BooleanField(help_text="Set by hub staff.")
    jurisdiction = serializers.CharField(help_text="ISO 3166-1, two letters.")


class Key(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="As its maker called it.")
    expires_at = serializers.DateTimeField(allow_null=True)


class Caller(Shape):
    """Who a request acts for."""

    organization = Member()
    role = serializers.ChoiceField(
        choices=list(Role), help_text="Whose object permissions the key uses."
    )
    rights = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(SCOPES)),
        help_text="What the scopes of the key leave of the role.",
    )
    credential = Key()


me = describe(
    "show_me",
    "Who am I?",
    "The organization that the key belongs to, and what the key may do. A good first call.",
    answer(
        Caller,
        "The organization and the key.",
        {
            "organization": {
                "id": "7f6c2a38-9d0b-4f0e-8a51-0d1b5a3f9e21",
                "slug": "harbour",
                "name": "Harbour Bank",
                "kind": "bank",
                "is_government": False,
                "jurisdiction": "GB",
            },
            "role": "manager",
            "rights": ["keys", "read", "submit"],
            "credential": {
                "id": "0b9d3c55-57f4-4a53-8f5e-3a1c2be0a7a4",
                "name": "fraud engine",
                "expires_at": None,
            },
        },
    ),
    tag="Account",
)
