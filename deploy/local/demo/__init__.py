"""Made-up customers of the two demo tenants, with the dirt that real files have."""
