"""An endpoint with known faults over real HTTP. Everything it says is labelled as simulated."""
