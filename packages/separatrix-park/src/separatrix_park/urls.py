"""The addresses of the platform, gathered from its groups of pages."""

from importlib import import_module

from django.urls import include, path

from separatrix_park import errors as refusals
from separatrix_park.administration import site
from separatrix_park.footprints import node
from separatrix_park.views.navigation import offer

AREAS = (
    "home",
    "people",
    "reports",
    "uploads",
    "deadlines",
    "sharing",
    "partners",
    "footprints",
    "answers",
    "products",
    "product_version",
    "energy",
    "studio",
    "audit_log",
    "publications",
    "export",
)

urlpatterns = [
    path("account/", include("separatrix_park.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", site.urls),
    *node.urlpatterns,
]
for area in AREAS:
    module = import_module(f"separatrix_park.views.{area}")
    offer(*module.MENU)
    urlpatterns.extend(module.urlpatterns)

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler429 = refusals.locked_out  # allauth asks for it
handler500 = refusals.failed
