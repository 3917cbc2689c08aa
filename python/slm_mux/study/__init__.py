"""What recorded samples teach: scaling, search, calibration, all from a log or from tallies."""
