"""How the hub stands, for people and for cron: the exit code says whether somebody must act."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from hub.staff import facts as found_facts
from hub.staff import judging, report
from hub.staff.lines import State, rank, worst
from orgs.accounts.actor import SYSTEM


class Command(BaseCommand):
    help = (
        "Show how the hub stands. Exit code: 0 all is well, 1 somebody should look,"
        " 2 somebody must act."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument(
            "--quiet", action="store_true", help="only what is not well"
        )

    def handle(self, *_: Any, json: bool, quiet: bool, **__: Any) -> None:
        try:
            facts = found_facts.gathered(SYSTEM)
        except DatabaseError as error:
            raise CommandError("The database does not answer.", returncode=2) from error
        lines = [
            line
            for line in judging.lines(facts)
            if not quiet or line.state is not State.OK
        ]
        if json:
            self.stdout.write(_json(report.as_json(facts.moment, lines)))
        else:
            for line in lines:
                self.stdout.write(f"{line.state:<5} {line.title}: {line.sentence}")
                if line.todo:
                    self.stdout.write(f"      {line.todo}")
        if code := rank(worst(lines)):
            sys.exit(code)


def _json(told: object) -> str:
    return json.dumps(told, indent=2)
