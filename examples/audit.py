"""What was said against what came true, from two files: `audit.py payments.jsonl scores.jsonl`.

Of scores that a model gave which had learned from 2,000 labels. After examples/own_model.toml was replayed it
prints

    17949 of 20000 payments, 177 of them fraud
    raw         12.82 times the fraud there was
    corrected    1.01 times the fraud there was
    calibrated   0.97 times the fraud there was
"""

import json
import sys
from pathlib import Path

FRESH = 2_000

records, scores = (
    [json.loads(line) for line in Path(path).read_text().splitlines()] for path in sys.argv[1:3]
)
fraud = {record["id"]: record["label"] for record in records if record["type"] == "label"}
said = {score["id"]: score for score in scores}  # written at least once: count each id once
judged = [score for score in said.values() if score["model_version"] >= FRESH and score["id"] in fraud]
observed = sum(fraud[score["id"]] for score in judged)

print(f"{len(judged)} of {len(said)} payments, {observed} of them fraud")
for stage in ("raw", "corrected", "calibrated"):
    predicted = sum(score[stage] for score in judged)
    print(f"{stage:10} {predicted / observed:6.2f} times the fraud there was")
