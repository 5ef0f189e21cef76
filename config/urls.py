"""URLs. Names and paths are fixed in ``docs/architecture.md``."""

from django.urls import include, path

from apps.accounts.site import site
from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", site.urls),
    path("accounts/", include("apps.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
