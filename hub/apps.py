"""The hub's own Django app: commands, template tags and static files."""

import importlib

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    default = True

    def ready(self) -> None:
        # Tasks are rung through this app in every process, not only in the worker. Not in
        # hub/__init__.py: the partner's toolkit in hub/client needs no Celery.
        importlib.import_module("hub.celery")
