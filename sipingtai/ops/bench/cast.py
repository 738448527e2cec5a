"""The people of a bench (测速的角色): by the posts they hold, whatever the packs call them."""

from collections.abc import Mapping

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.posts import Post
from sipingtai.core.setting import Setting
from sipingtai.org.models import PostHolding

AREA = "331125201"  # the township of the packs


def cast(setting: Setting) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Who makes the moves (part → account), and where they send the case (action → unit).

    The first platform with a head that has an office with somebody to do the work.
    """
    with system_scope("测速"):
        held = PostHolding.objects.filter(substitute_for=None, unit__area__code__startswith=AREA)
        seats = held.order_by("unit_id", "account__username").values_list("unit_id", "post", "account__username")
        by_post: dict[str, dict[int, str]] = {post.value: {} for post in Post}
        for unit, post, name in seats:
            by_post[post].setdefault(unit, name)
    heads, handlers = by_post[Post.PLATFORM_HEAD.value], by_post[Post.HANDLER.value]
    platform, office = next(
        (platform, office) for platform in heads for office in handlers if platform in setting.units[office].platforms
    )
    room = {"intake": Post.INTAKE, "analyst": Post.ANALYST, "dispatcher": Post.DISPATCHER}
    people = {part: next(iter(by_post[post.value].values())) for part, post in room.items()}
    return people | {"platform": heads[platform], "office": handlers[office]}, {"dispatch": platform, "forward": office}
