"""A Celery program: the worker is `celery -A tasks worker`, the caller is `python tasks.py`."""
import os
import sys

from celery import Celery, chain, group

app = Celery("tasks", broker=os.environ["BROKER_URL"], backend="rpc://")
app.conf.task_acks_late = True
app.conf.worker_hijack_root_logger = False


@app.task
def add(x, y):
    return x + y


@app.task(bind=True, max_retries=2, default_retry_delay=1)
def flaky(self):
    if self.request.retries < 1:
        raise self.retry()
    return self.request.retries


if __name__ == "__main__":
    print("delay", add.delay(2, 3).get(timeout=30))
    print("countdown", add.apply_async((1, 1), countdown=2).get(timeout=30))
    print("retry", flaky.delay().get(timeout=30))
    print("group", group(add.s(i, i) for i in range(20))().get(timeout=30))
    print("chain", chain(add.s(1, 2), add.s(3), add.s(4))().get(timeout=30))
    print("ping", len(app.control.inspect(timeout=5).ping() or {}))
    sys.stdout.flush()
