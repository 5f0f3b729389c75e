from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "salur.messaging"
    label = "messaging"
