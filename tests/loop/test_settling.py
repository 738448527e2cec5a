"""即办自结: a sample, drawn by lot at the door, is verified; the rest closes by itself."""

import pytest
from attrs import evolve

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Channel, Outcome
from sipingtai.core.moves import Move
from sipingtai.core.stages import Stage
from sipingtai.loop import moves
from tests.township import Township

pytestmark = pytest.mark.django_db
GRID = "331125201-grid-01"


@pytest.mark.parametrize(("percent", "stage"), [(0, Stage.CLOSED), (100, Stage.FINISHED)])
def test_the_pack_says_how_many_settled_cases_are_verified(wuxi: Township, percent: int, stage: Stage) -> None:
    grid = wuxi.unit("331125201200001")
    receipt = wuxi.report("路边一处垃圾，当场清走了。", by=GRID, channel=Channel.GRID, grid=grid, category="05002")
    setting = wuxi.setting
    command = wuxi.case(receipt.case_id).command
    rules = evolve(setting.rules(command), settle_sample_percent=percent)
    commands = {**setting.commands, command: evolve(setting.commands[command], rules=rules)}
    now = wuxi.case(receipt.case_id).received_at
    with wuxi.acting(GRID) as actor:
        asked = Move(action=A.SETTLE, text="已清理。")
        moved = moves.move(receipt.case_id, asked, actor=actor, now=now, setting=evolve(setting, commands=commands))
    assert moved.case.stage is stage
    assert (moved.case.outcome is Outcome.SETTLED) == (percent == 0)
