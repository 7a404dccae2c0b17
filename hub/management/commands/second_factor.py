"""Let somebody in again who lost authenticator and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.lib.errors import Problem
from orgs.accounts.actor import SYSTEM
from orgs.members import second_factors


class Command(BaseCommand):
    help = "Reset the second factor of a person: make sure who asks for it first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        reset = actions.add_parser("reset", help="sign-in asks for the password alone")
        reset.add_argument("email", metavar="EMAIL")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            user = second_factors.reset(actor=SYSTEM, email=options["email"])
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(f"{user.email} has no second factor any more.")
