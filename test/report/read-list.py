"""Prints a list of a report as JSON, as Python's own csv reads it."""
import csv
import json
import sys

csv.field_size_limit(1 << 30)
with open(sys.argv[1], newline='', encoding='utf-8') as file:
    json.dump(list(csv.reader(file, strict=True)), sys.stdout)
