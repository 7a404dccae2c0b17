"""The look-up screen without scripts: what is known, not known, not covered, unreadable."""

import csv
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hub.lib.clock import now
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.lookup import quota, screen, tickets
from sharing.lookup.models import LookupCount
from tests.cast import acting, browser_of
from tests.coalition import send
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

HOST, PHONE = "login.scam.example", "+442079460958"
LINE = {"confidence": 80, "scam_type": "investment", "labels": ["parcel"]}
PAGE = reverse("look-up")


@pytest.fixture
def known(coalition, alice, frank):
    send(alice, [{"value": HOST, **LINE}, {"value": PHONE, **LINE}])
    send(frank, [{"value": HOST, **LINE, "confidence": 60}])


def look(person, lines, **more):
    return browser_of(person).post(PAGE, {"lines": lines, **more})


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def ticket_of(response) -> str:
    (found,) = re.findall(r'name="ticket" value="([^"]+)"', response.content.decode())
    return found


def rows_of(response) -> list[dict[str, str]]:
    assert response.headers["Content-Type"].startswith("text/csv")
    text = response.getvalue().decode()
    return [*csv.DictReader(text.splitlines(keepends=True))]


def asked(person) -> int:
    return sum(stored(LookupCount).values_list("asked", flat=True))


def test_answer_says_who_knows_it_when_two_share_it(known, bob):
    page = look(bob, "hxxp://login[.]scam.example\nlogin[.]scam.example\nno.example")
    said = text_of(page)
    assert page.status_code == 200
    assert "1 known" in said
    assert "2 not known" in said
    assert "of 3 values" in said
    for fact in ("Meadow Social", "Sentry Security", "investment", "80", "TLP:AMBER"):
        assert fact in said
    assert "fewer than 5 organizations" in said
    assert said.count("Why?") == 2


def test_own_claim_is_marked_when_one_looks_up_what_one_sent(known, alice):
    assert "Meadow Social yours" in text_of(look(alice, PHONE))


def test_no_value_is_told_but_in_the_answer(known, bob, caplog):
    page = look(bob, f"{HOST}\nsecret-value.example")
    assert page.headers["Cache-Control"] == "no-store, private"
    assert "secret-value" not in caplog.text
    events = stored(AuditEvent).filter(verb__startswith="lookup:")
    assert "secret-value" not in repr([(each.subject, each.detail) for each in events])
    assert "secret-value" not in browser_of(bob).get(PAGE).content.decode()


def test_lines_are_told_with_field_and_sentence_when_they_are_bad(known, bob):
    said = text_of(look(bob, f"{HOST}\nnothing at all"))
    assert "1 could not be read" in said
    assert "2 nothing at all value The value is of no type that the hub knows." in said


def test_type_is_told_as_not_covered_when_no_clause_covers_it(known, dana):
    iban = "GB29NWBK60161331926819"
    said = text_of(look(dana, f"{iban}\nno.example"))
    assert "1 not covered by your agreements" in said
    assert "1 not known" in said
    assert "None of your agreements lets anybody share iban with you" in said


def test_unknown_and_not_ones_own_are_one_answer(known, alice, bob, carol):
    weak, never = "too-weak.example", "never-seen.example"
    send(
        alice, [{"value": weak, **LINE, "confidence": 5}]
    )  # below what the clause takes
    for person in (bob, carol):
        there, nowhere = (
            re.sub(f"{each}|Asked today: [0-9]", "", text_of(look(person, each)))
            for each in (weak, never)
        )
        assert there == nowhere
    assert "1 not known" in text_of(look(bob, weak))
    assert "1 not covered by your agreements" in text_of(look(carol, weak))


def test_part_alone_is_sent_when_htmx_asks(known, bob):
    part = browser_of(bob).post(PAGE, {"lines": HOST}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "1 known" in text_of(part)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"lines": " \n"}, "Paste at least one value"),
        ({"lines": HOST, "region": "Great"}, "two letters"),
        ({"lines": HOST, "type": "none"}, "Select a valid choice"),
        ({"lines": 'value,type\n"a\n,b'}, "The CSV cannot be read"),
        ({"lines": "value,value,host,nv,nv\n"}, "CSV header"),
    ],
)
def test_whole_is_refused_with_a_sentence_when_it_cannot_be_read(bob, sent, sentence):
    page = browser_of(bob).post(PAGE, sent)
    assert page.status_code == 422
    assert sentence in text_of(page)
    htmx = browser_of(bob).post(PAGE, sent, headers={"HX-Request": "true"})
    assert (htmx.status_code, sentence in text_of(htmx)) == (200, True)


def test_file_is_read_when_one_is_chosen(known, bob, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"\ufeffvalue,type\n{HOST},domain\n")
    with path.open("rb") as file:
        page = browser_of(bob).post(PAGE, {"file": file})
    assert "1 known" in text_of(page)
    assert HOST in page.content.decode()


def test_file_is_refused_when_it_is_too_large(bob, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("x.example\n" * 450_000)
    with path.open("rb") as file:
        page = browser_of(bob).post(PAGE, {"file": file})
    assert page.status_code == 422
    assert "At most 4 MB" in text_of(page)


def test_paste_is_read_when_it_is_as_large_as_a_file_may_be(bob):
    host = "x" * 60
    lines = [f"https://{host}.example/{n:0>340}" for n in range(9_500)]
    assert len("\n".join(lines)) > 3_900_000
    assert look(bob, "\n".join(lines)).status_code == 200


def test_quota_is_told_in_a_sentence_when_something_was_asked(known, bob):
    said = text_of(look(bob, f"{HOST}\nno.example"))
    assert "Asked today: 2 of 1,000,000 of type domain" in said


def test_quota_refuses_in_a_sentence_when_it_is_used_up(known, bob, monkeypatch):
    monkeypatch.setattr(v, "LOOKUPS_A_DAY", 1)
    page = look(bob, f"{HOST}\nno.example")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    said = text_of(page)
    assert "Nothing was looked up" in said
    assert re.search("1 look-ups of type domain a day in “(Fraud|Vendor) ", said)
    assert asked(bob) == 0


def test_csv_has_every_line_and_no_formula_when_it_is_taken_along(known, bob):
    lines = f"{HOST}\n{PHONE}\nno.example\n=1+cmd"
    page = look(bob, lines)
    found = rows_of(look(bob, lines, ticket=ticket_of(page), **{"as": "csv"}))
    assert [each["outcome"] for each in found] == [
        "known",
        "known",
        "known",
        "not known",
        "unreadable",
    ]
    assert {each["shared_by"] for each in found[:2]} == {
        "Meadow Social",
        "Sentry Security",
    }
    assert found[0]["labels"] == "parcel"
    assert found[2]["value"] == PHONE
    assert found[4]["reason"].startswith("The value is of no type")
    assert found[4]["value"] == "'=1+cmd"


def test_csv_holds_what_was_chosen_when_rows_were(known, bob):
    sent = {"as": "csv", "row": ["3"]}
    (row,) = rows_of(look(bob, f"{HOST}\n{PHONE}\nno.example", **sent))
    assert row["value"] == "no.example"
    whole = look(bob, f"{PHONE}\nno.example", **{"as": "csv-all", "row": ["2"]})
    assert len(rows_of(whole)) == 2


def test_asking_again_counts_nothing_when_the_ticket_is_for_it(known, bob, frank):
    page = look(bob, HOST)
    before, ticket = asked(bob), ticket_of(page)
    look(bob, HOST, ticket=ticket, **{"as": "csv"})
    assert asked(bob) == before
    look(bob, "other.example", ticket=ticket, **{"as": "csv"})
    assert asked(bob) == before + 2  # two collections
    look(bob, HOST, ticket="x", **{"as": "csv"})
    look(bob, HOST, **{"as": "csv"})
    assert asked(bob) == before + 6
    counted = asked(frank)
    look(frank, HOST, ticket=ticket, **{"as": "csv"})
    assert asked(frank) > counted
    with time_machine.travel(now() + tickets.VALID + timedelta(seconds=1)):
        look(bob, HOST, ticket=ticket, **{"as": "csv"})
    assert asked(bob) > before + 6 + 1


def test_asking_again_is_audited_when_it_counts_nothing(known, bob):
    events = stored(AuditEvent).filter(verb="lookup:releases:look-up")
    page = look(bob, HOST)
    before = events.count()
    look(bob, HOST, ticket=ticket_of(page), **{"as": "csv"})
    assert events.count() == before + 1


def test_page_shows_the_first_rows_and_says_so_when_there_are_many(
    known, bob, monkeypatch
):
    monkeypatch.setattr(screen, "ROWS", 2)
    said = text_of(look(bob, "\n".join(f"h{n}.example" for n in range(5))))
    assert "5 not known" in said
    assert "The first 2 of 5 are shown" in said
    assert "h2.example" not in said.replace("\n", " ").split("The first 2")[0][-300:]


def test_nobody_looks_up_when_the_role_does_not_read(meadow, bob):
    assert Client().post(PAGE, {"lines": HOST}).status_code == 302


def test_quota_of_a_type_is_that_of_the_collection_where_most_was_asked(known, bob):
    look(bob, HOST)
    look(bob, "one.example\ntwo.example")
    assert quota.used(acting(bob)) == {"domain": (3, quota.quota("domain"))}
