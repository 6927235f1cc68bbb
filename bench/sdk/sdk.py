"""Does what the benchmarks measure with the Python SDK."""

import argparse
import json
import time

from label_studio_sdk import LabelStudio

parser = argparse.ArgumentParser()
parser.add_argument("-work", required=True, choices=["list", "import"])
parser.add_argument("-url", required=True)
parser.add_argument("-token", required=True)
parser.add_argument("-project", type=int, default=1)
parser.add_argument("-file")
args = parser.parse_args()

client = LabelStudio(base_url=args.url, api_key=args.token)
start, tasks, first = time.monotonic(), 0, 0.0
if args.work == "list":
    for _ in client.tasks.list(project=args.project, page_size=100, fields="all"):
        tasks += 1
        if tasks == 1:
            first = time.monotonic() - start
else:
    with open(args.file, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    tasks = client.projects.import_tasks(id=args.project, request=items).task_count
with open("/proc/self/status", encoding="ascii") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
print(json.dumps({"tasks": tasks, "first_ms": first * 1000, "allocs": 0, "peak_kb": peak}))
