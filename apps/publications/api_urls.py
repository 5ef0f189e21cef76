"""Addresses of the open data interface."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from apps.cases.kinds import listed_record_kinds
from apps.publications.api import Nothing, RecordDetail, RecordList, Root

app_name = "api"

urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
for kind in listed_record_kinds():
    given = {"kind": kind, "serializer_class": kind.serializer}
    rows = RecordList.as_view(**given, filterset_class=kind.filterset)
    urlpatterns += [
        path(f"{kind.code}/", rows, name=kind.code),
        path(f"{kind.code}/<uuid:uid>/", RecordDetail.as_view(**given), name=f"{kind.code}-row"),
    ]
urlpatterns.append(re_path(r"^(?P<rest>.*)$", Nothing.as_view()))
