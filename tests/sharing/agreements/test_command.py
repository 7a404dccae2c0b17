"""./run manage agreement: what it applies, says and refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from orgs.members.models import Membership
from sharing.agreements import documents, services
from sharing.agreements.models import Agreement, Grant, Signature, Version
from tests.cast import acting

DEMO = settings.BASE_DIR / "hub" / "demo" / "agreement.yaml"


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("agreement", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_apply_puts_the_agreement_of_the_demo_into_force(
    signers: dict[str, User],
) -> None:
    said = run("apply", DEMO)
    assert "Harbour Bank: signed by" in said
    assert "is in force" in said
    assert Signature.objects.count() == 4
    found = Grant.objects.values_list("collection__title", "recipient__slug")
    assert set(found) == {
        ("Fraud prevention", "harbour"),
        ("Fraud prevention", "meadow"),
        ("Fraud prevention", "sentry"),
        ("Investigation", "liaison"),
        ("Vendor exchange", "harbour"),
        ("Vendor exchange", "meadow"),
    }
    assert "coalition-against-scams  active  version 1" in run("list")


def test_apply_never_drops_a_legal_document(
    signers: dict[str, User], tmp_path: Path
) -> None:
    run("apply", DEMO)
    active = Version.objects.get()
    person = Membership.objects.get(organization__slug="meadow", role="manager").user
    draft = services.draft(
        actor=acting(person), text=active.text, agreement_id=active.agreement_id
    )
    documents.attach(
        actor=acting(person), version_id=draft.pk, name="a.txt", content=b"All of it."
    )
    services.propose(actor=acting(person), version_id=draft.pk)
    for signer in signers.values():
        services.sign(actor=acting(signer), version_id=draft.pk)
    assert "nothing to do" in run("apply", DEMO)
    other = tmp_path / "other.yaml"
    text = DEMO.read_text()
    other.write_text(text.replace("retention_days: ", "retention_days: 1", 1))
    with pytest.raises(CommandError, match="legal document"):
        run("apply", other)
    assert Version.objects.filter(text__legal_document__isnull=False).get() == draft
    assert Version.objects.count() == 2


def test_apply_signs_without_a_second_factor_and_says_so(
    signers: dict[str, User],
) -> None:
    run("apply", DEMO)
    assert not Signature.objects.filter(second_factor=True).exists()
    told = AuditEvent.objects.filter(
        verb=Verb.AGREEMENT_SIGN,
        detail__on_command_line=True,
        detail__second_factor=False,
    )
    assert told.count() == 4


def test_apply_warns_of_low_entropy_types_under_tokens(
    signers: dict[str, User],
) -> None:
    assert "payment_handle, phone and platform_account: there" in run("apply", DEMO)


def test_apply_changes_nothing_when_the_text_is_in_force(
    signers: dict[str, User],
) -> None:
    run("apply", DEMO)
    assert "nothing to do" in run("apply", DEMO)
    assert Agreement.objects.get().versions.count() == 1


def test_apply_names_the_field_when_a_term_is_wrong(
    signers: dict[str, User], tmp_path: Path
) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_text(DEMO.read_text().replace("[domain, url]", "[domain, fax]"))
    with pytest.raises(CommandError) as refused:
        run("apply", path)
    assert "clauses.2.types.1: Not one of" in str(refused.value)
    assert not Agreement.objects.exists()


def test_apply_says_where_when_the_file_is_not_yaml(tmp_path: Path, db: None) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_text("title: [unclosed\nparties: x")
    with pytest.raises(CommandError) as refused:
        run("apply", path)
    assert "not valid YAML, line" in str(refused.value)


def test_apply_signs_nothing_when_a_party_has_no_signatory(
    signers: dict[str, User],
) -> None:
    signers["liaison"].memberships.all().delete()
    with pytest.raises(CommandError) as refused:
        run("apply", DEMO)
    assert "Liaison Office has no signatory" in str(refused.value)
    assert not Agreement.objects.exists()
