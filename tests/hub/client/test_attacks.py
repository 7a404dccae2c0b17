"""What a liar, a full disk, a second process or a kill does to whoever uses the toolkit."""

import json
import os
import signal
import sqlite3
from uuid import UUID

import httpx2
import pytest

from hub.client import console
from hub.client.commands.match import held
from hub.client.errors import (
    Ending,
    LaterError,
    RefusedError,
    ToolError,
    UnverifiedError,
)
from hub.client.pins import Pins
from hub.client.pulling import Puller, follow, to_the_end
from hub.client.purging import purged
from hub.client.sending import Body, outcome, resumable, submit
from hub.client.state import State
from tests.hub.client.running import accord
from tests.hub.client.test_parts import release
from tests.hub.client.test_remote import answering, hub, lines, problem

PLACE = UUID(int=5)
ELEMENT = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"


def end(next_: object, *, more: bool = False) -> dict[str, object]:
    return {"kind": "end", "next": next_, "more": more}


def puller(state: State, *answers: httpx2.Response) -> Puller:
    found, _ = answering(*answers)
    return Puller(found, PLACE, state, lambda text: None, acknowledges=False)


class StopError(Exception):
    pass


def test_stream_that_says_more_and_gives_nothing_is_not_asked_for_ever(tmp_path):
    with State.at(tmp_path, PLACE) as state:
        reading = puller(state, lines(end("1.7")), lines(end("1.7", more=True)))
        reading.step()
        with pytest.raises(UnverifiedError, match="gives nothing"):
            to_the_end(reading)


@pytest.mark.parametrize("said", [None, 7, ["1.2"]])
def test_page_that_does_not_say_where_it_ended_moves_nothing(tmp_path, said):
    with State.at(tmp_path, PLACE) as state:
        with pytest.raises(UnverifiedError):
            puller(state, lines(release(1), end(said))).step()
        assert (state.cursor, state.count()) == ("", 0)


def test_follower_waits_however_long_the_hub_is_away(tmp_path):
    """Two days of a proxy that answers for it."""
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) > 2_000:
            raise StopError

    with State.at(tmp_path, PLACE) as state:
        away = hub(lambda request: httpx2.Response(502), [])
        reading = Puller(away, PLACE, state, lambda text: None, acknowledges=False)
        with pytest.raises(StopError):
            follow(reading, 5.0, pause)
    assert max(waited) == 60.0


def test_follower_goes_on_when_a_suspended_hub_is_busy(tmp_path):
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/notices"):
            return problem(503, after=90)
        return problem(404, code="not-found")

    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise StopError

    with State.at(tmp_path, PLACE) as state:
        reading = Puller(hub(answer, []), PLACE, state, lambda text: None)
        with pytest.raises(StopError):
            follow(reading, 1.0, pause)


@pytest.mark.parametrize(("status", "kind"), [(503, LaterError), (404, RefusedError)])
def test_answer_that_breaks_off_says_whether_it_may_work_later(status, kind):
    broken = end("1.2") | {"problem": {"status": status, "code": "x", "detail": "Ah."}}
    found, _ = answering(lines(broken))
    with pytest.raises(kind, match="broke off"):
        found.page("/x")


def test_state_is_whole_only_when_it_was_read_to_the_end(tmp_path):
    with State.at(tmp_path, PLACE) as state:
        reading = puller(
            state,
            lines(release(1), end("1.1", more=True)),
            lines(release(2), end("1.2")),
        )
        told = []
        for do in (reading.step, reading.step, state.forget):
            do()
            told.append(state.whole)
        assert told == [False, True, False]


def test_match_without_reading_refuses_what_was_never_read_to_its_end(tmp_path):
    with State.at(tmp_path, PLACE) as state:
        state.apply("", [release(1)], "1.1")
        unread = hub(lambda request: httpx2.Response(500), [])
        with pytest.raises(ToolError, match="never read to its end"):
            held(unread, PLACE, tmp_path, fresh=False).__enter__()
        state.complete()
    with held(unread, PLACE, tmp_path, fresh=False) as kept:
        assert kept.count() == 1


def test_purge_leaves_no_filter_and_no_draft_of_one(tmp_path):
    with State.at(tmp_path, PLACE) as state:
        state.apply("", [release(1)], "1.1")
    other = tmp_path / f"{UUID(int=6)}.filter"
    mine = [tmp_path / f"{PLACE}.filter", tmp_path / f".{PLACE}.filter.x7d"]
    for path in (other, *mine):
        path.write_bytes(b"prefixes")
    assert purged(tmp_path, PLACE) == 1
    assert other.exists()
    assert not [path for path in mine if path.exists()]


def test_purge_erases_a_filter_that_is_all_there_is(tmp_path):
    (tmp_path / f"{PLACE}.filter").write_bytes(b"prefixes")
    assert purged(tmp_path, PLACE) == 0
    assert not list(tmp_path.iterdir())
    with pytest.raises(ToolError, match="holds nothing"):
        purged(tmp_path, PLACE)


def test_purge_says_so_when_somebody_still_reads_what_is_to_be_erased(tmp_path):
    with State.at(tmp_path, PLACE) as state:
        state.apply("", [release(1, note="secret-note")], "1.1")
        reader = sqlite3.connect(State.place(tmp_path, PLACE), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM release").fetchone()
        state._db.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(ToolError):
            state.erase()
        reader.close()
        state.erase()
        left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"secret-note" not in left


def test_output_never_replaces_a_device_or_a_pipe(tmp_path):
    pipe = tmp_path / "null"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with console.written(pipe) as file:
        file.write("told")
    assert os.read(reading, 10) == b"told"
    assert pipe.is_fifo()
    os.close(reading)


def test_output_through_a_link_goes_where_it_leads(tmp_path):
    real = tmp_path / "real.csv"
    real.write_text("before")
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    with console.written(link) as file:
        file.write("after")
    assert link.is_symlink()
    assert real.read_text() == "after"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_cell_of_somebody_elses_text_is_no_formula(text):
    assert console.cell(text)[:1] not in "=+-@\t\r"
    assert console.cell("Meadow Social") == "Meadow Social"


def test_pins_of_two_processes_are_both_kept(tmp_path):
    path = tmp_path / "pins.json"
    one, two = (Pins(path, "https://hub.example") for _ in range(2))
    answer = {"keys": [{"generation": 1, "public_key": ELEMENT}]}
    one.oprf(UUID(int=1), answer)
    two.oprf(UUID(int=2), answer)
    held = json.loads(path.read_text())["https://hub.example"]["oprf"]
    assert set(held) == {str(UUID(int=1)), str(UUID(int=2))}


def test_pin_that_another_process_made_meanwhile_holds(tmp_path):
    path = tmp_path / "pins.json"
    one, two = (Pins(path, "https://hub.example") for _ in range(2))
    mine, other = ({"keys": [{"key": 1, "public": said * 32}]} for said in ("aa", "bb"))
    one.signing(mine, trust=False)
    assert two.signing(other, trust=False) == {1: b"\xaa" * 32}


SPELLINGS = ["https://hub.example", "https://HUB.example:443/", "https://hub.example/"]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_hub_has_one_pinned_key_however_its_address_is_spelled(tmp_path, spelled):
    path = tmp_path / "pins.json"
    mine, other = ({"keys": [{"key": 1, "public": said * 32}]} for said in ("aa", "bb"))
    Pins(path, "https://Hub.example").signing(mine, trust=False)
    again = Pins(path, spelled)
    assert again.signing(other, trust=False) == {1: b"\xaa" * 32}
    with pytest.raises(UnverifiedError, match="not as it was"):
        again.signing(other, trust=True)


def test_what_was_pinned_under_other_spellings_holds(tmp_path):
    path = tmp_path / "pins.json"
    before = {
        spelled: {
            "signing": {str(number): "aa" * 32},
            "oprf": {str(UUID(int=number)): {"1": ELEMENT}},
        }
        for number, spelled in enumerate(SPELLINGS)
    }
    other = {"https://other.example/": {"signing": {"7": "cc" * 32}, "oprf": {}}}
    path.write_text(json.dumps(before | other))
    pins = Pins(path, "https://hub.example")
    told = {"keys": [{"key": 9, "public": "bb" * 32}]}
    assert pins.signing(told, trust=False) == dict.fromkeys(range(3), b"\xaa" * 32)
    key = {"keys": [{"generation": 2, "public_key": ELEMENT}]}
    assert pins.oprf(UUID(int=1), key) == {1: ELEMENT, 2: ELEMENT}
    assert json.loads(path.read_text()).keys() == {"https://hub.example", *other}


def test_pins_of_two_spellings_that_differ_are_refused(tmp_path):
    path = tmp_path / "pins.json"
    before = {
        spelled: {"signing": {"1": said * 32}, "oprf": {}}
        for spelled, said in zip(SPELLINGS, ("aa", "bb", "aa"), strict=True)
    }
    path.write_text(json.dumps(before))
    with pytest.raises(UnverifiedError, match="two spellings"):
        Pins(path, "https://hub.example")
    assert json.loads(path.read_text()) == before


def test_submission_names_its_key_when_its_outcome_cannot_be_had(tmp_path):
    found, _ = answering(
        httpx2.Response(202, json={"id": str(PLACE)}),
        problem(503, after=900, detail="Busy."),
    )
    path = tmp_path / "one.txt"
    path.write_text("one.example\n")
    with path.open("rb") as file:
        submission = submit(found, Body(file, "text/plain"), {}, "key-of-mine")
    with pytest.raises(LaterError, match="key-of-mine"), resumable("key-of-mine"):
        outcome(found, submission)


def test_full_disk_is_a_sentence(monkeypatch, tmp_path):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/secret/path")

    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{"generation": 1, "key": "ab" * 32}]}))
    keys.chmod(0o600)
    mine = tmp_path / "mine.txt"
    mine.write_text("one.example\n")
    out = tmp_path / "out.csv"
    monkeypatch.setattr("os.fsync", full)
    found = accord("token", mine, "--keys", keys, "--out", out)
    assert found.code == Ending.USAGE
    assert found.err == "A file cannot be used: No space left on device.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "mine.txt"]


def test_command_that_is_told_to_end_leaves_no_draft(monkeypatch, tmp_path):
    def told(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{"generation": 1, "key": "ab" * 32}]}))
    keys.chmod(0o600)
    mine = tmp_path / "mine.txt"
    mine.write_text("one.example\n")
    monkeypatch.setattr("os.fsync", told)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        found = accord("token", mine, "--keys", keys, "--out", tmp_path / "out.csv")
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
    assert found.code == 128 + signal.SIGTERM
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "mine.txt"]


def test_idempotency_key_that_no_header_carries_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ACCORD_URL", "http://localhost")
    monkeypatch.setenv("ACCORD_API_KEY", "accord_test_secret")
    mine = tmp_path / "mine.txt"
    mine.write_text("one.example\n")
    found = accord("push", mine, "--idempotency-key", "schlüssel")
    assert found.code == Ending.USAGE, found.err
    assert "ASCII" in found.err
