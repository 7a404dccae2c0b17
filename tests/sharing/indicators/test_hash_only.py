"""A card number is never kept nor handed over, whatever a clause says."""

import pytest

from orgs.accounts.actor import SYSTEM
from sharing.agreements import services as agreements
from sharing.distribution.models import Release
from sharing.events.models import OutboxRow
from sharing.indicators import services, staging
from sharing.indicators.models import Indicator
from sharing.intake import mending
from sharing.intake.models import LineProblem
from tests.coalition import FILE, pulled, send, work_off
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "4111 1111 1111 1111"
DIGITS = "4111111111111111"
SAID = {
    "scam_type": "investment",
    "tlp": "green",
    "confidence": 90,
    "note": f"Paid with {CARD}",
}


@pytest.fixture
def all_values(quiet_bells, alice_signs, frank_signs, bob_signs, dana_signs, tmp_path):
    """The agreement of the demo; the liaison gets values of every type, and notes."""
    old = "types: [domain, url, evm_wallet, btc_wallet, phone, email]"
    text = FILE.read_text()
    assert old in text
    text = text.replace(old, "types: all", 1).replace(
        "value: keep\n      note: drop", "value: keep\n      note: keep", 1
    )
    path = tmp_path / "agreement.yaml"
    path.write_text(text)
    version = agreements.apply_file(path, actor=SYSTEM).version
    work_off()
    return version


def test_card_leaves_as_a_token_only_when_a_clause_discloses_values(
    all_values, alice, dana
):
    send(
        alice,
        [
            {"type": "payment_card", "value": CARD, **SAID},
            {"type": "iban", "value": "DE89370400440532013000", **SAID},
        ],
    )
    rows = {row.type: row for row in stored(Indicator)}
    assert (rows["payment_card"].value_sealed, rows["payment_card"].note_sealed) == (
        None,
        None,
    )
    assert rows["iban"].value_sealed is not None
    assert rows["iban"].note_sealed is not None
    records = {
        each["type"]: each
        for each in pulled(dana, "Investigation")
        if each["kind"] == "release"
    }
    card, iban = records["payment_card"], records["iban"]
    assert card["value_absent"] == "not_kept"
    assert card["token"]
    assert {"value", "note"}.isdisjoint(card)
    assert (iban["value"], iban["note"]) == ("DE89370400440532013000", SAID["note"])
    for row in stored(Release):
        assert DIGITS.encode() not in bytes(row.payload or b"")


@pytest.mark.parametrize("wall", ["service", "staging"])
def test_either_wall_alone_keeps_the_card_out_of_the_store(
    all_values, alice, monkeypatch, wall
):
    module = {"service": services, "staging": staging}[wall]
    monkeypatch.setattr(module, "hash_only", lambda kind: False)
    send(alice, [{"type": "payment_card", "value": CARD, **SAID}])
    row = stored(Indicator).get()
    assert (row.value_sealed, row.note_sealed) == (None, None)


def test_the_store_refuses_a_card_in_clear_when_both_walls_are_gone(
    all_values, alice, monkeypatch
):
    for module in (services, staging):
        monkeypatch.setattr(module, "hash_only", lambda kind: False)
    send(alice, [{"type": "payment_card", "value": CARD, **SAID}])
    assert not stored(Indicator).exists()
    assert "IntegrityError" in OutboxRow.objects.latest("id").last_error


REJECTED = [
    {"type": "payment_card", "value": "4111 1111 1111 1112"},
    {"type": "payment_card", "value": CARD, "colour": "red"},
    {"value": DIGITS},
    {"type": "domain", "value": CARD},
    {"type": "credit_card", "value": "4111 1111 1111 1112"},
    {"value": "nonsense", "note": f"card {CARD}"},
    DIGITS,
    {"type": "phone", "value": int(DIGITS)},
]


@pytest.mark.parametrize("line", REJECTED, ids=range(len(REJECTED)))
def test_rejected_line_is_not_kept_for_mending_when_it_may_hold_a_card(
    quiet_bells, alice, line
):
    send(alice, [line, "nonsense"])
    first, second = stored(LineProblem).order_by("line")
    assert (first.outcome, first.sealed_line) == ("rejected", None)
    assert second.sealed_line is not None


def test_rejected_line_is_not_kept_when_the_whole_submission_is_of_cards(
    quiet_bells, alice
):
    send(alice, ["4111 1111 1111 11"], type="payment_card")
    assert stored(LineProblem).get().sealed_line is None


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b'"evil"', True),
        (b"{broken", True),
        (b'{"value": "x", "type": "fax"}', False),
        (b'{"value": "4111 1111', True),
        (b'{"value": "x", "type": "payment\\u005fcard"}', False),
        (b'{broken "Payment_Card"', False),
        (b'{broken "4111-1111-1111-1111"', False),
        (b"\xff\xfe", True),
        (b"[1]", True),
        (b'{"value": "4111111111111111", "value": "evil"}', False),
        (b'{"value": "x", "type": "fax", "type": "domain"}', False),
        (b'{"a": {"type": "fax"}}', False),
        (rb'{"value": "\u0034111111111111111", "value": "evil"}', False),
        (rb'{"value": "{\"v\": \"\\u0034111111111111111\"}"}', False),
        (rb'{broken "\u00341\u00311 1111 1111 1111"', False),
        (rb'{"value": "\u005cu0034111111111111111"}', False),
        (rb'{"value": "\ud835\udfd2111111111111111"}', False),
        (b'{"value": {"a": ["4111", "1111", "1111", "1111"]}}', False),
        (b'{"4111111111111111": 1}', False),
        (b'{"value": "&#52;111 1111 1111 1111"}', False),
        (b'{"value": "%34111111111111111"}', False),
        (b'{"value": "' + b"\\u005c" * 9 + b'u0034"}', True),
        (b"%25252525252525252534", False),
        (b'{"value": "x%2534", "confidence": 80, "first_seen": "2026-11-24"}', True),
        (b'{"value": "x", "audience": ["0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"]}', True),
    ],
)
def test_line_is_kept_only_when_it_holds_no_card(data, kept):
    assert mending.keepable(data, None) is kept
