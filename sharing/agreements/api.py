"""The legal document of a Version over the API."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from hub.api.answers import JsonRenderer
from hub.api.views import ApiView
from sharing.agreements import documents, openapi
from sharing.agreements.files import MEDIA_TYPE, as_file


class FileRenderer(JsonRenderer):
    media_type = MEDIA_TYPE
    format = "file"


class Document(ApiView):
    renderer_classes = [FileRenderer]

    @openapi.document
    def get(self, request: Request, version_id: UUID) -> HttpResponse:
        return as_file(*documents.read(actor=self.actor, version_id=version_id))
