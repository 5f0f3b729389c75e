"""Paths of planning, cash and decisions."""

from django.urls import path

from salur.disbursement.pages import decisions

app_name = "disbursement"
urlpatterns = [
    path("putusan/", decisions.decide_final, name="decide_final"),
    path("tinjauan/", decisions.review_evidence, name="review_evidence"),
]
