"""Common replies (常用语): what is written every day, one click to take. After a colon one goes on by hand."""

from collections.abc import Mapping

from sipingtai.core.actions import Action as A

PHRASES: Mapping[A, tuple[str, ...]] = {
    A.SETTLE: ("当场处置完毕，现场已恢复正常。", "当面说明情况，反映人认可。"),
    A.DISPATCH: ("请按职责办理，按期反馈。", "请先到现场核实，再联系反映人。", "请注意保护反映人的信息。"),
    A.FORWARD: ("请按职责办理，按期反馈。", "请先到现场核实，再联系反映人。"),
    A.PROGRESS: ("已联系反映人。", "已到现场查看，正在处置。", "已列入计划，预计完成时间："),
    A.REQUEST_EXTENSION: ("需外单位配合，正在协调：", "材料或设备尚未到位：", "天气原因无法施工。"),
    A.REQUEST_SUSPENSION: ("等待反映人补充材料：", "等待上级批复：", "天气原因暂时无法施工。"),
    A.GRANT_EXTENSION: ("同意。", "同意，请抓紧办理。"),
    A.REFUSE_EXTENSION: ("理由不充分，请按期办结。",),
    A.GRANT_SUSPENSION: ("同意。", "同意，条件具备后立即恢复办理。"),
    A.REFUSE_SUSPENSION: ("理由不充分，请继续办理。",),
    A.REFUSE_RETURN: ("按职责清单应由你单位承办。",),
    A.COMPLETE_ASSIST: ("已按要求配合完毕。",),
    A.FINISH: (
        "已到现场处置完毕，现场已恢复正常。",
        "情况属实，已督促整改到位。",
        "经核实情况不属实，已向反映人说明：",
        "已向反映人说明政策，反映人理解。",
    ),
    A.VERIFY: ("现场核查，确已办结。", "电话向反映人核实，确已办结。", "照片核查，处置到位。"),
    A.REJECT: ("现场未见处置，请按要求办理。", "照片看不出处置结果，请补充。", "没有回应反映的问题，请补充办理："),
    A.FOLLOW_UP: ("电话回访，反映人满意。", "电话回访，反映人不满意，原因：", "多次拨打无人接听。"),
    A.ANSWER: ("已办结，现场核实无误，请核查。", "不属于本级职责，依据："),
    A.URGE: ("请抓紧办理，按时反馈。", "请当日联系反映人并反馈进展。"),
    A.INSTRUCT: ("请有关单位抓紧办理，结果报我。", "请核实情况，依法妥善处置。"),
    A.REPLY_SUPERVISION: ("已安排专人办理，预计完成时间：", "超时原因和改进措施："),
}
