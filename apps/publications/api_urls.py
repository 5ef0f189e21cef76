"""Addresses of the open data interface."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from apps.cases.kinds import listed_record_kinds
from apps.publications.api import ChangeList, Nothing, RecordDetail, RecordList, Root
from apps.publications.conditional import conditional
from apps.publications.rates import rated
from apps.publications.views.interface import interface

app_name = "api"

urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", interface, name="docs"),
    path("changes/", rated(conditional(ChangeList.as_view())), name="changes"),
]
for kind in listed_record_kinds():
    given = {"kind": kind, "serializer_class": kind.serializer}
    rows = rated(conditional(RecordList.as_view(**given, filterset_class=kind.filterset)))
    row = rated(conditional(RecordDetail.as_view(**given)))
    urlpatterns += [
        path(f"{kind.code}/", rows, name=kind.code),
        path(f"{kind.code}/<uuid:uid>/", row, name=f"{kind.code}-row"),
    ]
urlpatterns.append(re_path(r"^(?P<rest>[\s\S]*)$", Nothing.as_view()))
