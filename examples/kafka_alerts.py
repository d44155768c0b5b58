"""Who reads the scores: alerts, and how many of them are going to be right.

    python examples/kafka_alerts.py localhost:9092

reads the topic `scores` to its end and, after 5,000 payments, prints

    5000 payments scored, 39 alerts, 7.2 of them expected to be fraud
"""

import json
import sys

from kafka import KafkaConsumer, TopicPartition

ALERT = 0.10  # worth a phone call

consumer = KafkaConsumer(bootstrap_servers=sys.argv[1], isolation_level="read_committed")
partitions = [TopicPartition("scores", number) for number in consumer.partitions_for_topic("scores")]
consumer.assign(partitions)
consumer.seek_to_beginning()
ends = consumer.end_offsets(partitions)
p = {}
while any(consumer.position(partition) < end for partition, end in ends.items()):
    for batch in consumer.poll(500).values():
        for message in batch:
            score = json.loads(message.value)
            p[score["id"]] = score["p"]  # outputs come at least once, with stable ids
consumer.close()

alerts = [probability for probability in p.values() if probability >= ALERT]
print(f"{len(p)} payments scored, {len(alerts)} alerts, {sum(alerts):.1f} of them expected to be fraud")
