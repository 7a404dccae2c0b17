"""The sharing app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "sharing"
    default = True
    default_auto_field = "django.db.models.BigAutoField"
