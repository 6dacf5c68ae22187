"""The addresses of the platform, gathered from its groups of pages."""

from importlib import import_module

from django.urls import include, path

from separatrix.serve.park import refusals
from separatrix.serve.park.administration import site
from separatrix.serve.park.footprints import node
from separatrix.serve.park.views.menu import offer

AREAS = (
    "home",
    "invitations",
    "people",
    "reports",
    "report_versions",
    "uploads",
    "office_tables",
    "evidence",
    "deadlines",
    "sharing",
    "partners",
    "footprints",
    "answers",
    "enterprise",
    "products.own_products",
    "products.purchase_supplier",
    "products.product_version",
    "energy",
    "studio",
    "programs",
    "log",
    "publications",
    "export",
    "status",
)

urlpatterns = [
    path("account/", include("separatrix.serve.park.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", site.urls),
    *node.urlpatterns,
]
for area in AREAS:
    module = import_module(f"separatrix.serve.park.views.{area}")
    offer(*module.MENU)
    urlpatterns.extend(module.urlpatterns)

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler429 = refusals.locked_out  # allauth asks for it
handler500 = refusals.failed
