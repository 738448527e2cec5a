"""`sipingtai check PACK…`: what packs state, what we added, what is missing; without packs, Django's own check."""

import sys
from typing import Any

from django.core.management.commands.check import Command as DjangoCheck

from sipingtai.org.packs.applying import refuse_gaps
from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.report import report
from sipingtai.org.packs.shelf import load


class Command(DjangoCheck):
    help = "检查乡镇包：文件载明、本系统补充与缺口分别列出；有错误时逐条说明在哪一行、怎么改。"

    def handle(self, *app_labels: Any, **options: Any) -> None:
        names: tuple[str, ...] = app_labels
        if not names:
            super().handle(**options)
            return
        try:
            shelf = load(names)
            for pack in shelf.packs:
                for line in report(pack, shelf.catalogue(pack)):
                    self.stdout.write(line)
            refuse_gaps(shelf)
        except PackError as error:
            self.stderr.write(f"有 {len(error.findings)} 处错误：")
            for finding in error.findings:
                self.stderr.write(str(finding))
            sys.exit(1)
        self.stdout.write("检查通过。")
