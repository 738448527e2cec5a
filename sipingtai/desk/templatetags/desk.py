"""The desk's addresses in templates, for what stands on a page by the dozen; elsewhere Django's own `url` will do."""

from django import template

from sipingtai.desk import addresses

register = template.Library()
register.simple_tag(addresses.page, name="page_address")
register.simple_tag(addresses.case, name="case_address")
register.simple_tag(addresses.move, name="move_address")
