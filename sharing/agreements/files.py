"""A file of somebody else's making, sent so that no browser opens it as a page."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

MEDIA_TYPE = "application/octet-stream"


def as_file(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
