"""The legal document of a Version: whose it is, what is signed with it, and that it stays."""

import hashlib
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hub.lib.canonical import canonical_hash
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import documents, drafting, services
from sharing.agreements.models import LegalDocument
from sharing.agreements.texts import DOCUMENT
from tests.cast import acting, browser_of, key_of
from tests.sharing.agreements.conftest import text
from tests.sharing.agreements.test_views import manager_of
from tests.walls import OWNER, stored, working_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_bells")]
PDF = b"%PDF-1.7 the whole contract"
SHA256 = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def meadow_drafts(signers):
    return acting(manager_of(signers, "meadow"))


@pytest.fixture
def draft(meadow_drafts):
    return services.draft(actor=meadow_drafts, text=text())


def attach(actor, version, content=PDF, name="contract.pdf"):
    documents.attach(actor=actor, version_id=version.pk, name=name, content=content)
    version.refresh_from_db()


def read(actor, version):
    return documents.read(actor=actor, version_id=version.pk)


def sign_all(version, signers):
    for party in version.parties.select_related("organization"):
        actor = acting(signers[party.organization.slug])
        services.sign(actor=actor, version_id=version.pk)
    version.refresh_from_db()


def test_hash_of_the_document_is_in_the_text_that_is_signed(
    draft, meadow_drafts, signers
):
    before = draft.text_sha256
    attach(meadow_drafts, draft)
    said = {"name": "contract.pdf", "size": len(PDF), "sha256": SHA256}
    assert draft.text[DOCUMENT] == said
    assert draft.text_sha256 == canonical_hash(draft.text) != before
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    sign_all(draft, signers)
    assert draft.state == "active"
    assert {each.text_sha256 for each in draft.signatures.all()} == {draft.text_sha256}
    event = AuditEvent.objects.get(verb=Verb.DOCUMENT_ATTACH)
    assert PDF.decode() not in str(event.__dict__)


def test_text_that_changed_since_it_was_seen_is_not_proposed(draft, meadow_drafts):
    seen = draft.text_sha256
    attach(meadow_drafts, draft)
    with pytest.raises(Conflict, match="changed"):
        services.propose(actor=meadow_drafts, version_id=draft.pk, text_sha256=seen)
    person = User.objects.get(pk=meadow_drafts.user_id)
    browser = browser_of(person)
    place = reverse("agreement-version", args=[draft.pk])
    assert f'name="text_sha256" value="{draft.text_sha256}"' in (
        browser.get(place).content.decode()
    )
    propose = reverse("agreement-propose", args=[draft.pk])
    told = browser.post(propose, {"text_sha256": seen}, follow=True)
    assert "Somebody changed this draft" in told.content.decode()
    browser.post(propose, {"text_sha256": draft.text_sha256})
    draft.refresh_from_db()
    assert draft.state == "proposed"


def test_document_rests_sealed_and_is_read_by_the_parties(
    draft, meadow_drafts, signers, carol, erin
):
    attach(meadow_drafts, draft)
    assert PDF not in bytes(stored(LegalDocument).get().sealed)
    other = acting(manager_of(signers, "harbour"))
    with pytest.raises(NotFound):
        read(other, draft)  # a draft of somebody else
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    for actor in (meadow_drafts, other, acting(signers["liaison"])):
        assert read(actor, draft) == ("contract.pdf", PDF)
    with pytest.raises(NotFound):
        read(acting(carol), draft)
    with pytest.raises(Forbidden):
        read(acting(erin), draft)


def test_document_stays_when_the_text_is_changed_and_goes_when_it_is_removed(
    draft, meadow_drafts
):
    attach(meadow_drafts, draft)
    changed = text(title="Another")
    services.redraft(actor=meadow_drafts, version_id=draft.pk, text=changed)
    assert read(meadow_drafts, draft)[1] == PDF
    attach(meadow_drafts, draft, b"second", "second.txt")
    assert read(meadow_drafts, draft) == ("second.txt", b"second")
    documents.remove(actor=meadow_drafts, version_id=draft.pk)
    draft.refresh_from_db()
    assert DOCUMENT not in draft.text
    with pytest.raises(NotFound):
        read(meadow_drafts, draft)


def test_document_is_attached_by_the_drafter_to_a_draft_alone(
    draft, meadow_drafts, signers, erin, carol
):
    other = acting(manager_of(signers, "harbour"))
    for actor, refusal in (
        (other, NotFound),
        (acting(carol), NotFound),
        (acting(erin), Forbidden),
        (acting(signers["meadow"]), Forbidden),
    ):
        with pytest.raises(refusal):
            attach(actor, draft)
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    with pytest.raises(Conflict):
        attach(meadow_drafts, draft)
    with pytest.raises(Forbidden):
        attach(other, draft)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.txt"),
        (b"x" * (documents.BYTES_MAX + 1), "large.txt"),
        (b"<html>", "page.html"),
        (b"<html>", "page.pdf"),
        (b"MZ", "run"),
    ],
)
def test_file_is_refused_when_it_is_no_document(draft, meadow_drafts, content, name):
    with pytest.raises(Invalid):
        attach(meadow_drafts, draft, content, name)
    assert not stored(LegalDocument).exists()


def test_name_is_one_that_no_path_or_header_reads(draft, meadow_drafts):
    attach(meadow_drafts, draft, name='../../etc/a"b\r\nc.PDF')
    assert draft.text[DOCUMENT]["name"] == "a_b_c.pdf"


def test_document_of_a_signed_text_is_frozen_in_the_database(
    draft, meadow_drafts, signers
):
    attach(meadow_drafts, draft)
    with working_as(OWNER), pytest.raises(IntegrityError), transaction.atomic():
        LegalDocument.objects.update(sealed=b"other")
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    services.sign(actor=acting(signers["meadow"]), version_id=draft.pk)
    with working_as(OWNER), pytest.raises(IntegrityError), transaction.atomic():
        LegalDocument.objects.all().delete()


def test_document_cannot_be_added_when_the_text_is_signed(propose, signers):
    version = propose()
    services.sign(actor=acting(signers["meadow"]), version_id=version.pk)
    with working_as(OWNER), pytest.raises(IntegrityError), transaction.atomic():
        LegalDocument.objects.create(
            version=version, sealed=b"x", attached_at=version.created_at
        )


@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_nobody_signs_when_the_document_is_not_the_one_attached(
    draft, meadow_drafts, signers, harm
):
    attach(meadow_drafts, draft)
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    with working_as(OWNER):
        row = LegalDocument.objects.get()
        sealed = bytes(row.sealed)
        row.delete()
        if harm == "changed":
            row.version = draft
            row.sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
            row.save(force_insert=True)
    with pytest.raises(Conflict):
        services.sign(actor=acting(signers["meadow"]), version_id=draft.pk)
    assert not draft.signatures.exists()


def test_amendment_has_no_document_until_one_is_attached(draft, meadow_drafts, signers):
    attach(meadow_drafts, draft)
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    sign_all(draft, signers)
    said = {key: part for key, part in draft.text.items() if key != DOCUMENT}
    newer = services.draft(actor=SYSTEM, text=said, agreement_id=draft.agreement_id)
    assert DOCUMENT not in newer.text
    drafting.check_hash(newer, None)


def test_page_takes_the_file_and_gives_it_as_a_download(draft, signers):
    manager = manager_of(signers, "meadow")
    browser, path = browser_of(manager), reverse("agreement-document", args=[draft.pk])
    sent = SimpleUploadedFile("contract.pdf", PDF, "text/html")
    page = browser.post(path, {"document": sent}, follow=True)
    assert "Attached: the text holds its hash now." in page.content.decode()
    assert SHA256 in page.content.decode()
    for name in ("agreement-print", "agreement-version"):
        shown = browser.get(reverse(name, args=[draft.pk])).content.decode()
        assert SHA256 in unescape(shown)
    file = browser.get(path)
    assert file.content == PDF
    assert file["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Type"] == "application/octet-stream"
    browser.post(path, {"remove": "yes"})
    assert browser.get(path).status_code == 404
    refused = browser.post(path, {}, follow=True)
    assert "Choose a file." in refused.content.decode()


def test_key_of_a_party_downloads_it_with_the_scope_audit(
    draft, meadow_drafts, signers, carol
):
    attach(meadow_drafts, draft)
    services.propose(actor=meadow_drafts, version_id=draft.pk)
    person = manager_of(signers, "harbour")
    for key, status in (
        (key_of(person, scopes=["audit"]), 200),
        (key_of(person, scopes=["read"]), 403),
        (key_of(carol), 404),
    ):
        answer = Client().get(
            f"/api/v1/agreement-versions/{draft.pk}/document",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code == status
        assert (answer.content == PDF) is (status == 200)
