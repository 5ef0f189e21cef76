"""URLs of the return page."""

from django.urls import path

from apps.districts import views

app_name = "districts"
urlpatterns = [
    path("<int:case_id>/", views.return_page, name="return"),
    path("<int:case_id>/<int:number>/", views.section_page, name="section"),
]
