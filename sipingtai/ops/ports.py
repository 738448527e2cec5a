"""Whether a port can be had."""

import socket


def trouble(host: str, port: int) -> str:
    """What keeps the port from being listened on, in Chinese, with what to do; empty where nothing does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not SO_REUSEPORT: another server must be noticed
        try:
            probe.bind((host, port))
        except PermissionError:
            return f"没有权限使用端口 {port}，请用 --port 指定 1024 以上的端口。"
        except OSError:
            return f"端口 {port} 已被占用或地址 {host} 不属于本机，请用 --port 另选端口。"
    return ""
