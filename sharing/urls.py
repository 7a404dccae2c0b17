"""The addresses of sharing: pages for people, and the API for their systems."""

from django.urls import URLPattern

from sharing.feeds.urls import pages as received
from sharing.intake.urls import pages as submissions

pages: list[URLPattern] = [*submissions, *received]
api: list[URLPattern] = []
