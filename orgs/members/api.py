"""Who a key belongs to and what it may do."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers
from hub.api.views import ApiView
from orgs.members import openapi, selectors


class Me(ApiView):
    @openapi.me
    def get(self, request: Request) -> HttpResponse:
        key: Any = request.auth
        member = selectors.organization_of(self.actor)
        return answers.answer(
            {
                "organization": {
                    "id": member.pk,
                    "slug": member.slug,
                    "name": member.name,
                    "kind": member.kind,
                    "is_government": member.is_government,
                    "jurisdiction": member.jurisdiction,
                },
                "role": self.actor.role,
                "rights": sorted(self.actor.rights),
                "credential": {
                    "id": self.actor.credential_id,
                    "name": key.name,
                    "expires_at": key.expires_at,
                },
            }
        )
