"""URLs of the return page."""

from django.urls import path

from apps.districts import completeness_views, saving, views
from apps.districts.lists import city_views
from apps.districts.lists import views as lists
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
    path("claims/", city_views.claims_page, name="claims"),
    path("<int:case_id>/lists/", lists.lists_page, name="lists"),
    path("<int:case_id>/lists/add/", lists.add_choice, name="list_add"),
    path("<int:case_id>/lists/add/<int:list_id>/", lists.add, name="list_row_new"),
    path("<int:case_id>/lists/added/<uuid:uid>/", lists.added, name="list_row_added"),
    path("<int:case_id>/lists/<slug:code>/<uuid:uid>/", lists.dispute, name="list_dispute"),
    path("<int:case_id>/claims/<uuid:uid>/", city_views.claim_page, name="claim"),
    path(
        "<int:case_id>/claims/<uuid:uid>/files/<uuid:file_uid>/",
        city_views.claim_file,
        name="claim_file",
    ),
    path("<int:case_id>/workbook/", workbook.workbook_page, name="workbook"),
    path("<int:case_id>/workbook/file/", workbook.download, name="workbook_file"),
    path("<int:case_id>/workbook/marked/", workbook.marked, name="workbook_marked"),
    path("<int:case_id>/workbook/accept/", workbook.accept_upload, name="workbook_accept"),
    path("<int:case_id>/workbook/discard/", workbook.discard, name="workbook_discard"),
]
