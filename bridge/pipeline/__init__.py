"""The way through, one module per arrow: intake, plan, post, confirm, reconcile."""
