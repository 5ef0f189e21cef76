"""URLs of the return page."""

from django.urls import path

from apps.districts import completeness_views, saving, views
from apps.districts.narrative import views as narrative
from apps.districts.workbook import views as workbook

app_name = "districts"
urlpatterns = [
    path("completeness/", completeness_views.completeness_page, name="completeness"),
    path("<int:case_id>/", views.return_page, name="return"),
    path("<int:case_id>/<int:number>/", views.section_page, name="section"),
    path("<int:case_id>/counted/<slug:code>/", views.derived_page, name="derived"),
    path("<int:case_id>/figures/<slug:code>/", saving.save_field, name="save_field"),
    path("<int:case_id>/figures/<slug:code>/entry/", views.entry, name="entry"),
    path("<int:case_id>/hear/", saving.hear, name="hear"),
    path("<int:case_id>/paste/", saving.preview_paste, name="preview_paste"),
    path("<int:case_id>/narrative/new/", narrative.narrative_new, name="narrative_new"),
    path("<int:case_id>/narrative/<uuid:uid>/", narrative.narrative, name="narrative"),
    path(
        "<int:case_id>/narrative/<uuid:uid>/versions/",
        narrative.narrative_versions,
        name="narrative_versions",
    ),
    path("<int:case_id>/workbook/", workbook.workbook_page, name="workbook"),
    path("<int:case_id>/workbook/file/", workbook.download, name="workbook_file"),
    path("<int:case_id>/workbook/marked/", workbook.marked, name="workbook_marked"),
    path("<int:case_id>/workbook/accept/", workbook.accept_upload, name="workbook_accept"),
    path("<int:case_id>/workbook/discard/", workbook.discard, name="workbook_discard"),
]
