"""The legal document of a Version: attached to a draft, signed with it, read by its parties.

The bytes rest sealed and are the parties' alone, hub staff have none; the text holds
name, size and SHA-256, so that whoever signs the text signs the document.
"""

import hashlib
import re
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.lib.canonical import canonical_hash
from hub.lib.clock import now
from hub.lib.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from hub.lib.sealed import SealBrokenError
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import drafting_rights, locking, shown
from sharing.agreements.models import LegalDocument, Version
from sharing.agreements.texts import DOCUMENT
from sharing.tokens import services as tokens

BYTES_MAX = 10 * 1024 * 1024
NAME_MAX = 120
# By suffix, how a file of the kind begins.
KINDS = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "odt": b"PK\x03\x04", "txt": b""}
PURPOSE = "legal-document"
NOT_YOURS = "The parties attach and read the document; nobody else does."
OTHER = "The document is not the one that was attached."
_UNUSUAL = re.compile(r"[^\w .,()+-]+")


@transaction.atomic
def attach(*, actor: Actor, version_id: UUID, name: str, content: bytes) -> None:
    """Put a document into a draft of the actor's organization, in place of any other."""
    version, own = _draft(actor, version_id)
    said = {
        "name": _name(name, content),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    sealed = tokens.seal_blob(PURPOSE, version.pk.bytes, content)
    with scope(own):
        LegalDocument.objects.filter(version=version).delete()
        LegalDocument.objects.create(version=version, sealed=sealed, attached_at=now())
    _write(version, said)
    audit.record(
        actor=actor, verb=Verb.DOCUMENT_ATTACH, subject=version, sha256=said["sha256"]
    )


@transaction.atomic
def remove(*, actor: Actor, version_id: UUID) -> None:
    version, own = _draft(actor, version_id)
    with scope(own):
        LegalDocument.objects.filter(version=version).delete()
    _write(version, None)
    audit.record(actor=actor, verb=Verb.DOCUMENT_REMOVE, subject=version)


def read(*, actor: Actor, version_id: UUID) -> tuple[str, bytes]:
    """Name and bytes, for the parties that see the Version."""
    version = shown.version(actor, version_id)
    if actor.is_staff or actor.organization_id is None:
        raise Forbidden(NOT_YOURS)
    said = version.text.get(DOCUMENT)
    if said is None:
        raise NotFound("No document is attached to this version.")
    return said["name"], _content(version, actor.organization_id, said["sha256"])


def check(version: Version, organization_id: UUID) -> None:
    """Refuse to sign unless what is attached is what the text says, or nothing is."""
    said = version.text.get(DOCUMENT)
    if said is not None:
        _content(version, organization_id, said["sha256"])


def _draft(actor: Actor, version_id: UUID) -> tuple[Version, UUID]:
    version = locking.lock_version(actor, version_id)
    drafting_rights.may_change(actor, version)
    if actor.is_staff or actor.organization_id is None:
        raise Forbidden(NOT_YOURS)
    if version.state != Version.State.DRAFT:
        raise Conflict("A document is attached to a draft, before it is proposed.")
    return version, actor.organization_id


def _write(version: Version, said: dict[str, Any] | None) -> None:
    text = {key: part for key, part in version.text.items() if key != DOCUMENT}
    version.text = {**text, DOCUMENT: said} if said else text
    version.text_sha256 = canonical_hash(version.text)
    version.save(update_fields=["text", "text_sha256"])


def _content(version: Version, organization_id: UUID, sha256: str) -> bytes:
    with scope(organization_id):
        row = LegalDocument.objects.filter(version=version).first()
    if row is None:
        raise Conflict(OTHER)
    try:
        found = tokens.open_blob(PURPOSE, version.pk.bytes, bytes(row.sealed))
    except SealBrokenError as error:
        raise Conflict(OTHER) from error
    if hashlib.sha256(found).hexdigest() != sha256:
        raise Conflict(OTHER)
    return found


def _name(name: str, content: bytes) -> str:
    """The file's own name without what paths and headers would read."""
    if not 0 < len(content) <= BYTES_MAX:
        raise _unfit(
            f"A document has at most {BYTES_MAX // 1024**2} MB, and is not empty."
        )
    last = re.split(r"[/\\]", name)[-1]
    stem, _, suffix = last.rpartition(".")
    kind = suffix.lower()
    if kind not in KINDS or not content.startswith(KINDS[kind]):
        raise _unfit(
            f"A document is one of {', '.join(KINDS)}, and what its name says."
        )
    clean = _UNUSUAL.sub("_", stem).strip(" .")[: NAME_MAX - 5] or "document"
    return f"{clean}.{kind}"


def _unfit(detail: str) -> Invalid:
    fault: FieldError = {"field": "document", "code": "bad-document", "detail": detail}
    return Invalid(detail, errors=[fault])
