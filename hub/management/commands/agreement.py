"""Apply an agreement from a file through the same services as anybody; list them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.lib.errors import Problem
from orgs.accounts.actor import SYSTEM
from sharing.agreements import selectors, services


class Command(BaseCommand):
    help = "Apply an agreement from a YAML file, or list the agreements there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        apply = actions.add_parser(
            "apply",
            help="draft it, propose it, sign it for each party by that party's own"
            " signatory, and let it take effect",
        )
        apply.add_argument("file", type=Path, metavar="FILE.yaml")
        actions.add_parser("list", help="every agreement with its state")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["action"] == "apply":
            self._apply(options["file"])
        else:
            self._list()

    def _apply(self, path: Path) -> None:
        try:
            applied = services.apply_file(path, actor=SYSTEM)
        except Problem as problem:
            raise CommandError(_told(problem)) from problem
        for note in applied.notes:
            self.stdout.write(note)
        self.stdout.write(f"SHA-256 of the text: {applied.version.text_sha256}")

    def _list(self) -> None:
        for agreement in selectors.agreements(SYSTEM):
            active = agreement.active_version
            number = f"version {active.number}" if active else "no version in force"
            self.stdout.write(f"{agreement.slug}  {agreement.state}  {number}")


def _told(problem: Problem) -> str:
    """One fault per line, each with the path of its field."""
    if not problem.errors:
        return problem.detail
    lines = [f"  {e.get('field', '')}: {e.get('detail', '')}" for e in problem.errors]
    return "\n".join(["The agreement cannot be applied:", *lines])
