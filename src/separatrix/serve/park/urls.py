"""The addresses of the platform."""

from django.urls import include, path

from separatrix.serve.park.views import home, invitations, reports

urlpatterns = [
    path("", home.home, name="home"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("reports/<str:table>/<int:year>/", reports.report, name="report"),
    path("reports/<int:number>/judge/", reports.judge, name="judge"),
    path("answers/", home.answers, name="answers"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
