"""The Django app of the villager's pages; it has no tables."""

from django.apps import AppConfig


class VillagerConfig(AppConfig):
    name = "sipingtai.villager"
    label = "villager"
    verbose_name = "群众"
