"""Apply an agreement from a file, list the agreements, and show templates of common ones."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.lib.errors import Problem
from orgs.accounts.actor import SYSTEM
from sharing.agreements import catalogue, selectors, services


class Command(BaseCommand):
    help = (
        "Apply an agreement from a YAML file, list those there are, or show templates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        apply = actions.add_parser(
            "apply",
            help="draft it, propose it, sign it for each party by that party's own"
            " signatory, and let it take effect",
        )
        apply.add_argument("file", type=Path, metavar="FILE.yaml")
        actions.add_parser("list", help="every agreement with its state")
        actions.add_parser("templates", help="the templates of common agreements")
        one = actions.add_parser("template", help="print one, to be filled in")
        one.add_argument("name", metavar="NAME")

    def handle(self, *_: Any, **options: Any) -> None:
        match options["action"]:
            case "apply":
                self._apply(options["file"])
            case "templates":
                self._templates()
            case "template":
                self._template(options["name"])
            case _:
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

    def _templates(self) -> None:
        for each in catalogue.templates():
            self.stdout.write(f"{each.name}  {each.about}")

    def _template(self, name: str) -> None:
        try:
            self.stdout.write(catalogue.template(name).source, ending="")
        except Problem as problem:
            raise CommandError(f"{problem.detail} `templates` lists them.") from problem


def _told(problem: Problem) -> str:
    """One fault per line, each with the path of its field."""
    if not problem.errors:
        return problem.detail
    lines = [f"  {e.get('field', '')}: {e.get('detail', '')}" for e in problem.errors]
    return "\n".join(["The agreement cannot be applied:", *lines])
