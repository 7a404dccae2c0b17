"""`./run demo`: the hub with its cast and its input; `--check` proves who got what."""

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

import httpx2
from django.conf import settings
from django.core.management.base import BaseCommand

from hub.demo import check, generator, table, welcome
from hub.demo.claims import DEFAULTS
from hub.demo.errors import DemoError
from hub.demo.report import Report
from hub.demo.stage import Plan, Stage, free_port
from hub.embedded import EmbeddedError
from hub.supervisor import ChildDiedError

PORT = 8000
BROKEN = (DemoError, ChildDiedError, EmbeddedError, httpx2.HTTPError)


class Command(BaseCommand):
    help = "Run the hub with its demo cast until Ctrl-C, or check it and stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="in a state of its own: submit, deliver, compare, report, stop",
        )
        parser.add_argument("--input", type=existing, metavar="FILE", help=INPUT)
        parser.add_argument(
            "--warninglists",
            type=existing,
            metavar="DIR",
            help="more MISP warninglists",
        )
        parser.add_argument(
            "--fresh", action="store_true", help="discard what an earlier start kept"
        )
        parser.add_argument("--port", type=int, help=f"instead of {PORT} or a free one")
        parser.add_argument(
            "--lines",
            type=int,
            default=generator.LINES,
            help="how many lines each contributor makes up (default: %(default)s)",
        )
        defaults = parser.add_argument_group("what a submission says for its lines")
        for name, text in DEFAULTS.items():
            flag = f"--{name.replace('_', '-')}"
            defaults.add_argument(flag, default=text, help="default: %(default)s")
        defaults.add_argument("--region", help="of local phone numbers, such as GB")
        defaults.add_argument("--type", help="of every value; guessed otherwise")

    def handle(self, **options: Any) -> None:
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        folder = options["warninglists"]
        if folder is not None:
            # As the children find it in their environment: the oracle asks as well.
            settings.WARNINGLISTS_DIR = folder.resolve(strict=True)
        stage = Stage(plan(options), out=sys.stderr if options["check"] else sys.stdout)
        if options["check"]:
            sys.exit(self.check_all(stage))
        sys.exit(self.stay(stage))

    def check_all(self, stage: Stage) -> int:
        report = Report(defaults=stage.plan.defaults, seconds=stage.seconds)
        with stage.supervisor.signals():
            try:
                stage.load()
                stage.prepare()
                stage.submit()
                check.run(stage, report)
            except BROKEN as error:
                report.must(str(error), hold=False)
        table.show(report, sys.stdout)
        return 0 if report.ok else 1

    def stay(self, stage: Stage) -> int:
        with stage.supervisor.signals():
            try:
                stage.load()
                stage.prepare()
                if stage.plan.input or not stage.keys.submitted:
                    stage.submit()
                    stage.settle()
                welcome.show(stage, self.stdout)
                stage.supervisor.run()
            except BROKEN as error:
                self.stderr.write(str(error))
                return 0 if stage.supervisor.stopping.is_set() else 1
        return 0


def existing(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        message = f"{text} does not exist"
        raise ArgumentTypeError(message)
    return path


INPUT = "a list, CSV or NDJSON, plain or gzip, instead of made-up input"


def plan(options: dict[str, Any]) -> Plan:
    defaults = {name: options[name] for name in (*DEFAULTS, "region", "type")}
    port = options["port"]
    if port is None:
        port = 0 if options["check"] else PORT
    return Plan(
        input=options["input"],
        warninglists=options["warninglists"],
        defaults={name: text for name, text in defaults.items() if text},
        lines=options["lines"],
        port=free_port(port),
        fresh=options["fresh"] or options["check"],
    )
