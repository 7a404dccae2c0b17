"""Django looks for the admin only here: every room's, and the name on the door."""

from django.contrib import admin

from sharing.agreements import admin as agreements
from sharing.distribution import admin as distribution
from sharing.events import admin as events
from sharing.indicators import admin as indicators
from sharing.intake import admin as intake

__all__ = ["agreements", "distribution", "events", "indicators", "intake"]

admin.site.site_title = admin.site.site_header = "Accord"
admin.site.index_title = "What the hub holds: to look at, not to change"
