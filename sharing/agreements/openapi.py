"""Describes the operations about agreements."""

from drf_spectacular.types import OpenApiTypes

from hub.api.openapi import answer, describe
from sharing.agreements.files import MEDIA_TYPE

document = describe(
    "read_document",
    "Download the legal document of a version",
    "What is attached to a version of an agreement that your organization is party to, byte"
    " for byte. Its SHA-256 stands in the text that is signed. People attach it in the"
    " browser, while the version is a draft.\n\nNeeds the scope `audit`.",
    answer(
        OpenApiTypes.BINARY,
        "The file, under its name in Content-Disposition.",
        "%PDF-1.7 ...",
        media_type=MEDIA_TYPE,
    ),
    tag="Agreements",
    fails=["not-found", "conflict"],
)
