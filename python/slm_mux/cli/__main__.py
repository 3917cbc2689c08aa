"""`python -m slm_mux.cli`: the same as `slm-mux`."""

from slm_mux.cli import main

main()
