"""What every township does, its own way: each scenario once, driven by the facts of a township's document."""

from attrs import frozen

from sipingtai.core.case import Outcome
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage
from tests.acceptance.facts import Arbiter, Facts, Incident
from tests.acceptance.people import People, a_photo, number_on, rate, report_as_villager
from tests.acceptance.visitor import Visitor


class DiffersError(AssertionError):
    """The township works in another way than its document says; the message names township and point."""


@frozen
class Scene:
    """One township's people at work."""

    people: People
    facts: Facts

    def must(self, so: bool, point: str) -> None:
        """A point of the document."""
        if not so:
            raise DiffersError(f"{self.facts.name}：{point}")

    def at(self, account: str) -> Visitor:
        """Somebody of the township, by the account without the area code."""
        return self.people(f"{self.facts.code}-{account}")

    def office(self, name: str) -> Visitor:
        return self.people(self.people.handler(f"{self.facts.code}-{name}"))

    def unit(self, name: str) -> str:
        return self.people.unit(f"{self.facts.code}-{name}")

    def written_down(self, text: str, category: str, channel: str = "department") -> str:
        by, area = f"{self.facts.code}-intake", self.facts.grid
        return self.people.written_down(text, category, by=by, area=area, channel=channel)

    def stage(self, number: str) -> Stage:
        return self.people.case(number).stage

    def accept(self, number: str) -> None:
        self.people.done(self.at("intake").move(number, "accept"))

    def through_platform(self, number: str, platform: str, head: str, office: str, *assists: str) -> Visitor:
        """To the platform, whose head forwards it to an office, which signs; returns whoever handles it now."""
        others = [self.unit(name) for name in assists]
        self.people.done(self.at("dispatcher").move(number, "dispatch", to=self.unit(platform), assists=others))
        self.must("forward" in self.at(head).offered(number), f"{platform}应由{head}转派到科室")
        self.people.done(self.at(head).move(number, "forward", to=self.unit(office)))
        return self.signed(number, office)

    def straight(self, number: str, office: str, *assists: str) -> Visitor:
        others = [self.unit(name) for name in assists]
        self.people.done(self.at("dispatcher").move(number, "dispatch", to=self.unit(office), assists=others))
        return self.signed(number, office)

    def signed(self, number: str, office: str) -> Visitor:
        handler = self.office(office)
        self.people.done(handler.move(number, "sign"))
        return handler

    def hops_as_documented(self, number: str, office: str) -> None:
        """Whether the room may give it to the office itself."""
        offered = self.unit(office) in self.at("dispatcher").get(f"/cases/{number}/dispatch").choices("to")
        if self.facts.hops == 2:
            self.must(not offered, f"分流应先到平台，由平台分管领导转派，却可直接交办到{office}")
        else:
            self.must(offered, f"分流应可直接交办到{office}，却要先到平台")

    def handed(self, number: str, platform: str, head: str, office: str, *assists: str) -> Visitor:
        """The township's usual way to an office."""
        self.hops_as_documented(number, office)
        if self.facts.hops == 2:
            return self.through_platform(number, platform, head, office, *assists)
        return self.straight(number, office, *assists)

    def asks_return(self, number: str, office: str, instead: str) -> None:
        handler = self.office(office)
        clause = max(handler.get(f"/cases/{number}/request_return").choices("clause"))
        page = handler.move(number, "request_return", clause=clause, reason="不是本单位职责。", to=self.unit(instead))
        self.people.done(page)

    def rules(self, number: str, arbiter: Arbiter, kind: str, reason: str) -> None:
        """The second return is settled by the document's arbiter, and by nobody in the room."""
        holder = self.people.case(number).holder
        assert holder is not None
        point = f"{kind}事项应由{arbiter.title}裁定，却到了{holder.post.label if holder.post else '某单位'}手里"
        self.must(holder.post is arbiter.post, point)
        assert "grant_return" not in self.at("dispatcher").offered(number)
        self.must("grant_return" in self.at(arbiter.account).offered(number), point)
        self.people.done(self.at(arbiter.account).move(number, "grant_return", reason=reason))


def an_incident(s: Scene, incident: Incident) -> None:
    """Written down, accepted, to the platform whose head finds the office, handled, verified, closed."""
    number = s.written_down(incident.text, incident.category, incident.channel)
    s.accept(number)
    s.hops_as_documented(number, incident.office)
    # Where the room may go straight to an office it may also leave the choice to the platform's head.
    handler = s.through_platform(number, incident.platform, incident.head, incident.office)
    offered = handler.offered(number)
    assert {"finish", "request_return", "request_extension"} <= offered
    assert not {"verify", "dispatch", "close"} & offered
    s.people.done(handler.move(number, "finish", text="已上门处理完毕。", photo=a_photo()))
    s.people.done(s.at("dispatcher").move(number, "verify"))
    case = s.people.case(number)
    # Nobody left a way to be reached: nothing to wait for.
    assert (case.stage, case.outcome, case.answered) == (Stage.CLOSED, Outcome.DONE, True)


def a_matter_of_two_platforms(s: Scene) -> None:
    """Both offices send it back; the second time the document's arbiter settles who leads and who helps."""
    (platform, head, office), (other_platform, other_head, other) = s.facts.conflict.first, s.facts.conflict.second
    number = s.written_down(s.facts.conflict.text, s.facts.conflict.category)
    s.accept(number)
    s.handed(number, platform, head, office)
    s.asks_return(number, office, other)
    s.people.done(s.at("dispatcher").move(number, "grant_return", reason="同意，另派。"))
    s.handed(number, other_platform, other_head, other)
    s.asks_return(number, other, office)
    s.rules(number, s.facts.across, "跨平台", f"由{office}牵头，{other}协助。")
    assert "退单终裁" in s.at("dispatcher").get(f"/cases/{number}/dispatch").words
    handler, helper = s.handed(number, platform, head, office, other), s.office(other)
    assert "request_return" not in handler.offered(number), "第二次裁定为最终决定"
    refused = handler.move(number, "finish", text="已处理。", photo=a_photo())
    assert refused.status == 422
    assert "协办单位没有完成" in refused.words
    s.people.done(helper.move(number, "complete_assist", text="本单位的部分已完成。"))
    s.people.done(handler.move(number, "finish", text="已会同处理。", photo=a_photo()))
    s.people.done(s.at("dispatcher").move(number, "verify"))
    assert s.stage(number) is Stage.CLOSED


def a_return_within_a_platform(s: Scene) -> None:
    """The room refuses the first; the office asks again, and the arbiter within the township gives it to another."""
    sent = s.facts.sent_back
    number = s.written_down(sent.text, sent.category)
    s.accept(number)
    s.handed(number, sent.platform, sent.head, sent.office)
    s.asks_return(number, sent.office, sent.instead)
    holder = s.people.case(number).holder
    s.must(holder is not None and holder.post is Post.DISPATCHER, "第一次退单应由指挥室裁定")
    s.people.done(s.at("dispatcher").move(number, "refuse_return", reason="职责清单里有，先去现场看看。"))
    assert s.stage(number) is Stage.HANDLING
    s.asks_return(number, sent.office, sent.instead)
    s.rules(number, s.facts.within, "平台内", f"由{sent.instead}办理。")
    handler = s.handed(number, sent.platform, sent.head, sent.instead)
    assert "request_return" not in handler.offered(number), "第二次裁定为最终决定"
    s.people.done(handler.move(number, "finish", text="已处理。", photo=a_photo()))
    s.people.done(s.at("dispatcher").move(number, "verify"))
    assert s.stage(number) is Stage.CLOSED


def to_the_county_and_back(s: Scene) -> None:
    """Beyond the township's authority: the county handles and answers, the township verifies and tells the villager."""
    up, villager = s.facts.upward, s.people.villager()
    number = report_as_villager(villager, s.facts.code, s.facts.village, up.text)
    s.accept(number)
    s.people.done(s.at("analyst").move(number, "classify", category=up.category, reason="边坡落石。"))
    s.people.done(s.at("dispatcher").move(number, "escalate", reason="省道养护不在本级事权。"))
    case = s.people.case(number)
    s.must(case.command == s.people.township.unit(f"{up.county}-指挥室"), "应上报到本县（区）")
    assert (case.stage, case.top.owed) == (Stage.REPORTED, True)
    assert "办理" in villager.get("/p/progress/").words
    county = f"{up.county}-"
    s.people.done(s.people(county + "intake").move(number, "accept"))
    office = s.people.unit(county + up.office)
    dispatcher = s.people(county + "dispatcher")
    to = s.people.unit(county + up.through) if up.through else office
    s.people.done(dispatcher.move(number, "dispatch", to=to))
    if up.through:
        s.people.done(s.people(county + "platform-1-head").move(number, "forward", to=office))
    handler = s.people(s.people.handler(county + up.office))
    s.people.done(handler.move(number, "sign"))
    s.people.done(handler.move(number, "finish", text="已清理危石并设置防护网。"))
    assert "close" not in dispatcher.offered(number)
    s.people.done(dispatcher.move(number, "answer", text="已清理危石并设置防护网。"))
    case = s.people.case(number)
    assert (case.stage, case.command) == (Stage.FINISHED, s.people.township.unit(f"{s.facts.code}-指挥室"))
    s.people.done(s.at("dispatcher").move(number, "verify"))
    assert "防护网" in villager.get("/p/progress/").words
    rate(villager, satisfied=True)
    assert s.stage(number) is Stage.CLOSED


def handed_down_by_the_county(s: Scene) -> None:
    """交办: the township handles what the county gives it and owes an answer, which the county verifies."""
    incident, county = s.facts.incidents[0], f"{s.facts.upward.county}-"
    number = s.people.written_down(
        incident.text, incident.category, by=county + "intake", area=s.facts.upward.county, channel="hotline"
    )
    s.people.done(s.people(county + "intake").move(number, "accept"))
    dispatcher, room = s.people(county + "dispatcher"), s.people.unit(f"{s.facts.code}-指挥室")
    s.people.done(dispatcher.move(number, "hand_down", to=room, reason="属地办理。"))
    s.accept(number)
    handler = s.handed(number, incident.platform, incident.head, incident.office)
    s.people.done(handler.move(number, "finish", text="已上门处理完毕。", photo=a_photo()))
    assert "close" not in s.at("dispatcher").offered(number)
    s.people.done(s.at("dispatcher").move(number, "answer", text="已上门处理完毕。"))
    case = s.people.case(number)
    assert (case.stage, case.command) == (Stage.FINISHED, s.people.township.unit(county + "指挥室"))
    s.people.done(dispatcher.move(number, "verify"))
    # Who rang got a code, so the county rings back.
    s.people.done(dispatcher.move(number, "follow_up", text="来电人表示满意。", verdict="yes"))
    assert s.stage(number) is Stage.CLOSED


def a_villagers_complaint(s: Scene) -> None:
    """Dissatisfied: back to the office, which answers again; then closed."""
    asked, villager = s.facts.complaint, s.people.villager()
    number = report_as_villager(villager, s.facts.code, s.facts.village, asked.text)
    s.accept(number)
    s.people.done(s.at("analyst").move(number, "classify", category=asked.category, reason="下水道堵塞。"))
    handler = s.handed(number, asked.platform, asked.head, asked.office)
    s.people.done(handler.move(number, "finish", text="已疏通。"))
    s.people.done(s.at("dispatcher").move(number, "verify"))
    rate(villager, satisfied=False, reason="只通了一半，昨晚又灌进来了。")
    case = s.people.case(number)
    assert (case.stage, case.rework) == (Stage.HANDLING, 1)
    assert "昨晚又灌进来了" in handler.get(f"/cases/{number}").words
    s.people.done(handler.move(number, "finish", text="整段清淤，换了盖板。"))
    s.people.done(s.at("dispatcher").move(number, "verify"))
    assert "换了盖板" in villager.get("/p/progress/").words
    rate(villager, satisfied=True)
    case = s.people.case(number)
    assert (case.stage, case.outcome, case.answered) == (Stage.CLOSED, Outcome.DONE, True)


def what_a_grid_reports(s: Scene) -> str:
    """From the phone to whoever receives first by the document; returns the number."""
    worker = s.people(s.people.grid(s.facts.grid))
    fields = worker.get("/field/report/").form("") | {"text": "巷子里有盏路灯不亮，晚上看不清。", "category": "17002"}
    sent = worker.post("/field/report/", fields)
    assert sent.status == 200, sent.words
    number = number_on(sent)
    case = s.people.case(number)
    village = s.facts.grid[:12]
    if s.facts.station_first:
        station = s.people.township.unit(f"{village}-工作站")
        s.must(case.command == station, "网格上报的事应由村级工作站先收")
        assert "accept" not in s.at("intake").offered(number)
    else:
        s.must(case.command == s.people.township.unit(f"{s.facts.code}-指挥室"), "网格上报的事应由指挥室先收")
        assert "accept" in s.at("intake").offered(number)
    return number
