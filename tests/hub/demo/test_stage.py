"""What somebody may ask of the demo, and what it keeps for the next start."""

import io
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hub.demo import cast, keychain, welcome
from hub.demo.errors import UnreadableError
from hub.demo.stage import Plan, Stage, free_port
from hub.management.commands import demo


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path))
    return tmp_path


def options(*arguments: str) -> dict[str, Any]:
    parser = demo.Command().create_parser("manage.py", "demo")
    return vars(parser.parse_args([*arguments]))


def test_plan_has_the_defaults_of_a_bare_list_when_nothing_is_said():
    assert demo.plan(options()).defaults == {
        "scam_type": "other",
        "tlp": "amber",
        "role": "perpetrator",
        "confidence": "50",
        "review_status": "unreviewed",
    }


def test_plan_takes_what_is_said_when_there_are_options():
    plan = demo.plan(options("--scam-type", "romance", "--region", "GB", "--fresh"))
    assert (plan.defaults["scam_type"], plan.defaults["region"]) == ("romance", "GB")
    assert plan.fresh


def test_plan_starts_from_nothing_when_it_is_a_check():
    assert demo.plan(options("--check")).fresh
    assert not demo.plan(options()).fresh


def test_command_refuses_when_the_file_does_not_exist():
    with pytest.raises(CommandError, match="does not exist"):
        call_command("demo", "--input", "/nowhere/list.txt")


def test_load_gives_the_whole_to_one_and_a_third_to_the_other_when_there_is_a_file(
    tmp_path,
):
    path = tmp_path / "list.txt"
    path.write_text("".join(f"host-{n}.example\n" for n in range(9)))
    stage = Stage(Plan(input=path), out=io.StringIO())
    stage.load()
    counted = {each.owner: len(list(each.body.records())) for each in stage.inputs}
    assert counted == {"meadow": 9, "sentry": 3}


def test_load_refuses_before_anything_starts_when_the_file_is_empty(tmp_path):
    (tmp_path / "list.txt").write_text("\n")
    with pytest.raises(UnreadableError):
        Stage(Plan(input=tmp_path / "list.txt"), out=io.StringIO()).load()


def test_free_port_takes_another_when_the_wanted_one_is_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port


def test_keychain_is_readable_by_its_owner_alone_when_saved(home):
    keys = keychain.Keychain(keys={"meadow": "k"})
    keys.new_password("alice@meadow.example")
    keys.save()
    assert keychain.Keychain.load() == keys
    mode = (home / "demo" / "keys.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    keychain.forget()
    assert keychain.Keychain.load() == keychain.Keychain()


def test_welcome_names_address_logins_and_a_call_for_each_partner():
    stage = Stage(Plan(port=8123), out=io.StringIO())
    for member in cast.CAST:
        stage.keys.keys[member.slug] = f"accord_{member.slug}_secret"
        stage.keys.new_password(member.email)
    stage.keys.new_password(cast.STAFF)
    out = io.StringIO()
    welcome.show(stage, out)
    told = out.getvalue()
    assert "READY  http://127.0.0.1:8123" in told
    for member in cast.CAST:
        assert f"{member.email} " in told
        assert f"Bearer accord_{member.slug}_secret'" in told
