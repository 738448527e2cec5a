"""Measurements (测速): each bench is a module with `run(options) -> Result`, named in this one table.

A bench never judges by the clock on the wall: it puts a figure beside another of the same run, a bare database client
or the same work at a smaller size. It runs in a `SIPINGTAI_HOME` of its own (`standing.fresh_home`) and nowhere else.
"""

from attrs import frozen


@frozen
class Bench:
    """One measurement: where it lies, and what it answers, in a word for `sipingtai bench --help`."""

    module: str
    about: str


BENCHES = {
    "intake": Bench("sipingtai.ops.bench.intake", "受理：每秒上报多少件，与裸数据库客户端写同样的行相比"),
    "loop": Bench("sipingtai.ops.bench.loop", "办理：一件事走完全程的代价，与一次上报相比"),
    "pages": Bench("sipingtai.ops.bench.pages", "页面：一百万件时各人的列表、详情、搜索多快"),
    "fill": Bench("sipingtai.ops.bench.fill", "填充：成批写入一百万件，每件有完整的日志"),
    "verify": Bench("sipingtai.ops.bench.verifying", "核验：重算全部日志"),
    "crash": Bench("sipingtai.ops.bench.crash", "崩溃：负载下随机杀死各进程，核对已答复的每一笔恰好一份"),
    "import": Bench("sipingtai.ops.bench.importing", "导入：表格逐行入库"),
}


@frozen(kw_only=True)
class Options:
    """What may be chosen on the command line. None: the bench's own measure."""

    runs: int = 5  # measured runs, warm-up not counted
    size: int | None = None  # how much one run does: requests, cases, rows
    clients: int | None = None  # load processes, one connection each
    workers: int | None = None  # processes of the web server
    kills: int | None = None  # of crash
    seed: int | None = None  # of crash
