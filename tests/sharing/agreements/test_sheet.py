"""A draft as a form: it says the same text, tells each fault beside its field, and stores it."""

from html import unescape

import pytest
from django.urls import reverse

from hub.lib.clock import now
from sharing.agreements import catalogue, editor, preview, services, sheet
from sharing.agreements.models import Agreement, Version
from sharing.agreements.schema import KEYS
from sharing.agreements.texts import canonical_text, terms_in
from tests.cast import acting, browser_of
from tests.sharing.agreements.conftest import clause, text
from tests.sharing.agreements.test_views import manager_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_bells")]

WHOLE = clause(
    "Everything",
    recipient_jurisdictions=["DE", "NO"],
    government_recipients=True,
    disclosure="value",
    originator="hidden",
    redaction={"value": "domain", "note": "drop", "first_seen": "day"},
    may_train=True,
    feedback="recipients",
    feedback_giver="unnamed",
    embargo_until="2027-01-01",
    **{"from": "all parties", "to": ["harbour", {"kind": "bank"}]},
)


def test_form_has_a_field_for_every_term():
    assert {term.key for term in sheet.EACH} | {"redaction"} == set(KEYS)


@pytest.mark.parametrize("name", [each.name for each in catalogue.templates()])
def test_form_says_what_the_template_said(name):
    raw = preview.parse(catalogue.template(name).source)
    said, again = (
        canonical_text(each, drafted_at=now())
        for each in (raw, sheet.text_of(sheet.data_of(raw)))
    )
    for before, after in zip(said["clauses"], again["clauses"], strict=True):
        assert terms_in(before).items() <= terms_in(after).items()
    assert {**said, "clauses": []} == {**again, "clauses": []}


def test_form_says_every_term_that_a_text_can_say():
    raw = text(
        WHOLE,
        open_to_accession=True,
        effective_until="2030-01-01",
        parties=["meadow", {"slug": "liaison", "hidden": True}],
    )
    assert sheet.text_of(sheet.data_of(raw)) == raw


def write(person, data, route="agreement-draft", ids=(), **said):
    body = {**data, **{key: [value] for key, value in said.items()}}
    return browser_of(person).post(reverse(route, args=ids), body)


def read(answer) -> str:
    return unescape(answer.content.decode())


def test_lines_of_a_browser_are_lines():
    data = {"c0-name": ["One"], "c0-legal_basis": ["First.\r\nSecond."]}
    assert sheet.text_of(data)["clauses"][0]["legal_basis"] == "First.\nSecond."


@pytest.fixture
def data():
    return sheet.data_of(text(clause("One"), clause("Two", disclosure="query")))


def test_draft_is_stored_from_the_form(signers, data):
    manager = manager_of(signers, "meadow")
    assert write(manager, data, do="save").status_code == 302
    stored = Version.objects.get()
    assert [each["name"] for each in stored.text["clauses"]] == ["One", "Two"]
    assert stored.text["clauses"][0]["min_confidence"] == 30
    opened = browser_of(manager).get(reverse("agreement-edit", args=[stored.pk]))
    assert 'value="30"' in read(opened)


@pytest.mark.parametrize(
    ("field", "said", "told"),
    [
        ("c1-min_confidence", "300", "A whole number from 0 to 100."),
        ("c1-min_confidence", "many", "A whole number from 0 to 100."),
        ("c1-retention_days", "", "The term “retention_days” is not given."),
        ("c1-recipient_jurisdictions", "GER", "A jurisdiction is a two-letter"),
        ("c1-embargo_until", "tomorrow", "Not a date or time"),
        ("c1-embargo_until", "9999-12-31T23:59:59-14:00", "A year from 2000 to 2999"),
        ("effective_from", "0001-01-01T00:00:00+14:00", "A year from 2000 to 2999"),
        ("effective_from", "0999-01-01", "A year from 2000 to 2999"),
        ("c1-types", "gold", "Not one of"),
        ("c1-redaction.note", "mask", "The rules that fit here"),
        ("c1-name", "", "A text is needed here."),
        ("c1-to", "nobody", "nobody is not a party."),
        ("effective_until", "2020-01-01", "It would end before it begins."),
        ("title", "a\x00", "no letter of any script"),
    ],
)
def test_fault_stands_beside_its_field_and_nothing_is_stored(
    signers, data, field, said, told
):
    manager = manager_of(signers, "meadow")
    place = f'id="f-{field.replace(".", "-")}-e"'
    data[field] = [said]
    for answer, status in (
        (write(manager, data, do="save"), 422),
        (write(manager, data, do="check"), 200),
        (write(manager, data, "agreement-check"), 200),
    ):
        assert answer.status_code == status
        beside = read(answer).partition(place)[2].partition("</div></div>")[0]
        assert told in beside
    assert not Agreement.objects.exists()


def test_unknown_party_is_told_below_the_parties(signers, data):
    data["p4-slug"] = ["nobody"]
    page = read(write(manager_of(signers, "meadow"), data, do="save"))
    assert "with the slug nobody" in page.partition('id="parties-e"')[2][:200]


def test_check_tells_every_clause_in_words_and_warns_beside_it(signers, data):
    manager = manager_of(signers, "meadow")
    data["c0-types"] = ["phone"]
    page = read(write(manager, data, "agreement-check"))
    one, two = page.partition('id="said-0"')[2].split('id="said-1"')
    assert "Meadow Social and Sentry Security give phone numbers" in one
    assert "hands out tokens of phone" in one
    assert "only as a yes or no" in two
    assert "hands out tokens" not in two
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("add", ["One", "Two", ""]),
        ("remove:0", ["Two"]),
        ("up:1", ["Two", "One"]),
        ("down:0", ["Two", "One"]),
        ("up:0", ["One", "Two"]),
        ("down:1", ["One", "Two"]),
        ("remove:9", ["One", "Two"]),
        ("remove:x", ["One", "Two"]),
        ("check", ["One", "Two"]),
    ],
)
def test_clauses_are_added_removed_and_moved_without_scripts(signers, data, act, names):
    answer = write(manager_of(signers, "meadow"), data, do=act)
    assert answer.status_code == 200
    assert [each.title for each in answer.context["sheet"].clauses] == names
    assert not Agreement.objects.exists()


def test_form_and_text_are_two_ways_to_write_the_same_draft(signers, data):
    manager = manager_of(signers, "meadow")
    source = write(manager, data, do="text").context["source"]
    there = browser_of(manager).post(
        reverse("agreement-draft"), {"source": source, "do": "form"}
    )
    titles = [each.title for each in there.context["sheet"].clauses]
    assert titles == ["One", "Two"]
    broken = source.replace("min_confidence: 30", "min_confidence: 300", 1)
    back = browser_of(manager).post(
        reverse("agreement-draft"), {"source": broken, "do": "form"}
    )
    assert "A whole number from 0 to 100." in read(back)
    assert back.context["source"] == broken


def test_amendment_in_the_form_goes_on_with_its_collections(enact, signers):
    version, manager = enact(), manager_of(signers, "meadow")
    path = reverse("agreement-amend", args=[version.agreement_id])
    found = browser_of(manager).get(path).context["sheet"].clauses[0]
    chosen = [words for _, words, on in found.head[1].choices if on]
    assert chosen == ["Fraud"]


def test_collections_of_others_are_not_offered(enact, signers):
    hidden = {"slug": "liaison", "hidden": True}
    version = enact(
        clause("Fraud"),
        clause("Secret", to=["liaison"], government_recipients=True),
        parties=["meadow", "sentry", "harbour", hidden],
    )
    manager = manager_of(signers, "meadow")
    path = reverse("agreement-amend", args=[version.agreement_id])
    page = read(browser_of(manager).get(path))
    assert "Secret" not in page
    found = editor.sheet(acting(manager), sheet.data_of(text()), version.agreement)
    assert "Secret" not in str(found)


def test_form_is_refused_when_somebody_changed_the_draft_meanwhile(signers, data):
    manager = manager_of(signers, "meadow")
    version = services.draft(actor=acting(manager), text=text())
    answer = write(manager, data, "agreement-edit", [version.pk], was="0" * 64)
    assert answer.status_code == 422
    assert "Somebody changed this draft" in read(answer)
