"""`./run manage bootstrap`: the first staff account and organization of a real hub."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from hub.lib.errors import Problem
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import Organization
from orgs.members.services import vouch
from orgs.onboarding.services import Beginning, bootstrap


class Command(BaseCommand):
    help = (
        "Make the first staff account and the first organization, and print (and send)"
        " the link with which its manager joins."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="of the hub's first staff")
        parser.add_argument("--name", required=True, help="of that person")
        parser.add_argument("--organization", required=True, help="its name")
        parser.add_argument("--kind", required=True, choices=Organization.Kind.values)
        parser.add_argument(
            "--jurisdiction", required=True, help="two letters, such as DE"
        )
        parser.add_argument("--government", action="store_true")
        parser.add_argument(
            "--manager", default="", help="e-mail address, if it is not the staff's own"
        )
        parser.add_argument(
            "--vouch",
            action="store_true",
            help="its first lines need no second person of the hub's staff",
        )
        parser.add_argument(
            "--another", action="store_true", help="although the hub has staff already"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            begun = self._begin(options)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(f"Hub staff: {begun.staff.email}")
        if begun.password_link:
            self.stdout.write(f"  sets the password: {begun.password_link}")
        self.stdout.write(f"Organization: {begun.organization.name}")
        self.stdout.write(f"  its manager joins: {begun.invitation_link}")

    @staticmethod
    def _begin(options: dict[str, Any]) -> Beginning:
        with transaction.atomic():
            begun = bootstrap(
                email=options["email"],
                name=options["name"],
                organization=options["organization"],
                kind=options["kind"],
                jurisdiction=options["jurisdiction"],
                is_government=options["government"],
                manager=options["manager"],
                another=options["another"],
            )
            if options["vouch"]:
                vouch(actor=SYSTEM, slug=begun.organization.slug)
            return begun
