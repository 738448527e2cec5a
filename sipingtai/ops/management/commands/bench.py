"""`sipingtai bench NAME`: measure, in a system of its own that is thrown away afterwards (测速)."""

import importlib
import importlib.util
import json
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sipingtai.ops.bench import BENCHES, Options
from sipingtai.ops.bench.home import check_fresh
from sipingtai.ops.bench.measuring import Result
from sipingtai.ops.bench.telling import lines
from sipingtai.ops.postgres import server


class Command(BaseCommand):
    help = "测速：另建一套系统来量，量完即删，不碰已有的数据。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "\n".join(f"  {name:<8}{bench.about}" for name, bench in BENCHES.items())
        parser.add_argument("name", metavar="NAME", choices=BENCHES, help=f"{'、'.join(BENCHES)} 之一")
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--runs", type=_positive, default=Options().runs, help="量几轮（预热不算）")
        parser.add_argument("--size", "--cases", type=_positive, help="一轮多少：请求、事件或行；各项自有默认")
        parser.add_argument("--home", metavar="DIR", help="用这个文件夹，量完留下：fill 填好后，pages 可反复使用")
        parser.add_argument("--clients", type=_positive, help="同时多少个连接")
        parser.add_argument("--workers", type=_positive, help="网页服务的进程数")
        parser.add_argument("--kills", type=_positive, help="崩溃：杀死多少次")
        parser.add_argument("--seed", type=int, help="崩溃：随机种子")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Run one bench and print what it found; a missed target is told and is no failure of the command."""
        check_fresh()
        asked = Options(**{name: options[name] for name in ("runs", "size", "clients", "workers", "kills", "seed")})
        with server.running(settings.SIPINGTAI_HOME):
            result = _run(options["name"], asked)
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
            return
        for line in lines(result):
            self.stdout.write(line)


def _run(name: str, options: Options) -> Result:
    module = BENCHES[name].module
    if importlib.util.find_spec(module) is None:
        raise CommandError(f"测速 {name} 还没有做好。")
    result: Result = importlib.import_module(module).run(options)
    return result


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("应为正整数")
    return int(text)
