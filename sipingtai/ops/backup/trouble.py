"""What stops a backup or its restoring."""


class BackupTrouble(Exception):
    """备份或恢复无法进行。 The message says in Chinese what an administrator has to do."""
