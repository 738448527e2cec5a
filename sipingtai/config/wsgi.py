"""The WSGI application granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from sipingtai.config.unhurried import Unhurried
from sipingtai.ops.lifeline import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sipingtai.config.settings")
if served_by := os.environ.get("SIPINGTAI_SERVED_BY"):
    die_with(int(served_by))
application = Unhurried(get_wsgi_application())
