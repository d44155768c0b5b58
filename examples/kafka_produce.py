"""Payments on one topic and what they turn out to be on another: the stream that fraud_kafka.toml reads.

    python examples/kafka_produce.py localhost:9092 5000

makes the four topics where they are not there, and prints

    5000 payments, 5000 labels
"""

import json
import sys
from collections import Counter

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic
from payments import records

TOPICS = {"event": "payments", "label": "outcomes"}

broker, n = sys.argv[1], int(sys.argv[2])
admin = KafkaAdminClient(bootstrap_servers=broker)
missing = {*TOPICS.values(), "scores", "dead_letters"} - set(admin.list_topics())
if missing:
    # Record times are the payments' own: a broker that keeps a week would drop older ones.
    kept = {"retention.ms": "-1"}
    admin.create_topics([NewTopic(topic, 1, 1, topic_configs=kept) for topic in sorted(missing)])
    admin.wait_for_topics(sorted(missing))
admin.close()

producer = KafkaProducer(bootstrap_servers=broker, linger_ms=20)
sent = Counter()
answers = []
for t, record in records(n):
    kind = record.pop("type")
    value, key = json.dumps(record).encode(), record["id"].encode()
    answers.append(producer.send(TOPICS[kind], value=value, key=key, timestamp_ms=round(t * 1000)))
    sent[kind] += 1
producer.flush()
assert all(answer.succeeded() for answer in answers)
producer.close()
print(f"{sent['event']} payments, {sent['label']} labels")
