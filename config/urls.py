"""URLs. Names and paths are fixed in ``docs/architecture.md``."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from apps.accounts.site import site
from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", site.urls),
    path("accounts/", include("apps.accounts.urls")),
    path("desk/returns/", include("apps.districts.urls")),
    path("desk/cases/<int:case_id>/intake/", include("apps.intake.urls")),
    path("desk/tokens/", include("apps.intake.token_urls")),
    path("desk/audit/", include("apps.audit.urls")),
    path("desk/", include("apps.cases.desk.urls")),
    # Without a token of the reader's own, so that public pages are the same for everyone: all
    # that a foreign site could do is to change the language.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("api/intake/v1/", include("apps.intake.api.urls")),
    path("api/v1/", include("apps.publications.api_urls")),
    # Last: a listing's path may be anything that a kind declares.
    path("", include("apps.publications.urls")),
]

# allauth's rate limits answer with this.
handler429 = "apps.accounts.views.too_many_requests"
