"""The list of checks, in the order they are told. Those of the database are left out where it cannot be reached."""

from sipingtai.ops.doctor import database, home, machine, work
from sipingtai.ops.doctor.finding import Check

AROUND = (
    Check("Python 版本", machine.python_version),
    Check("磁盘空间", machine.disk_space),
    Check("端口", machine.port_free),
    Check("文件权限", home.file_rights),
    Check("锚定文件可写", home.anchors_writable),
    Check("证书", home.certificates),
    Check("恢复完整", home.restoring_finished),
)

REACHED = Check("数据库可达", database.reachable)

MIGRATED = Check("数据库迁移", database.migrated)

OF_THE_DATABASE = (
    Check("数据库版本", database.server_version),
    MIGRATED,
    Check("数据库角色", database.roles),
    Check("行级安全", database.row_level_security),
)

OF_THE_WORK = (
    Check("时钟", database.clock),
    Check("乡镇包", work.packs),
    Check("工作日历", work.calendar_years),
    Check("密钥齐全", work.key_versions),
    Check("附件（抽查）", work.attachments),
    Check("后台任务在运行", work.worker),
    Check("后台任务积压", work.jobs),
    Check("锚定及时", work.anchors_fresh),
    Check("备份", work.backed_up),
)
