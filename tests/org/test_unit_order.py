"""Units come in the order in which the pack names them, so that every list offers them so."""

from sipingtai.core.setting import UnitKind
from tests.township import Township


def test_platforms_and_offices_are_in_the_document_s_order(wuxi: Township, db: None) -> None:
    units = [u for u in wuxi.setting.units.values() if u.command == wuxi.unit("331125201-指挥室")]
    platforms = [u.name for u in units if u.kind is UnitKind.PLATFORM]
    offices = [u.name for u in units if u.kind is UnitKind.OFFICE]
    assert platforms == ["综治工作平台", "综合执法平台", "市场监管平台", "便民服务平台"]
    assert offices[:3] == ["党政综合办公室", "经济商务工作中心", "社会治安综合治理工作中心"]
    assert offices[-1] == "志愿者"
