"""One line: read, or refused with a reason; never more than that."""

import orjson
import pytest

from sharing.indicators.claims import Line
from sharing.intake import parsing
from sharing.intake.fields import Defaults
from sharing.intake.rawlines import RawLine

NOTHING_SAID = Defaults({})


def code(data: bytes) -> str | None:
    found = parsing.parse(RawLine(7, data), NOTHING_SAID, overruled=False)
    assert found.number == 7
    return None if isinstance(found, Line) else found.code


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"value":"a.example","value":"b.example"}', "double-key"),
        (b'{"value":"a.example","tlp" :"red","tl\\u0070":"clear"}', "double-key"),
        (b'{"value":"http://a.example/\\":1"}', None),
        (b'{"value":"a.example","tlp":null}', None),
        (b'{"value":"a.example","note":"\\ud800"}', "bad-json"),
        (b'{"value":NaN}', "bad-json"),
        (b'{"value":"\xff"}', "bad-json"),
        (b'{"value":' + b"[" * 900 + b"]" * 900 + b"}", "missing"),
        (b'{"value":{"a":' + b'{"a":' * 900 + b"1" + b"}" * 902, "missing"),
        (b"[" * 60_000, "bad-json"),
        (b'{"value":12345}', "missing"),
        (b'{"value":"a.example","confidence":50.0}', "out-of-range"),
        (b'{"value":"a.example","confidence":"\xd9\xa5"}', "out-of-range"),
        (b'{"value":"a.example","confidence":' + b"9" * 5000 + b"}", "bad-json"),
        (b'{"value":"a.example","note":"a\\u0000b"}', "too-long"),
        (b'{"value":"a.\\u0000example"}', "control-character"),
        (b'{"value":"a.example","op":[]}', "unknown-word"),
        (b'{"value":"a.example","first_seen":"0001-01-01T00:00:00+14:00"}', "bad-time"),
        (b'{"value":"a.example","last_seen":"9999-12-31T23:59:59-01:00"}', "bad-time"),
        (b'{"value":"a.example","last_seen":"9999-12-31T23:59:59Z"}', None),
        (b'{"encoding":"x"}', "encoding"),
        (b'{"quotes":"x"}', "quotes"),
    ],
)
def test_line_gets_its_own_error(data, expected):
    assert code(data) == expected


def test_line_on_which_the_hub_fails_is_rejected_alone(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("evil.example")

    monkeypatch.setattr(parsing, "read_value", broken)
    found = parsing.parse(
        RawLine(1, orjson.dumps("evil.example")), NOTHING_SAID, overruled=False
    )
    assert isinstance(found, parsing.Trouble)
    assert found.code == "unreadable"
    assert "evil" not in found.detail
