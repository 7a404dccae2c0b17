"""The hub's own Django app: commands, template tags and static files."""

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    default = True
