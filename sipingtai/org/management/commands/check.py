"""`sipingtai check PACK…`: what packs state, what we added, what is missing; without a pack, all delivered ones."""

import sys
from typing import Any

from django.core.management.commands.check import Command as DjangoCheck

from sipingtai.org.packs.applying import refuse_gaps
from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.report import report
from sipingtai.org.packs.shelf import delivered, load

DJANGOS = ("tags", "list_tags", "deploy")  # options that only Django's own check knows


class Command(DjangoCheck):
    help = (
        "检查乡镇包：文件载明、本系统补充与缺口分别列出；有错误时逐条说明在哪一行、怎么改。"
        "不写乡镇包则检查自带的全部；带 --deploy、--tag 则是 Django 自己的检查。"
    )

    def handle(self, *app_labels: Any, **options: Any) -> None:
        names: tuple[str, ...] = app_labels
        if not names and any(options.get(option) for option in DJANGOS):
            super().handle(**options)
            return
        try:
            shelf = load(names or delivered())
            for pack in shelf.packs:
                for line in report(pack, shelf.catalogue(pack)):
                    self.stdout.write(line)
            refuse_gaps(shelf)
        except PackError as error:
            self.stderr.write(f"有 {len(error.findings)} 处错误：")
            for finding in error.findings:
                self.stderr.write(str(finding))
            sys.exit(1)
        self.stdout.write(f"检查通过，共 {len(shelf.packs)} 个包。" if not names else "检查通过。")
