"""The web server as `manage.py up` starts it; `bind` comes on its command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from extraction.management.lifeline import end_with_parent
from project.env import env_int

wsgi_app = "project.wsgi:application"
worker_class = "gthread"
workers = 2
# 8 slow uploads block a server of 8 slots
threads = env_int("GALLEY_WEB_THREADS", 16, least=4)
# of silence of a whole process: a slow upload holds a thread, never the process
timeout = 60
graceful_timeout = 8
keepalive = 10
loglevel = "warning"
control_socket_disable = True
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"

end_with_parent()


def pre_fork(server: Any, worker: Any) -> None:
    worker.parent_before_fork = os.getpid()


def post_fork(server: Any, worker: Any) -> None:
    end_with_parent(worker.parent_before_fork)
