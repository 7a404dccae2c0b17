"""The orgs app."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "orgs"
    default = True
    default_auto_field = "django.db.models.BigAutoField"
