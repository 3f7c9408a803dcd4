"""What operators watch: which metrics there are, and the alerts and the dashboard over them."""
