"""What each township's document says of who does what: the tests' own facts, by hand, never read from a pack.

Accounts are the ones `sipingtai demo --people` lists, without the area code. Where a document is silent the fact is the
supplement's, and its comment says “ours”.
"""

from attrs import frozen

from sipingtai.core.posts import Post


@frozen
class Incident:
    """One matter of one platform."""

    platform: str
    head: str  # account of the platform's head (协调组组长, 分管领导, 牵头领导)
    office: str
    category: str
    text: str
    channel: str = "department"


@frozen
class Arbiter:
    """Who settles."""

    title: str
    post: Post
    account: str


@frozen
class Conflict:
    """Two offices of different platforms, neither of which wants the matter."""

    first: tuple[str, str, str]  # platform, its head's account, office
    second: tuple[str, str, str]
    category: str
    text: str


@frozen
class Return:
    """An office that sends a matter back, and another of the same platform that it names."""

    platform: str
    head: str
    office: str
    instead: str
    category: str
    text: str


@frozen
class Upward:
    """What the township sees and cannot manage."""

    county: str  # area code
    through: str  # the county's platform that takes it, "" where the county's centre gives it straight to an office
    office: str
    text: str = "省道边坡掉石头，砸到过路的三轮车，这里修不了。"
    category: str = "04011"


@frozen
class Facts:
    """One township. `hops`: 1 straight to an office, 2 through the platform's head."""

    code: str
    name: str
    village: str  # where the villager of the stories lives: a village or one of its grids
    grid: str  # a grid, by its code
    hops: int
    incidents: tuple[Incident, ...]
    across: Arbiter  # settles what crosses platforms
    within: Arbiter  # settles what lies within one
    conflict: Conflict
    sent_back: Return
    upward: Upward
    complaint: Incident
    station: bool = False  # whether it has village stations
    station_first: bool = False  # whether they receive first what their grids report


DEPUTY = Arbiter("副书记", Post.CHIEF, "chief")
LEADER = Arbiter("主要领导", Post.LEADER, "leader")
DRAIN = "门前水沟堵了，一下雨就往屋里灌。"

# 2021-12-24. Platforms and their leaders S0-7, S0-18 to S0-40. Silent on arbiter and hops: ours, 副书记 and straight.
SONGYUAN = Facts(
    code="331126001",
    name="松源街道",
    village="331126001200",
    grid="331126001001001",
    hops=1,
    incidents=(
        Incident("监管执法平台", "platform-1-head", "松源综合行政执法中队", "08004", "超市把货架摆到了人行道上。"),
        Incident(
            "公共服务平台", "platform-2-head", "社会事务综合服务中心", "13012", "老人腿脚不便，想请人代办优待证。"
        ),
        Incident("应急管理平台", "platform-3-head", "街道应急管理职能处室", "03002", "竹木加工厂粉尘太重，没有除尘。"),
        Incident("综治工作平台", "platform-4-head", "公安派出所", "02008", "工地围挡缺口通到学校后门，孩子常钻。"),
        Incident(
            "党政综合业务模块", "platform-5-head", "党政综合", "15002", "县里下达的改革任务，月底前反馈。", "county"
        ),
    ),
    across=DEPUTY,
    within=DEPUTY,
    conflict=Conflict(
        ("监管执法平台", "platform-1-head", "松源市场监督管理所"),
        ("综治工作平台", "platform-4-head", "公安派出所"),
        "11006",
        "有人在集市卖假烟，还和买主动了手。",
    ),
    sent_back=Return(
        "综治工作平台", "platform-4-head", "司法所", "信访", "16004", "村民对分红方案有意见，想有人来讲清楚。"
    ),
    upward=Upward("331126", "", "县交通运输局"),
    complaint=Incident("应急管理平台", "platform-3-head", "街道应急管理职能处室", "04004", DRAIN),
    station=True,
    station_first=True,  # S0-56, S0-58, S0-59
)

# 2022-07-25. Who leads which platform S1-12, S1-18, S1-23, S1-28. Silent on arbiter and hops: ours.
DAGANGTOU = Facts(
    code="331102102",
    name="大港头镇",
    village="331102102206",
    grid="331102102206001",
    hops=1,
    incidents=(
        Incident("党建统领平台", "leader", "宣传", "15009", "文明村创建的宣传栏要月底前换完。"),
        Incident("经济生态平台", "room-head", "生态环境办", "10004", "上游养鸭场的污水直接排进溪里。"),
        Incident("平安法治平台", "chief", "应急管理站", "03002", "木玩厂车间通道堆满成品。"),
        Incident("公共服务平台", "platform-4-head", "便民服务中心", "13012", "老人腿脚不便，想请人代办优待证。"),
    ),
    across=DEPUTY,
    within=DEPUTY,
    conflict=Conflict(
        ("平安法治平台", "chief", "综合行政执法队"),
        ("经济生态平台", "room-head", "生态环境办"),
        "05016",
        "古街饭馆油烟直排，熏黑了隔壁的墙。",
    ),
    sent_back=Return("平安法治平台", "chief", "综合行政执法队", "资规所", "09004", "有人在基本农田里倒水泥打地坪。"),
    upward=Upward("331102", "", "区交通运输局"),
    complaint=Incident("平安法治平台", "chief", "应急管理站", "04004", DRAIN),
    station=True,  # S1-26: service reaches the villages; reports go to the command room first: ours
)

# 2017-04-01. Leaders S2-5, S2-9; deputy secretary across platforms S2-24; the room is the hub S2-26. Hops: ours.
CHENGNAN = Facts(
    code="330602005",
    name="城南街道",
    village="330602005001",
    grid="330602005001001",
    hops=1,
    incidents=(
        Incident("综治工作平台", "platform-1-head", "派出所", "02008", "老小区楼道灯全坏，晚上有人尾随。"),
        Incident("综合执法平台", "platform-2-head", "行政执法", "08004", "水果店把摊子摆到了盲道上。"),
        Incident("市场监管平台", "platform-3-head", "食安办", "11001", "小吃店后厨有老鼠。"),
        Incident("便民服务平台", "platform-4-head", "便民服务中心", "13012", "行动不便，想请窗口代办医保。"),
    ),
    across=DEPUTY,
    within=DEPUTY,
    conflict=Conflict(
        ("综合执法平台", "platform-2-head", "环保"),
        ("市场监管平台", "platform-3-head", "市场监管所"),
        "10007",
        "楼下烧烤店排风机整夜响，油烟进屋。",
    ),
    sent_back=Return(
        "综合执法平台", "platform-2-head", "行政执法", "安监", "03002", "装修工地无人戴安全帽，脚手架晃。"
    ),
    upward=Upward("330602", "", "区交通运输局"),
    complaint=Incident("综治工作平台", "platform-1-head", "综治办", "04004", DRAIN),
)

# The title says 2024. Platform commanders S3-10, deputy secretary S3-13, to the platforms S3-23. Offices: ours.
XINJIE = Facts(
    code="330109014",
    name="新街街道",
    village="330109014204",
    grid="330109014204001",
    hops=2,
    incidents=(
        Incident("综治工作平台", "platform-1-head", "公安派出所", "02008", "河边栏杆断了一段，孩子在那里玩水。"),
        Incident("市场监管平台", "platform-2-head", "市场监管所", "11006", "苗木市场有人卖假农药。"),
        Incident("综合执法平台", "platform-3-head", "综合行政执法中队", "08004", "五金店把货摆到了马路上。"),
        Incident("便民服务平台", "platform-4-head", "公共服务办公室", "13003", "独居老人摔伤，想申请临时救助。"),
    ),
    across=DEPUTY,
    within=DEPUTY,
    conflict=Conflict(
        ("综合执法平台", "platform-3-head", "生态环境所"),
        ("市场监管平台", "platform-2-head", "农业农村办公室"),
        "10005",
        "苗木大户在田里烧枝叶，烟飘到高速上。",
    ),
    sent_back=Return(
        "综合执法平台", "platform-3-head", "综合行政执法中队", "规划自然资源所", "09004", "村口农田被填了渣土。"
    ),
    upward=Upward("330109", "", "区交通运输局"),
    complaint=Incident("综治工作平台", "platform-1-head", "平安建设办公室", "04004", DRAIN),
)

# 2017-09-28. Heads S4-15, S4-25; two hops S4-49, S4-50; main leader across platforms S4-45, deputy secretary
# else S4-44; the county's complaint platform takes what lies outside the township's authority S4-51 to S4-53.
WUXI = Facts(
    code="331125201",
    name="雾溪畲族乡",
    village="331125201200001",
    grid="331125201200001",
    hops=2,
    incidents=(
        Incident("综治工作平台", "chief", "调委会", "01017", "两家为屋后排水沟争了半个月，越吵越凶。"),
        Incident("综合执法平台", "platform-2-head", "环境卫生管理", "05002", "村口桥下倒了两堆生活垃圾，天热发臭。"),
        Incident(
            "市场监管平台", "platform-3-head", "农产品质量监管", "11010", "集市上卖的茶叶没有标签，怀疑农残超标。"
        ),
        Incident("便民服务平台", "platform-4-head", "民政", "13003", "独居老人屋顶漏雨，想申请临时救助。"),
    ),
    across=LEADER,
    within=DEPUTY,
    conflict=Conflict(
        ("综合执法平台", "platform-2-head", "环保"),
        ("市场监管平台", "platform-3-head", "农业执法"),
        "10001",
        "农家乐排污口对着水源，村民与业主起了争执。",
    ),
    sent_back=Return("综合执法平台", "platform-2-head", "村容村貌", "国土资源管理", "09004", "有人在田里挖土卖。"),
    upward=Upward("331125", "政务投诉举报平台", "县交通运输局"),
    complaint=Incident("综治工作平台", "chief", "应急处置指挥中心", "04004", DRAIN),
    station=True,
)

ALL = (SONGYUAN, DAGANGTOU, CHENGNAN, XINJIE, WUXI)
