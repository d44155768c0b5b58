"""What was said of each class against what came true: `class_audit.py attacks.jsonl class_scores.jsonl`.

Of scores that a model gave which had learned from 2,000 labels. After examples/classes.toml was replayed it prints

    17818 of 20000 connections, 52% of the last ones learned
    class     events  predicted / observed  found by the decision  by the likeliest class
    normal     16040                  1.00                    90%                    100%
    dos         1267                  1.00                    74%                     91%
    probe        424                  1.01                    88%                     71%
    password      87                  0.99                    67%                      0%
"""

import json
import sys
from pathlib import Path

FRESH = 2_000

records, scores = (
    [json.loads(line) for line in Path(path).read_text().splitlines()] for path in sys.argv[1:3]
)
kind = {record["id"]: record["label"] for record in records if record["type"] == "label"}
said = {score["id"]: score for score in scores}  # written at least once: count each id once
judged = [score for score in said.values() if score["model_version"] >= FRESH]

print(f"{len(judged)} of {len(said)} connections, {judged[-1]['kept_share']:.0%} of the last ones learned")
print("class     events  predicted / observed  found by the decision  by the likeliest class")
for name in judged[-1]["classes"]:
    own = [score for score in judged if kind[score["id"]] == name]
    predicted = sum(score["classes"][name] for score in judged)
    decided = sum(score["decision"] == name for score in own)
    likeliest = sum(max(score["classes"], key=score["classes"].get) == name for score in own)
    print(
        f"{name:8} {len(own):7} {predicted / len(own):21.2f} {decided / len(own):22.0%}"
        f" {likeliest / len(own):23.0%}"
    )
