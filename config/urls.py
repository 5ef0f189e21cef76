"""URLs. Names and paths are fixed in ``docs/architecture.md``."""

from django.urls import include, path

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
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/intake/v1/", include("apps.intake.api.urls")),
    path("api/v1/", include("apps.publications.api_urls")),
    # Last: a listing's path may be anything that a kind declares.
    path("", include("apps.publications.urls")),
]

# allauth's rate limits answer with this.
handler429 = "apps.accounts.views.too_many_requests"
