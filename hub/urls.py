"""Every address of the hub."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from hub import pages
from sharing import urls as sharing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.landing, name="landing"),
    path("home", pages.home, name="home"),
    path("favicon.ico", pages.favicon),
    path("admin/", admin.site.urls),
    path("", include("orgs.urls")),
    path("", include(sharing.pages)),
]

handler400 = "hub.pages.bad_request"
handler403 = "hub.pages.forbidden"
handler404 = "hub.pages.not_found"
handler500 = "hub.pages.server_error"
