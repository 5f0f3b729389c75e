"""Paths of messages."""

from django.urls import path

from salur.messaging.pages import show_messages

app_name = "messaging"
urlpatterns = [path("pesan/", show_messages, name="messages")]
