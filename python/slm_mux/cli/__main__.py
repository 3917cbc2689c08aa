"""`python -m slm_mux.cli`: the same as `slm-mux`."""

from slm_mux.__main__ import main

main()
