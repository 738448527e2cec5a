"""Where a category usually goes, and the words by which it is recognised: what suggestions (推荐) are made of."""

from datetime import date

from attrs import frozen

from sipingtai.insight.categorise import CategoryWords
from sipingtai.org.models import Category, CategoryRoute
from sipingtai.org.setting import valid_on

COLUMNS = ("code", "name", "keywords")


@frozen
class Route:
    """A category's usual platform and office, either of which may be missing."""

    platform: int | None
    office: int | None
    scheme: str = ""  # name of the set-up of platforms (架构) it belongs to


def usual_routes(command: int, at: date) -> dict[str, Route]:
    """Each category's usual way from this command room, under the scheme of the day."""
    rows = CategoryRoute.objects.filter(valid_on(at, "scheme__"), scheme__command_id=command)
    return {
        category: Route(platform, office, scheme)
        for category, platform, office, scheme in rows.values_list(
            "category", "platform_id", "office_id", "scheme__name"
        )
    }


def category_words(at: date) -> tuple[CategoryWords, ...]:
    """What `insight.categorise.suggest` goes by: each category's name and keywords (关键词)."""
    rows = Category.objects.filter(valid_on(at, "catalogue__"), active=True).order_by("catalogue__valid_from", "code")
    found = {code: CategoryWords(code, name, tuple(words)) for code, name, words in rows.values_list(*COLUMNS)}
    return tuple(found.values())
