"""The partner's toolkit computes what the hub computes, without Django."""

import json
import subprocess
import sys
from uuid import UUID

from hub import client
from sharing.indicators.types import TYPES
from sharing.tokens import scheme

ROOT = bytes(range(32))
COLLECTION = UUID(int=1)
KEYS = {number: scheme.token_key(ROOT, COLLECTION, number).hex() for number in (1, 2)}
KNOWN = "1:c97436ea52f3b783aeee68ca1126a77bd4d35f52a67b8c06ad9d7e39468d0682"


def test_token_gives_the_known_answer():
    assert client.token("+44 (0)20 7946 0958", KEYS[1], 1) == KNOWN


def test_digest_gives_the_known_answer_when_a_region_is_given():
    found = client.digest("020 7946 0958", region="GB").hex()
    assert found.startswith("c1083117a81cc47e")


def test_match_finds_own_values_under_every_generation_and_by_clear_value():
    values = ["hxxp://evil[.]example/a", "+442079460958", "not mine.example", "??"]
    records = [
        {"kind": "release", "id": "a", "token": KNOWN},
        {"kind": "control", "event": "suspended"},
        {"kind": "release", "id": "b", "token": "1:" + "0" * 64},
        {
            "kind": "release",
            "id": "c",
            "type": "url",
            "value": "http://evil.example/a",
        },
        {
            "kind": "release",
            "id": "d",
            "token": client.token("+442079460958", KEYS[2], 2),
        },
        {"kind": "tombstone", "id": "c"},
    ]
    found = list(client.match(values, records, KEYS))
    assert [(m.record["id"], m.value) for m in found] == [
        ("a", "+442079460958"),
        ("c", "hxxp://evil[.]example/a"),
        ("d", "+442079460958"),
        ("c", "hxxp://evil[.]example/a"),
    ]


def test_matcher_names_values_that_cannot_be_read():
    assert client.Matcher(["evil.example", "??"], KEYS).unreadable == ["??"]


def test_client_reads_every_type_as_the_hub_does_when_django_is_not_there():
    values = [
        (kind, text, type_.nv, canonical)
        for kind, type_ in TYPES.items()
        for text, canonical in (*type_.examples, *type_.stated_examples)
    ]
    code = (
        "import json, sys; sys.modules['django'] = None\n"
        "from hub import client\n"
        "print(json.dumps([client.digest(text, kind).hex()"
        " for kind, text, _, _ in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(values),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [
        scheme.digest(kind, nv, canonical).hex() for kind, _, nv, canonical in values
    ]


def test_client_works_when_django_is_not_there():
    code = (
        "import sys; sys.modules['django'] = None\n"
        "from hub import client; client.digest('evil.example')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
