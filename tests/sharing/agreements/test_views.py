"""Agreements on the screen: read and signed by those they bind, hidden parties unseen."""

import hashlib
import re
from html import unescape

import pytest
import yaml
from django.urls import reverse
from django.utils.html import strip_tags

from orgs.accounts.actor import SYSTEM, Role
from orgs.models import Organization
from sharing.agreements import preview, services
from sharing.agreements.models import Agreement, Version
from sharing.agreements.prose import clause as said
from sharing.agreements.texts import terms_in
from tests.cast import acting, authenticator_of, browser_of, person_in
from tests.sharing.agreements.conftest import clause, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_bells")]
HIDDEN = ["meadow", "sentry", "harbour", {"slug": "liaison", "hidden": True}]


def shown(person, name, *ids) -> str:
    answer = browser_of(person).get(reverse(name, args=ids))
    assert answer.status_code == 200, answer.content.decode()
    return unescape(answer.content.decode())


def manager_of(signers, slug):
    return (
        signers[slug]
        .memberships.get()
        .organization.memberships.get(role=Role.MANAGER)
        .user
    )


@pytest.fixture
def hidden(enact):
    """One party is hidden; a clause of its own names it."""
    return enact(
        clause("Fraud"),
        clause("Secret", to=["liaison"], government_recipients=True),
        clause("Both", to=["harbour", "liaison"], government_recipients=True),
        parties=HIDDEN,
    )


def test_list_and_matrix_show_what_flows_when_an_agreement_is_in_force(enact, signers):
    enact()
    page = shown(signers["meadow"], "agreements")
    assert "Coalition" in page
    assert "4 of 4" in page
    assert '<th scope="row">Meadow Social</th>' in page
    assert '<th scope="col">Harbour Bank</th>' in page
    assert '<th scope="col">Liaison Office</th>' not in page  # receives nothing


def test_list_says_so_when_an_organization_is_party_to_none(enact, carol):
    enact()
    page = shown(carol, "agreements")
    assert "party to no agreement yet" in page
    assert "Coalition" not in page


def test_staff_see_every_agreement_and_every_party(hidden, erin):
    assert "Liaison Office" in shown(erin, "agreements")
    assert "Liaison Office" in shown(erin, "agreement", hidden.agreement_id)


@pytest.mark.parametrize("name", ["agreements", "agreement", "version", "print"])
def test_hidden_party_is_nowhere_when_another_party_looks(hidden, signers, name):
    ids = {"agreements": [], "agreement": [hidden.agreement_id]}.get(name, [hidden.pk])
    route = name if name.startswith("agreement") else f"agreement-{name}"
    page = shown(signers["harbour"], route, *ids)
    assert "3 of 3" in page or "3 parties" in page or name == "print"
    for word in ("Liaison", "liaison", "Secret", "4 of 4"):
        assert word not in page, word


def test_hidden_party_sees_itself(hidden, signers):
    page = shown(signers["liaison"], "agreement", hidden.agreement_id)
    assert "Liaison Office" in page
    assert "Secret" in page
    assert "4 of 4" in page


def test_hidden_party_is_not_in_a_difference(hidden, propose, signers):
    newer = propose(clause("Fraud"), parties=HIDDEN)
    ids = (newer.pk, hidden.pk)
    page = shown(signers["harbour"], "agreement-difference", *ids)
    assert "Liaison" not in page
    assert "liaison" not in page
    assert "Secret" not in page
    assert "“Secret”" in shown(signers["liaison"], "agreement-difference", *ids)


def test_whoever_sees_a_hidden_party_is_warned_when_it_is_listed(hidden, signers, erin):
    found = "Liaison Office is hidden, and listed"
    assert found in shown(erin, "agreement-version", hidden.pk)
    assert found in shown(signers["liaison"], "agreement-version", hidden.pk)
    other = shown(signers["harbour"], "agreement-version", hidden.pk)
    assert "hidden, and listed" not in other
    written = preview.of(acting(erin), text(parties=HIDDEN)).cautions
    assert [line for line in written if line.startswith(found)]
    Organization.objects.filter(slug="liaison").update(listed=False)
    assert found not in shown(erin, "agreement-version", hidden.pk)
    told = preview.of(acting(erin), text(parties=HIDDEN)).cautions
    assert not [line for line in told if line.startswith(found)]


def test_caution_is_not_wrong_when_a_hidden_party_makes_it_untrue(enact, signers):
    version = enact(
        clause("Fraud", originator="hidden", **{"from": "all parties"}),
        clause("Small", to=["harbour"], **{"from": ["meadow", "sentry", "liaison"]}),
        parties=HIDDEN,
    )
    page = shown(signers["harbour"], "agreement", version.agreement_id)
    assert "hidden originator needs" not in page


def test_version_shows_plain_words_beside_exact_terms_and_who_signed(enact, signers):
    version = enact()
    page = shown(signers["harbour"], "agreement", version.agreement_id)
    names = {"meadow": "Meadow Social", "sentry": "Sentry Security"}
    told = said(terms_in(version.text["clauses"][0]), names)
    assert told.lead in page
    assert "Legitimate interest." in page
    assert "Meadow-Signs" in page
    assert version.text_sha256 in page
    assert "generation 1" in page


def test_printed_text_is_what_was_hashed_when_nobody_is_hidden(enact, signers):
    version = enact()
    page = shown(signers["harbour"], "agreement-print", version.pk)
    canonical = re.search(r'<pre class="mono">(.*?)</pre>', page, re.DOTALL)
    assert canonical is not None
    digest = hashlib.sha256(canonical[1].encode()).hexdigest()
    assert digest == version.text_sha256


def test_difference_is_told_in_words_whichever_way_it_is_asked(enact, propose, signers):
    old = enact(clause(disclosure="value"))
    new = propose(clause(min_confidence=60, continues="Fraud"))
    ids = [new.pk, old.pk]
    for order in (ids, ids[::-1]):
        page = shown(signers["meadow"], "agreement-difference", *order)
        assert "What version 2 changes" in page
        assert "Raised from 30 to 60." in page
        assert "begins its next generation" in page


def test_difference_between_two_agreements_is_not_found(enact, signers):
    one = enact()
    other = services.draft(actor=SYSTEM, text=text(title="Other"))
    services.propose(actor=SYSTEM, version_id=other.pk)
    path = reverse("agreement-difference", args=[one.pk, other.pk])
    assert browser_of(signers["meadow"]).get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        ("agreement", Role.AUDITOR, 200),
        ("agreement", Role.ANALYST, 403),
        ("agreement-print", Role.ANALYST, 403),
        ("agreement-sign", Role.MANAGER, 403),
        ("agreement-sign", Role.AUDITOR, 403),
        ("agreement-edit", Role.SIGNATORY, 403),
        ("agreement-amend", Role.AUDITOR, 403),
    ],
)
def test_page_is_refused_when_the_role_has_not_the_right(
    propose, meadow, name, role, status
):
    version = propose()
    of_agreement = name in ("agreement", "agreement-amend")
    pk = version.agreement_id if of_agreement else version.pk
    person = person_in(meadow, "someone", role)
    assert browser_of(person).get(reverse(name, args=[pk])).status_code == status


@pytest.mark.parametrize(
    "name", ["agreement-version", "agreement-print", "agreement-sign"]
)
def test_version_is_not_found_when_a_stranger_asks(propose, carol_signs, name):
    path = reverse(name, args=[propose().pk])
    assert browser_of(carol_signs).get(path).status_code == 404


def sign(person, version, **said):
    body = {"text_sha256": version.text_sha256, "read": "on", "code": "000000", **said}
    return browser_of(person).post(reverse("agreement-sign", args=[version.pk]), body)


def test_signatory_signs_when_all_is_read_and_the_code_is_right(propose, signers):
    version = propose()
    code = authenticator_of(signers["meadow"]).now()
    answer = sign(signers["meadow"], version, code=code)
    assert answer.status_code == 302
    signature = version.signatures.get()
    assert signature.text_sha256 == version.text_sha256
    assert signature.second_factor


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"code": "000000x"}, "code"),
        ({"read": ""}, "required"),
        ({"text_sha256": "0" * 64}, "changed since you read it"),
    ],
)
def test_nothing_is_signed_when_something_is_missing(propose, signers, said, told):
    version = propose()
    code = authenticator_of(signers["meadow"]).now()
    answer = sign(signers["meadow"], version, **{"code": code, **said})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not version.signatures.exists()


def test_signing_page_asks_for_a_second_factor_when_there_is_none(propose, signers):
    page = shown(signers["meadow"], "agreement-sign", propose().pk)
    assert "Set one up" in page
    assert 'name="read"' not in page


def test_signing_page_is_closed_when_it_is_signed_already(enact, signers):
    path = reverse("agreement-sign", args=[enact().pk])
    assert browser_of(signers["meadow"]).get(path).status_code == 409


SOURCE = yaml.safe_dump(text())


def write(person, route="agreement-draft", ids=(), **said):
    return browser_of(person).post(
        reverse(route, args=ids), {"source": SOURCE, "was": "", **said}
    )


def test_manager_drafts_proposes_and_changes_when_its_organization_is_party(signers):
    manager = manager_of(signers, "meadow")
    assert write(manager).status_code == 302
    version = Version.objects.get()
    path = reverse("agreement-propose", args=[version.pk])
    browser_of(manager).post(path)
    version.refresh_from_db()
    assert version.state == "proposed"
    changed = SOURCE.replace("Coalition", "League")
    answer = write(
        manager,
        "agreement-edit",
        [version.pk],
        source=changed,
        was=version.text_sha256,
    )
    assert answer.status_code == 302
    version.refresh_from_db()
    assert (version.state, version.text["title"]) == ("draft", "League")


def test_draft_is_refused_when_somebody_changed_it_meanwhile(propose, signers):
    manager = manager_of(signers, "meadow")
    version = propose(by=acting(manager))
    answer = write(manager, "agreement-edit", [version.pk], was="0" * 64)
    assert answer.status_code == 422
    assert "Somebody changed this draft" in answer.content.decode()


def test_amendment_opens_with_the_text_in_force_and_continues_its_collections(
    enact, signers
):
    version = enact()
    manager = manager_of(signers, "meadow")
    form = browser_of(manager).get(
        reverse("agreement-amend", args=[version.agreement_id]), {"as": "text"}
    )
    source = form.context["form"].initial["source"]
    written = yaml.safe_load(source)
    assert written["clauses"][0]["continues"] == "Fraud"
    answer = write(manager, "agreement-amend", [version.agreement_id], source=source)
    assert answer.status_code == 302, form.context["preview"].errors
    assert Agreement.objects.get().versions.count() == 2


def test_text_is_not_edited_when_a_party_is_hidden_from_the_editor(propose, signers):
    for slug, status in (("meadow", 409), ("liaison", 200)):
        manager = manager_of(signers, slug)
        version = propose(parties=HIDDEN, by=acting(manager))
        path = reverse("agreement-edit", args=[version.pk])
        assert browser_of(manager).get(path).status_code == status


def test_nothing_is_stored_when_only_a_check_is_asked_for(signers):
    answer = write(manager_of(signers, "meadow"), check="yes")
    assert answer.status_code == 200
    assert "every bank among the parties" in answer.content.decode()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("min_confidence: 30", "min_confidence: 300"), "clauses.0.min_confidence"),
        (("- harbour", "- nobody"), "parties"),
        (("title: Coalition", "title: [x"), "line"),
        (("title: Coalition", "title: &a x\ncopy: *a"), "text"),
        (("title: Coalition", 'title: "\\ud800"'), "title"),
        (("title: Coalition", 'title: "a\\0"'), "title"),
        (("retention_days: 90", "retention_days: 2025-13-45"), "text"),
        (("title: Coalition", "title: " + "[" * 3000 + "]" * 3000), "text"),
    ],
)
def test_fault_is_named_with_its_place_when_a_draft_is_checked_or_saved(
    signers, change, field
):
    manager, source = manager_of(signers, "meadow"), SOURCE.replace(*change)
    assert source != SOURCE
    checked = write(manager, "agreement-check", source=source)
    assert checked.status_code == 200
    assert f"<code>{field}" in checked.content.decode()
    saved = write(manager, source=source)
    assert saved.status_code == 422
    assert f"<code>{field}" in saved.content.decode()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    "source",
    ["", "x", "[]", "clauses: 3", "clauses: [1, {}]", "a: !!binary x", "? [a]"],
)
def test_check_answers_whatever_is_written(erin, source):
    assert write(erin, "agreement-check", source=source).status_code == 200


def test_draft_is_refused_in_words_when_the_organization_is_no_party(signers, carol):
    answer = write(carol)
    assert answer.status_code == 422
    assert "your organization is party to" in answer.content.decode()


def test_signed_amendment_is_announced_until_its_time(enact, signers):
    first = enact()
    narrower = clause(continues="Fraud", min_confidence=50)
    second = enact(narrower, effective_from="2100-01-01")
    page = shown(signers["meadow"], "agreement-version", second.pk)
    assert "announced" in page
    told = strip_tags(page)
    assert "It takes effect by itself on 2100-01-01 00:00:00 UTC" in told
    assert "active" in shown(signers["meadow"], "agreement-version", first.pk)
