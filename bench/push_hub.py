"""The hub of Flask-WebSub (github.com/marten-de-vries/Flask-WebSub) on 127.0.0.1, for push.py.

    python bench/push_hub.py     prints its port, and serves until it is ended

It fetches the topic when it is pinged (hub.mode=publish) and signs what it pushes with SHA-512. Its
tasks run at once, in the thread of the request, instead of in Celery's workers.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import make_server


def main() -> None:
    tasks = Celery("hub", broker="memory://")
    tasks.conf.task_always_eager = True
    with TemporaryDirectory() as folder:
        hub = Hub(SQLite3HubStorage(str(Path(folder) / "hub.db")), tasks, MAX_ATTEMPTS=0)
        app = Flask("hub")
        app.config["PUBLISH_SUPPORTED"] = True
        app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        print(server.server_port, flush=True)
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
