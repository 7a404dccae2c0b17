"""Django looks for the admin only here: every room's, and the name on the door.

Not those of submissions, claims and releases: row-level security has no policy for staff.
"""

from django.contrib import admin

from sharing.agreements import admin as agreements
from sharing.events import admin as events
from sharing.intake import admin as intake

__all__ = ["agreements", "events", "intake"]

admin.site.site_title = admin.site.site_header = "Accord"
admin.site.index_title = "What the hub holds: to look at, not to change"
