"""Stand for a member at the command line, or no longer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.lib.errors import Problem
from orgs.accounts.actor import SYSTEM
from orgs.members.services import vouch


class Command(BaseCommand):
    help = "Vouch for an organization: its first lines no longer wait for hub staff."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument(
            "--take-back", action="store_true", help="vouch for it no longer"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        stands = not options["take_back"]
        try:
            member = vouch(actor=SYSTEM, slug=options["slug"], vouched=stands)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        word = "vouched for" if member.vouched else "not vouched for any more"
        self.stdout.write(f"{member.name} is {word}.")
