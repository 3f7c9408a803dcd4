"""Kafka and mongod as plain processes: the local stack, without docker."""
