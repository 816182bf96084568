"""Many renders from one file: read lines, render over all cores or a cluster, keep a manifest; resumable."""
