"""Health as staff, programs and cron read it: from a hub at work, or one that is broken."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import tasks
from sharing.events import pulse
from sharing.events.models import OutboxRow
from tests.cast import browser_of
from tests.coalition import send
from tests.walls import OWNER, WORKER, working_as

pytestmark = pytest.mark.django_db


def told_to(person) -> dict[str, dict[str, str]]:
    answer = browser_of(person).get(reverse("staff-health"))
    assert answer.status_code == 200
    return {line["name"]: line for line in answer.json()["lines"]}


def manage(*options: str) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        with working_as(OWNER):
            call_command("health", *options, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue()


def test_programs_are_seen_when_they_were_at_work(broker, coalition, erin) -> None:
    before = told_to(erin)
    assert (before["worker"]["state"], before["beat"]["state"]) == ("act", "act")
    with working_as(WORKER):
        tasks.ring()
        tasks.drain(0)
        tasks.expire()
    after = told_to(erin)
    assert (after["worker"]["state"], after["beat"]["state"]) == ("ok", "ok")
    assert after["housekeeping"]["state"] == "ok"
    assert pulse.shard(0) in (pulse.last() or {})


def test_nobody_can_say_when_redis_is_down(erin, settings, tmp_path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    pulse.note(pulse.WORKER)  # and nothing fails for it
    found = told_to(erin)
    assert found["redis"]["state"] == "act"
    assert "Nobody can say" in found["worker"]["sentence"]


def test_key_file_that_is_gone_is_told(erin, settings, tmp_path) -> None:
    settings.LOCAL, settings.KEYS_FILE = False, tmp_path / "none.json"
    assert told_to(erin)["vault"]["state"] == "act"


def test_last_backup_is_known(erin) -> None:
    assert "None is known" in told_to(erin)["backup"]["sentence"]
    audit.record(actor=SYSTEM, verb=Verb.HUB_BACKUP, bytes=1)
    assert told_to(erin)["backup"]["state"] == "ok"


def test_page_says_nothing_of_what_members_share(coalition, alice, erin) -> None:
    send(alice, ["secret.example"], work=False)
    page = browser_of(erin).get(reverse("staff")).content.decode()
    assert "1 waiting" in page
    assert "secret.example" not in page


def test_exit_code_of_cron_says_whether_somebody_must_act(
    broker, coalition, settings
) -> None:
    settings.DB_ROLE = settings.OWNER  # as manage.py starts
    code, text = manage()
    assert code == 2, "no worker was seen"
    assert "Worker: It was not seen yet." in text
    pulse.note(pulse.WORKER, pulse.BEAT, pulse.MINUTE)
    code, text = manage("--quiet")
    assert code == 1, text  # no backup is known
    assert "Database" not in text
    audit.record(actor=SYSTEM, verb=Verb.HUB_BACKUP, bytes=1)
    code, text = manage("--json", "--quiet")
    bad = {line["name"] for line in json.loads(text)["lines"]}
    assert bad <= {"disk", "warninglists"}, text  # of this machine, not of the hub
    OutboxRow.objects.create(
        kind="claims_changed", created_at=now(), not_before=now(), dead_at=now()
    )
    assert manage()[0] == 2
