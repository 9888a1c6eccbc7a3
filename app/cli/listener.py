"""The socket the API listens on, opened before anything else is started, so that a taken port is said at once."""

from __future__ import annotations

import errno
import socket

from app.errors import ActionRequired

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Raises `ActionRequired` in words about HOST and PORT."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} is in use; stop what listens there, or set PORT"
        elif error.errno in {errno.EACCES, errno.EPERM}:
            reason = f"this account may not listen on port {port}; set PORT to one above 1023"
        else:
            reason = f"cannot listen on {host}: {error.strerror or error}; set HOST to an address of this machine"
        raise ActionRequired(reason, code="cannot_listen") from error
