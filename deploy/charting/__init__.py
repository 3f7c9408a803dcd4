"""What of the chart is generated: from the code, from its own values, and by rendering it."""
