"""What nobody has classified is “其他”, and makes no promise of a dispute's or an emergency's limits."""

import pytest

from sipingtai.core.clocks import ClockKind
from tests.township import Township

pytestmark = pytest.mark.usefixtures("db")


def test_a_report_without_a_category_is_other_and_not_another_dispute(wuxi: Township) -> None:
    case = wuxi.case(wuxi.report("省道边坡掉石头。").case_id)
    assert (case.category, wuxi.setting.categories[case.category].name) == ("99999", "其他")
    total = next(c for c in case.clocks if c.kind is ClockKind.TOTAL)
    assert str(total.limit) == "8工作日/12工作日"
