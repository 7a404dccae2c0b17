"""Celery: the doorbell and the clock. PostgreSQL is the queue (docs/operations.md)."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # A bell that waited too long is worthless: the next one is already there.
    "ring": {"task": "sharing.ring", "schedule": 1.0, "options": {"expires": 5}},
    "expire": {"task": "sharing.expire", "schedule": 60.0, "options": {"expires": 60}},
    "sweep": {
        "task": "sharing.sweep",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery leaves logging alone as soon as somebody answers this signal."""


@worker_init.connect
def refuse_another_role(**_: Any) -> None:
    """As the web's role a worker would fail at every piece of work, one by one."""
    from django.conf import settings  # noqa: PLC0415 - not before Celery read them

    if settings.DB_ROLE == settings.APP:
        raise SystemExit("The worker needs ACCORD_DB_ROLE=accord_worker.")


@worker_init.connect
def load_once(**_: Any) -> None:
    """Load what every child needs before they fork: they share it."""
    from sharing.indicators import warninglists  # noqa: PLC0415 - needs Django set up

    warninglists.summary()
