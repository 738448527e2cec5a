"""Backup and restore (备份与恢复). A backup is a folder:

manifest.json        what is in it, digest by digest, sealed under the passphrase
database.dump        pg_dump's custom format, of one moment
keys.sealed          the keys, encrypted under the passphrase
anchors/…            the journal's anchors of the same moment
files/ab/<digest>…   the attachments, those of that moment at least
"""
